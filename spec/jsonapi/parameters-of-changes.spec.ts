/** Query parameters of requests that change resources. JSON:API 1.1, Query Parameters; Inclusion of Related Resources. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf } from '../support/library-api.ts'

const ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
const article = { data: { type: 'article', id: '1', attributes: { title: 'changed' } } }
const person = { data: { type: 'person', attributes: { name: 'Dora' } } }
const tags = { data: [{ type: 'tag', id: '3' }] }
const operations = { 'atomic:operations': [{ op: 'add', ...person }] }

describeLibrary('a change whose query has a parameter that is wrong', (serve) => {
  it.each([
    ['POST /api/person', person, 'foo=bar', 'foo Unknown query parameter "foo"'],
    ['POST /api/person', person, 'page[size]=1', 'page[size] Unknown query parameter "page[size]"'],
    ['PATCH /api/article/1', article, 'foo=bar', 'foo Unknown query parameter "foo"'],
    ['PATCH /api/article/1', article, 'fields[article]=nope', 'fields[article] '],
    ['PATCH /api/article/1', article, 'include=nope', 'include '],
    ['PATCH /api/article/1', article, 'sort=title', 'sort Unknown query parameter "sort"'],
    ['DELETE /api/article/1', undefined, 'foo=bar', 'foo Unknown query parameter "foo"'],
    ['DELETE /api/article/1', undefined, 'filter[id]=2', 'filter[id] Unknown query parameter "filter[id]"'],
    ['POST /api/article/1/relationships/tags', tags, 'foo=bar', 'foo Unknown query parameter "foo"'],
    [
      'PATCH /api/article/1/relationships/tags',
      tags,
      'include=tags',
      'include Unknown query parameter "include"',
    ],
    ['DELETE /api/article/1/relationships/tags', tags, 'x=1', 'x Unknown query parameter "x"'],
    ['POST /api/operations', operations, 'foo=bar', 'foo Unknown query parameter "foo"'],
  ])('%s changes nothing, and is a 400 (%#)', async (line, document, query, problem) => {
    const api = await serve({
      manager: {
        methods: ['GET', 'POST', 'PATCH', 'DELETE'],
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
        preprocessors: {
          POST_RESOURCE: [() => expect.unreachable()],
          PATCH_RESOURCE: [() => expect.unreachable()],
          DELETE_RESOURCE: [() => expect.unreachable()],
        },
      },
    })
    const state = async () => [
      (await api.get('/api/article?include=tags')).text,
      (await api.get('/api/person')).text,
    ]
    const before = await state()
    const fields = line.endsWith('operations') ? { 'content-type': ATOMIC } : {}
    const [error, ...others] = errorsOf(await api.send(`${line}?${query}`, document, fields))
    expect(error).toContain(`400 ${problem}`)
    expect(others).toEqual([])
    expect(await state()).toEqual(before)
  })

  it('is as wrong as one of the root document', async () => {
    const { get } = await serve()
    expect(errorsOf(await get('/api?foo=bar'))).toEqual(['400 foo Unknown query parameter "foo"'])
    expect((await get('/api')).status).toBe(200)
  })
})
