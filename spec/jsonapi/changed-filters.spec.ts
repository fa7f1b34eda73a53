/** Filters of clients that preprocessors change: the client's own name only fields that the client sees. */
import { expect, it } from 'vitest'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import type { Processor, ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import { defineModel } from '../../lib/jsonapi/model/define-model.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Model } from '../../lib/jsonapi/model/model.ts'
import type { FilterObject } from '../../lib/jsonapi/query/filter-object.ts'
import { describeLibrary, errorsOf, ids, objects } from '../support/library-api.ts'

const OWN: FilterObject = { name: 'id', op: 'gt', val: 0 }
const HIDDEN: FilterObject = { name: 'email', op: 'is_not_null' }

const change =
  (make: (filters: FilterObject[]) => FilterObject[]): Processor =>
  (context: ProcessorContext) => {
    context.filters = make(context.filters ?? [])
  }

/** What preprocessors do with the filters of a client, all of which restrict the list further, or not at all. */
const CHANGES: readonly [name: string, make: (filters: FilterObject[]) => FilterObject[]][] = [
  ['keeps them', (filters) => filters],
  ['wraps them', (filters) => [{ and: [...filters, OWN] }]],
  ['negates them', (filters) => [{ not: { not: { and: filters } } }]],
  ['clones them', (filters) => structuredClone(filters)],
  ['spreads them', (filters) => filters.map((filter) => ({ ...filter }))],
]

/** Options under which a client does not see the emails of people. */
const HIDES: readonly [name: string, options: CreateApiOptions][] = [
  ['excluded', { exclude: ['email'] }],
  ['write-only', { writeOnly: ['email'] }],
  ['refused', { can: ({ operation, field }) => operation !== 'read' || field !== 'email' }],
]

describeLibrary(
  'the filters of a client',
  (serve, library) => {
    it.each(HIDES.flatMap(([hides, options]) => CHANGES.map((one) => [hides, ...one, options] as const)))(
      'never test a field that is %s, where a preprocessor %s',
      async (_hides, _name, make, options) => {
        const preprocessors = {
          GET_COLLECTION: [change(make)],
          GET_RELATION: [change(make)],
          GET_RELATIONSHIP: [change(make)],
        }
        const { get } = await serve({
          manager: { allowFunctions: true },
          apis: { person: { ...options, preprocessors }, tag: { preprocessors }, article: { preprocessors } },
        })
        const email = { name: 'email', op: 'like', val: 'ada%' }
        const author = (filter: object) => ({ name: 'author', op: 'has', val: filter })
        const functions = encodeURIComponent('[{"name":"count","field":"id"}]')
        for (const [path, filter] of [
          ['/api/person?', email],
          ['/api/person?', { and: [{ not: email }] }],
          ['/api/person?', { name: 'name', op: 'eq', field: 'email' }],
          ['/api/article?', author(email)],
          ['/api/tag/1/articles?', author(email)],
          ['/api/tag/1/relationships/articles?', author(email)],
          [`/api/eval/person?functions=${functions}&`, email],
        ] as const) {
          const reply = await get(path + objects(filter))
          expect([path, ...errorsOf(reply)]).toEqual([
            path,
            expect.stringMatching(/^400 filter\[objects\] .*no such field "email"$/),
          ])
        }
        expect(errorsOf(await get('/api/person?filter[email]=ada'))[0]).toMatch(/^400 filter\[email\] /)
        expect(ids(await get(`/api/person?${objects({ name: 'name', op: 'eq', val: 'Ada' })}`))).toEqual([
          '1',
        ])
        expect(
          ids(await get(`/api/article?${objects(author({ name: 'name', op: 'eq', val: 'Ada' }))}`)),
        ).toEqual(['1', '2'])
      },
    )

    it('are checked before preprocessors run, so that an invalid one is the error of the client', async () => {
      const ran: string[] = []
      const preprocessors = { GET_COLLECTION: [() => void ran.push('person')] }
      const { get } = await serve({ apis: { person: { exclude: ['email'], preprocessors } } })
      expect((await get(`/api/person?${objects(HIDDEN)}`)).status).toBe(400)
      expect((await get('/api/person?filter[id]=x')).status).toBe(400)
      expect(ran).toEqual([])
    })

    it('keep their limits, whatever a preprocessor puts around them', async () => {
      const preprocessors = { GET_COLLECTION: [change((filters) => [{ and: [...filters, OWN] }])] }
      const { get } = await serve({ apis: { person: { preprocessors } } })
      const many = (length: number) => `filter[objects]=[${Array(length).fill('{"and":[]}').join()}]`
      expect((await get(`/api/person?${many(500)}`)).status).toBe(200)
      expect((await get(`/api/person?${many(501)}`)).status).toBe(400)
      let deep: object = { name: 'id', op: 'eq', val: 1 }
      for (let depth = 0; depth < 24; depth++) deep = { not: deep }
      expect(ids(await get(`/api/person?${objects(deep)}`))).toEqual(['1'])
      expect((await get(`/api/person?${objects({ not: deep })}`)).status).toBe(400)
    })

    it('keep hidden the rows of types that the client cannot read, beside a preprocessor of hidden fields', async () => {
      await library().run(`
        create table zoo (id {id}, name varchar(20), secret varchar(20));
        create table animal (id {id}, kind varchar(20), zoo_id integer, foreign key (zoo_id) references zoo (id));
        insert into zoo values (1, 'one', 's'), (2, 'two', 's');
        insert into animal values (1, 'cat', 1), (2, 'dog', 2)
      `)
      const { zoo, animal } = await introspect(library().db)
      const base = defineModel(animal as Model, { discriminator: { column: 'kind' } })
      const dog = defineModel(base, { discriminator: { column: 'kind', value: 'dog' } })
      const { get } = await serve({
        models: { zoo: zoo as Model, animal: base, dog },
        apis: {
          zoo: {
            exclude: ['secret'],
            preprocessors: {
              GET_COLLECTION: [
                change((filters) => [{ and: [...filters, { name: 'secret', op: 'eq', val: 's' }] }]),
              ],
            },
          },
          dog: { can: () => false },
        },
      })
      expect(ids(await get('/api/zoo'))).toEqual(['1', '2'])
      const any = { name: 'animals', op: 'any', val: { name: 'id', op: 'gt', val: 0 } }
      expect(ids(await get(`/api/zoo?${objects(any)}`))).toEqual(['1'])
    })

    it('name fields of the relationship that a preprocessor puts in place of that of the URL', async () => {
      const preprocessors = {
        GET_RELATION: [() => ['1', 'comments']],
        GET_RELATIONSHIP: [() => ['1', 'comments']],
      }
      const { get } = await serve({ apis: { article: { preprocessors }, comment: { exclude: ['body'] } } })
      expect(ids(await get('/api/article/1/tags?filter[id]=1'))).toEqual(['1'])
      for (const path of ['/api/article/1/tags', '/api/article/1/relationships/tags'])
        expect(errorsOf(await get(`${path}?filter[name]=x`))).toEqual([
          expect.stringMatching(/^400 filter\[name\] .*no such field "name"$/),
        ])
    })

    it('of preprocessors may name hidden fields of related resources, too', async () => {
      const own = { name: 'author', op: 'has', val: { name: 'email', op: 'eq', val: 'ada@example.org' } }
      const preprocessors = { GET_COLLECTION: [change((filters) => [{ and: [...filters, own] }])] }
      for (const [, options] of HIDES) {
        const { get } = await serve({ apis: { person: options, article: { preprocessors } } })
        expect(ids(await get('/api/article'))).toEqual(['1', '2'])
        expect((await get(`/api/article?${objects(own)}`)).status).toBe(400)
      }
    })
  },
  ['sqlite'],
)
