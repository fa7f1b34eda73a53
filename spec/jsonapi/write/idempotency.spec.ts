import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import {
  createIdempotencyTable,
  deleteOldResponses,
  type IdempotencyOptions,
  type IdempotentRequest,
  runOnce,
} from '../../../lib/jsonapi/write/idempotency.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { errorsOf } from '../../support/write-errors.ts'
import { openWorld, type World } from '../../support/write-world.ts'

const REQUEST: IdempotentRequest = {
  key: 'k',
  method: 'POST',
  url: '/api/tag',
  document: { data: { a: 1, b: 2 } },
}

describeEachDatabase('the Idempotency-Key of a POST', (database) => {
  let world: World
  let runs = 0
  beforeAll(async () => {
    world = await openWorld(database)
    await createIdempotencyTable(world.db)
    await createIdempotencyTable(world.db)
  })
  beforeEach(async () => {
    runs = 0
    await world.reset()
    await sql`delete from mazurka_idempotency`.execute(world.db)
  })

  const post = (request: Partial<IdempotentRequest> = {}, options: IdempotencyOptions = {}) =>
    world.write((context) =>
      runOnce(
        context,
        { ...REQUEST, ...request },
        async () => {
          runs += 1
          const name = `new ${runs}`
          await sql`insert into tag (name) values (${name})`.execute(context.db)
          return { status: 201, headers: { location: `/api/tag/${runs}` }, body: `{"data":"Zoë ${runs}"}` }
        },
        options,
      ),
    )

  it('gives a repeated request the stored response, whatever the order of members', async () => {
    const first = await post()
    expect(first).toEqual({ status: 201, headers: { location: '/api/tag/1' }, body: '{"data":"Zoë 1"}' })
    expect(await post({ document: { data: { b: 2, a: 1 } } })).toEqual(first)
    expect(runs).toBe(1)
    expect(await world.rows('tag')).toHaveLength(4)
  })

  it('lets one of two concurrent requests run, and gives the other its response (FJ-115)', async () => {
    const responses = await Promise.all([post(), post(), post(), post()])
    expect(new Set(responses.map(({ body }) => body))).toEqual(new Set(['{"data":"Zoë 1"}']))
    expect(await world.rows('tag')).toHaveLength(4)
  })

  it('refuses another request with the same key, also while the first runs (FJ-116)', async () => {
    const results = await Promise.allSettled([post(), post({ document: { data: { a: 2 } } })])
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.status] : []))
    expect(refused).toEqual([422])
    expect(await errorsOf(post({ url: '/api/person' }))).toEqual([
      422,
      ['This Idempotency-Key was used for another request'],
    ])
  })

  it('of another client is another key', async () => {
    await post({ client: 'Bearer a' })
    await post({ client: 'Bearer b' })
    expect(runs).toBe(2)
  })

  it('is free again when the first request has failed', async () => {
    const failing = world.write((context) =>
      runOnce(context, REQUEST, () => Promise.reject(new Error('fault'))),
    )
    await expect(failing).rejects.toThrow('fault')
    expect((await post()).status).toBe(201)
  })

  it('is free again when it is old, and old ones can be deleted', async () => {
    await post()
    await sql`update mazurka_idempotency set created_at = created_at - 100`.execute(world.db)
    expect(await post({}, { maxAgeSeconds: 99 })).toMatchObject({ body: '{"data":"Zoë 2"}' })
    await deleteOldResponses(world.db)
    expect(await world.rows('mazurka_idempotency')).toHaveLength(1)
    await deleteOldResponses(world.db, { maxAgeSeconds: -1 })
    expect(await world.rows('mazurka_idempotency')).toHaveLength(0)
  })

  it('has 1 to 255 characters', async () => {
    expect((await errorsOf(post({ key: '' })))[0]).toBe(400)
    expect((await errorsOf(post({ key: 'x'.repeat(256) })))[0]).toBe(400)
  })

  it('may be kept in a table of another name', async () => {
    const options = { table: 'own_keys' }
    await createIdempotencyTable(world.db, options)
    await post({}, options)
    expect(await world.rows('own_keys')).toHaveLength(1)
  })
})
