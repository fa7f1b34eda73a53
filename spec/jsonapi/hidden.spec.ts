/** Values of excluded columns: whatever they are, every response is the same, byte by byte. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { describeLibrary, objects, type ServeLibrary } from '../support/library-api.ts'
import type { Served } from '../support/server.ts'

const functions = (name: string, field: string) => `functions=[{"name":"${name}","field":"${field}"}]`

const LINES = [
  'GET /api',
  'GET /api/person',
  'GET /api/person/1',
  'GET /api/person/1?fields[person]=email',
  'GET /api/person/1?fields[person]=name',
  'GET /api/person?sort=email',
  'GET /api/person?sort=-email&page[size]=1',
  'GET /api/person?filter[email]=ada@example.org',
  'GET /api/person?filter[email]=other@example.org',
  ...['eq', 'gt', 'like', 'is_null', 'in'].map(
    (op) => `GET /api/person?${objects({ name: 'email', op, val: op === 'in' ? ['a'] : 'ada@example.org' })}`,
  ),
  `GET /api/person?${objects({ name: 'name', op: 'neq', field: 'email' })}`,
  'GET /api/article?include=author',
  'GET /api/article?include=author.email',
  'GET /api/article?sort=author.email',
  'GET /api/article?filter[author.email]=ada@example.org',
  `GET /api/article?${objects({ name: 'author', op: 'has', val: { name: 'email', op: 'eq', val: 'ada@example.org' } })}`,
  `GET /api/article?${objects({ name: 'author__email', op: 'eq', val: 'ada@example.org' })}`,
  'GET /api/article/1/author',
  'GET /api/article/1/relationships/author',
  'GET /api/person/1/email',
  'GET /api/person/1/relationships/email',
  `GET /api/eval/person?${functions('max', 'email')}`,
  `GET /api/eval/person?${functions('count', 'id')}&group=email`,
  `GET /api/eval/person?${functions('count', 'id')}&filter[email]=ada@example.org`,
  'GET /api/person text/csv',
  'GET /api/person?sort=email text/csv',
  'GET /api/person?fields[person]=email application/x-ndjson',
  'GET /api/person application/x-ndjson',
  'GET /openapi.json */*',
  'PATCH /api/person/1 {"attributes":{"email":"ada@example.org"}}',
  'PATCH /api/person/1 {"attributes":{"email":"other@example.org"}}',
  'PATCH /api/person/1 {"attributes":{"name":"Ada"}}',
  'POST /api/person {"attributes":{"name":"x","email":"ada@example.org"}}',
]

/** The responses as text, without what differs by the time. */
async function responses({ fetch }: Served): Promise<string[]> {
  const texts: string[] = []
  for (const line of LINES) {
    const [method = '', path = '', last = 'application/vnd.api+json'] = line.split(' ')
    const isDocument = last.startsWith('{')
    const data = isDocument
      ? { type: 'person', ...(method === 'PATCH' ? { id: '1' } : {}), ...JSON.parse(last) }
      : undefined
    const response = await fetch(path, {
      method,
      headers: isDocument ? { 'content-type': 'application/vnd.api+json' } : { accept: last },
      ...(data ? { body: JSON.stringify({ data }) } : {}),
    })
    const headers = [...response.headers].filter(([name]) => name !== 'date')
    texts.push(`${line} → ${response.status} ${JSON.stringify(headers)} ${await response.text()}`)
  }
  return texts
}

describeLibrary('an excluded column', (serve, library) => {
  const served = async (serve: ServeLibrary) =>
    (
      await serve({
        manager: { methods: ['GET', 'POST', 'PATCH'], allowFunctions: true, secret: 'x' },
        apis: { person: { exclude: ['email'] } },
      })
    ).served

  it('is in no response, whatever its values are (FJ-46, FJ-47, RES-313)', async () => {
    const server = await served(serve)
    const before = await responses(server)
    await sql`update person set email = case when id = 1 then 'zzz' when id = 3 then 'aaa' end`.execute(
      library().db,
    )
    const after = await responses(server)
    expect(after).toEqual(before)
    expect(before.filter((text) => text.split(' → ')[1]?.includes('example.org'))).toEqual([])
    expect(before.filter((text) => / → 5\d\d/.test(text))).toEqual([])
    expect(before.find((text) => text.startsWith('GET /openapi.json'))).toContain(' 200 ')
  })
})
