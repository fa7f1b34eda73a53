/** The ETag of a page: a hash of the content that is sent. */
import { describe, expect, it } from 'vitest'
import { arrayPager, RestBlueprint } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { testApp } from '../support/test-app.ts'

describe('the ETag of a page', () => {
  it('changes with each byte of the content, with the media type and the number of items, and is sent with a 304', async () => {
    let rows: object[] = [{ a: 1, b: 2 }]
    const api = new RestBlueprint('rows')
    api.outgoing.addMimetype('text/csv')
    api.contentRenderer.renders('text/csv', csv())
    api.get('/rows', { paginate: arrayPager, etag: true }, () => rows)
    const { ask } = await testApp(api)
    const first = (await ask('/rows?page_size=1')).tag
    expect(first).toMatch(/^"[\w-]{22}\.1-application\/json"$/)
    expect((await ask('/rows?page_size=1', { accept: 'text/csv' })).tag).toMatch(/-text\/csv"$/)

    const known = await ask('/rows?page_size=1', { 'if-none-match': first })
    expect(known).toMatchObject({ status: 304, text: '', tag: first })
    expect((await ask('HEAD /rows?page_size=1')).tag).toBe(first)

    rows = [{ b: 2, a: 1 }]
    const reordered = (await ask('/rows?page_size=1')).tag
    expect(reordered).not.toBe(first)
    rows = [{ b: 2, a: 1 }, {}]
    const longer = (await ask('/rows?page_size=1')).tag
    expect(longer).toBe(reordered.replace('.1-', '.2-'))
    expect((await ask('/rows?page_size=1', { 'if-match': first })).status).toBe(412)
  })

  it('changes when the next page appears behind a cursor', async () => {
    let next: unknown
    const { ask, status } = await testApp((api) => {
      for (const [path, links, itemCount] of [
        ['/linked', true, undefined],
        ['/plain', false, undefined],
        ['/counted', true, 9],
      ] as const)
        api.get(path, { paginate: { style: 'cursor', secret: 'x', links }, etag: true }, ({ pagination }) => {
          pagination.next = next
          pagination.itemCount = itemCount
          return [1, 2]
        })
    })
    for (const path of ['/linked', '/plain', '/counted']) {
      next = undefined
      const { tag } = await ask(path)
      expect(await status(path, { 'if-none-match': tag })).toBe(304)
      next = { after: 2 }
      const changed = await ask(path, { 'if-none-match': tag })
      expect([changed.status, changed.json]).toEqual([200, [1, 2]])
      expect(await status(path, { 'if-none-match': changed.tag })).toBe(304)
    }
  })

  it('is that of the state where the endpoint or the blueprint says what it is made from', async () => {
    class Versioned extends RestBlueprint {
      override generateEtag(): string {
        return '"v7"'
      }
    }
    const api = new Versioned('rows').get('/rows', { paginate: arrayPager, etag: true }, () => [1])
    const own = await testApp(api)
    expect((await own.ask('/rows')).tag).toBe('"v7"')
    const { ask } = await testApp((api) => {
      api.get('/set', { paginate: arrayPager, etag: true }, (request) => {
        request.setEtag('v1')
        return [{ a: 1, b: 2 }]
      })
      let rows = [{ a: 1, b: 2 }]
      api.get('/data', { paginate: arrayPager, etag: { data: (value) => value } }, () => {
        rows = rows.map(({ a, b }) => ({ b, a }) as { a: number; b: number })
        return rows
      })
    })
    expect((await ask('/set')).tag).toBe((await ask('/set')).tag)
    expect((await ask('/data')).tag).toBe((await ask('/data')).tag)
  })
})
