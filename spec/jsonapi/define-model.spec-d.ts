/** Types of refined models. Nothing here runs: `tsc --noEmit` checks it. */
import { type Kysely, sql } from 'kysely'
import { client } from 'mazurka/client'
import { ApiManager, defineModel, introspect, type Model } from 'mazurka/jsonapi'
import polka from 'polka'
import { describe, expectTypeOf, it } from 'vitest'

interface Person {
  id: number
  name: string
}

declare const db: Kysely<{ person: Person }>

declare const camelCase: Kysely<{ orderLine: { lineNo: number } }>

describe('an introspected model', () => {
  it('has the names of the database beside those of an interface in camel case', async () => {
    const models = await introspect(camelCase.withTables<{ order_line: { line_no: number } }>())
    expectTypeOf(models.order_line).toEqualTypeOf<Model<{ line_no: number }, 'order_line'>>()
  })
})

describe('a refined model', () => {
  it('takes the place of the one that it refines', async () => {
    const models = await introspect<'article' | 'person'>(db)
    models.article = defineModel(models.article, {
      version: 'row_version',
      computed: { words: { type: { kind: 'integer' }, get: ({ body }) => String(body).split(' ').length } },
      baseQuery: ({ ref }) => sql`${ref('deleted')} is null`,
    })
    // @ts-expect-error of another type
    models.person = defineModel(models.person, { type: 'people' })
  })

  it('keeps its table, and so the types of clients', async () => {
    const { person } = await introspect(db)
    const refined = defineModel(person, { version: 'row_version' })
    expectTypeOf(refined).toEqualTypeOf<Model<Person, 'person'>>()
    const people = new ApiManager(polka(), { db }).createApi(refined)
    const list = await client<typeof people>('http://x').get('/person', {
      accept: 'application/vnd.api+json',
    })
    expectTypeOf(list.data.data[0]).toExtend<{ attributes?: { name?: string } } | undefined>()
  })

  it('has its own type, or that of its rows', async () => {
    const { person } = await introspect(db)
    expectTypeOf(defineModel(person, { type: 'people' }).type).toEqualTypeOf<'people'>()
    const managers = defineModel(person, { discriminator: { column: 'kind', value: 'manager' } })
    expectTypeOf(managers.type).toEqualTypeOf<'manager'>()
    expectTypeOf(defineModel(person, { discriminator: { column: 'kind' } }).type).toEqualTypeOf<'person'>()
  })
})
