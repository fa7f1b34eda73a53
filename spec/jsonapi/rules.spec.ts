/** Rules of JSON:API 1.1 that hold for all documents together: links that can be followed, members that are ignored. */
import { expect, it } from 'vitest'
import type { JsonApi, JsonApiReply } from '../support/json-api.ts'
import { describeLibrary, errorsOf } from '../support/library-api.ts'
import { serveWritable } from '../support/writable-library.ts'

/** The URLs of a document by the names of their links, pagination and errors aside. */
function linksOf(value: unknown, found: [name: string, url: string][] = []): [name: string, url: string][] {
  if (typeof value !== 'object' || value === null) return found
  for (const [name, member] of Object.entries(value)) {
    if (name !== 'links') linksOf(member, found)
    else
      for (const [rel, url] of Object.entries(member as Record<string, string | null>))
        if ((rel === 'self' || rel === 'related') && url !== null) found.push([rel, url])
  }
  return found
}

/** All URLs that are reached by self and related links from a URL. */
async function crawl({ get }: JsonApi, from: string): Promise<Map<string, JsonApiReply>> {
  const replies = new Map<string, JsonApiReply>()
  const open = [from]
  for (const url of open) {
    if (replies.has(url)) continue
    const reply = await get(url)
    replies.set(url, reply)
    open.push(...linksOf(reply.document).map(([, link]) => link))
  }
  return replies
}

describeLibrary('a JSON:API', (_, library) => {
  it('has links that can all be fetched, those of empty relationships too (JA-30, JA-60, JA-68, JA-69, JA-73)', async () => {
    const api = await serveWritable(library())
    const replies = new Map([
      ...(await crawl(api, '/api/article')),
      ...(await crawl(api, '/api/tag?page[size]=1')),
      ...(await crawl(api, '/api/person/3?include=comments')),
    ])
    expect(replies.size).toBeGreaterThan(60)
    expect([...replies].filter(([, { status }]) => status !== 200)).toEqual([])
    expect(replies.get('/api/article/4/relationships/author')?.document.data).toBeNull()
    expect(replies.get('/api/article/4/relationships/tags')?.document.data).toEqual([])
  })

  it('has related links that stay when their relationship changes (JA-31)', async () => {
    const { get, patch } = await serveWritable(library())
    const links = async () => {
      const { relationships } = (await get('/api/article/3')).document.data
      return [relationships.author.links, relationships.tags.links]
    }
    const before = await links()
    await patch('/api/article/3/relationships/author', { data: null })
    await patch('/api/article/3/relationships/tags', { data: [{ type: 'tag', id: '1' }] })
    expect(await links()).toEqual(before)
  })

  it('ignores members that it does not know, those with @, and meta (JA-8, JA-36, JA-59)', async () => {
    const { send, get } = await serveWritable(library())
    const identifier = { type: 'person', id: '1', meta: { since: 2020 }, '@id': 'x', unknown: 1 }
    const { status, document } = await send('POST /api/article', {
      '@context': 'x',
      unknown: [],
      meta: { a: 1 },
      jsonapi: { version: '9.9', meta: {} },
      data: {
        type: 'article',
        '@type': 'tag',
        unknown: { type: 'tag' },
        meta: { b: 2 },
        links: { self: '/elsewhere' },
        attributes: { title: 'Known', '@title': 'ignored' },
        relationships: {
          '@author': null,
          author: { data: identifier, meta: { c: 3 }, '@data': null, unknown: 1 },
        },
      },
    })
    expect([status, document.data.attributes.title]).toEqual([201, 'Known'])
    expect(document.data.links.self).toBe(`/api/article/${document.data.id}`)
    const { data } = (await get(`${document.data.links.self}/relationships/author`)).document
    expect(data).toEqual({ type: 'person', id: '1' })
  })

  it('has names that a URL need not encode (JA-53)', async () => {
    const { get } = await serveWritable(library())
    const { meta } = (await get('/api')).document
    for (const [type, { url }] of Object.entries<{ url: string }>(meta.modelinfo)) {
      const { document } = await get(url)
      const names = document.data.flatMap(({ attributes = {}, relationships = {} }) => [
        ...Object.keys(attributes),
        ...Object.keys(relationships),
      ])
      expect([type, ...names].filter((name) => encodeURIComponent(name) !== name)).toEqual([])
    }
  })

  it('answers a creation with the id of the client with 201 and its document (JA-117)', async () => {
    const { post } = await serveWritable(library())
    const { status, document, headers } = await post('/api/tag', {
      data: { type: 'tag', id: '77', attributes: { name: 'own id' } },
    })
    expect([status, document.data.id, headers.get('location')]).toEqual([201, '77', '/api/tag/77'])
  })

  it('updates one resource object, and keeps the relationships that it lacks (JA-126, JA-131)', async () => {
    const { send, patch, get } = await serveWritable(library())
    for (const data of [[], [{ type: 'article', id: '1' }], null, 'x'])
      expect(errorsOf(await send('PATCH /api/article/1', { data }))).toEqual([
        expect.stringMatching(/^400 \/data /),
      ])
    const { relationships } = (await get('/api/article/1')).document.data
    await patch('/api/article/1', {
      data: { type: 'article', id: '1', relationships: { editor: { data: null } } },
    })
    const after = (await get('/api/article/1')).document.data.relationships
    expect(after).toEqual({ ...relationships, editor: { ...relationships.editor, data: null } })
  })

  it('answers an update that asks for its document with that of a GET (JA-137)', async () => {
    const { patch, get } = await serveWritable(library())
    const url = '/api/article/2?include=author'
    const { status, document } = await patch(url, {
      data: { type: 'article', id: '2', attributes: { body: 'New' } },
    })
    expect([status, document]).toEqual([200, (await get(url)).document])
  })

  it('follows HTTP: Allow, HEAD, Location, no content beside 204 and 304 (JA-76, JA-125, JA-174, JA-181)', async () => {
    const { send, get, served } = await serveWritable(library())
    const url = '/api/article/1/relationships/tags'
    const head = await served.fetch(url, { method: 'HEAD', headers: { accept: 'application/vnd.api+json' } })
    const read = await get(url)
    expect([head.status, await head.text(), head.headers.get('etag')]).toEqual([
      200,
      '',
      read.headers.get('etag'),
    ])
    const same = await send(`GET ${url}`, undefined, { 'if-none-match': read.headers.get('etag') ?? '' })
    expect([same.status, same.text]).toEqual([304, ''])
    const refused = await send('DELETE /api/article')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, expect.stringMatching(/\bPOST\b/)])
    const created = await send('POST /api/tag', { data: { type: 'tag', attributes: { name: 'followed' } } })
    const location = created.headers.get('location') ?? ''
    expect((await get(location)).status).toBe(200)
    for (const line of [`POST ${url}`, `DELETE ${url}`]) {
      const { status, text } = await send(line, { data: [{ type: 'tag', id: '2' }] })
      expect([line, status, text]).toEqual([line, 204, ''])
    }
    const deleted = await send(`DELETE ${location}`)
    expect([deleted.status, deleted.text]).toEqual([204, ''])
  })

  it('tells why a deletion fails (JA-180)', async () => {
    const { send } = await serveWritable(library())
    expect(errorsOf(await send('DELETE /api/tag/99'))).toEqual(['404 no resource of type tag with ID 99'])
  })

  it('has no query parameters of its own: all others are a 400 (JA-182, JA-183)', async () => {
    const { send } = await serveWritable(library())
    for (const name of ['limit', 'page-size', 'pageSize', 'page_size', 'camelCase', 'functions'])
      expect(errorsOf(await send(`GET /api/person?${name}=1`))).toEqual([
        expect.stringContaining(`400 ${name} `),
      ])
  })
})
