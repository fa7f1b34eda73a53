/** Columns and computed attributes that are named as values which statements need for themselves. */
import { type Expression, sql } from 'kysely'
import { expect, it } from 'vitest'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Computed, Model } from '../../lib/jsonapi/model/model.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { serveLibrary } from '../support/library-api.ts'

const CURSORS =
  'application/vnd.api+json;profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
const NAMES = ['key0', 'rank', 'owner0', 'upper']

describeEachDatabase('a name in a row', ({ open }) => {
  it.each([[[]], [['@']], [['@', '@@']], [['@', '@@', '@@@@']]])(
    'is that of one value, where columns begin with %j',
    async (prefixes) => {
      const opened = await open()
      const odd = prefixes.flatMap((prefix) => NAMES.map((name) => prefix + name))
      await opened.run(`create table owner (id {id}, name varchar(9));
        create table part (id {id}, name varchar(9));
        create table owner_part (
          owner_id integer not null, part_id integer not null, primary key (owner_id, part_id),
          foreign key (owner_id) references owner (id), foreign key (part_id) references part (id)
        )`)
      for (const name of odd)
        await sql`alter table part add column ${sql.id(name)} varchar(9) default 'odd'`.execute(opened.db)
      await opened.run(`insert into owner (name) values ('Ada');
        insert into part (name) values ('n1'), ('n2'), ('n3');
        insert into owner_part values (1, 1), (1, 2), (1, 3)`)
      const models = await introspect(opened.db)
      const ofName = (build: (name: Expression<unknown>) => Expression<unknown>): Computed => ({
        type: { kind: 'string' },
        sql: ({ ref }) => build(ref('name')),
      })
      const part = defineModel(models.part as Model, {
        attributes: Object.fromEntries(odd.map((name, index) => [name, `odd${index}`])),
        computed: Object.fromEntries(NAMES.map((name) => [name, ofName((text) => sql`upper(${text})`)])),
      })
      const { get } = await serveLibrary({ ...opened, models }, { models: { part } })
      const { attributes } = (await get('/api/part/2')).document.data
      expect(Object.values(attributes)).toEqual(['n2', ...odd.map(() => 'odd'), ...NAMES.map(() => 'N2')])
      const first = await get('/api/part?page[size]=2', { accept: CURSORS })
      const second = await get(first.document.links.next, { accept: CURSORS })
      expect([...first.document.data, ...second.document.data].map(({ id }) => id)).toEqual(['1', '2', '3'])
      expect(first.document.data[1].attributes).toEqual(attributes)
      const line = (await get('/api/part', { accept: 'application/x-ndjson' })).text.split('\n')[1]
      expect(JSON.parse(line as string)).toEqual({ id: '2', ...attributes })
      for (const query of ['include=parts', 'include=parts&page[parts][size]=2']) {
        const { included } = (await get(`/api/owner?${query}`)).document
        expect(included.find(({ id }: { id: string }) => id === '2').attributes).toEqual(attributes)
      }
    },
  )
})
