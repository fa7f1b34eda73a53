/** ETags as proxies change them: nginx, haproxy and varnish weaken them, mod_deflate and Jetty append the coding. */
import { describe, expect, it } from 'vitest'
import { arrayPager, RestBlueprint } from '../../lib/index.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: options of every kind
type Any = any

const CODED = ['-gzip', '-br', '--gzip', '-zstd', '-deflate']

function appended(tag: string, coding: string): string {
  return `${tag.slice(0, -1)}${coding}"`
}

const start = (etag: Any = {}) =>
  testApp((api: RestBlueprint) => {
    const current = ({ params }: Any) => (params.id === '1' ? { v: 1 } : undefined)
    api.get('/x/:id', { etag: { current, ...etag } }, ({ current }) => current)
    api.put('/x/:id', { etag: { current, ...etag } }, () => ({ done: true }))
    api.put('/checked', { etag: { ...etag } }, ({ checkEtag }) => checkEtag({ v: 1 }))
    api.get('/own', { etag: { ...etag } }, (_request, response) => {
      response.setHeader('etag', '"v1"')
      return { v: 1 }
    })
  })

describe('If-None-Match: *', () => {
  it('is no condition where a read has no state and no content, since nothing exists', async () => {
    const { status } = await start()
    expect(await status('GET /x/1', { 'if-none-match': '*' })).toBe(304)
    expect(await status('GET /x/2', { 'if-none-match': '*' })).toBe(204)
  })
})

describe('a 304', () => {
  it.each(['/known', '/written', '/checked'])('of %s has its status in after hooks', async (path) => {
    const statuses: number[] = []
    const { status } = await testApp((api: RestBlueprint) => {
      api.get('/known', { etag: { current: () => ({ v: 1 }) } }, ({ current }) => current)
      api.get('/checked', { etag: true }, ({ setEtag }) => setEtag({ v: 1 }))
      api.get('/written', (_request, response) => {
        response.setHeader('etag', '"v1"')
        return { v: 1 }
      })
      api.after((_request, response) => void statuses.push(response.statusCode))
    })
    expect(await status(`GET ${path}`, { 'if-none-match': '*' })).toBe(304)
    expect(statuses).toEqual([304])
  })
})

describe('a handler of HEAD', () => {
  it('answers 304 by the ETag it has written, as one of GET does', async () => {
    const { status } = await testApp((api: RestBlueprint) => {
      api.head('/x', (_request, response) => {
        response.setHeader('etag', '"v1"')
        return { v: 1 }
      })
      api.head('/kept', { etag: {} }, ({ setEtag }) => setEtag({ v: 1 }))
    })
    expect(await status('HEAD /x', { 'if-none-match': '"v1"' })).toBe(304)
    expect(await status('HEAD /x', { 'if-none-match': '"v2"' })).toBe(200)
    expect(await status('HEAD /kept', { 'if-none-match': '"v1"' })).toBe(204)
  })
})

describe('an ETag with the coding that a proxy has appended', () => {
  it('identifies the state and the representation as the ETag itself does', async () => {
    const { ask, status } = await start()
    const { tag } = await ask('GET /x/1')
    for (const coding of CODED) {
      const coded = appended(tag, coding)
      expect(await ask('GET /x/1', { 'if-none-match': coded }), coding).toMatchObject({ status: 304, tag })
      expect(await status('GET /x/1', { 'if-none-match': `W/${coded}` })).toBe(304)
      expect(await status('PUT /x/1', { 'if-match': coded })).toBe(200)
      expect(await status('PUT /checked', { 'if-match': coded })).toBe(204)
      expect(await status('PUT /x/1', { 'if-match': '*', 'if-none-match': coded })).toBe(412)
      expect(await status('GET /own', { 'if-none-match': appended('"v1"', coding) })).toBe(304)
    }
  })

  it('does not match when something else was appended, or the state has changed', async () => {
    const { ask, status } = await start()
    const { tag } = await ask('GET /x/1')
    for (const text of [appended(tag, '-other'), appended('"old-text/csv"', '-gzip')]) {
      expect(await status('GET /x/1', { 'if-none-match': text }), text).toBe(200)
      expect(await status('PUT /x/1', { 'if-match': text }), text).toBe(412)
    }
  })
})

describe('etag.comparison', () => {
  it("'weak' lets a weakened ETag pass If-Match, and still no other state (INV-39, INV-42)", async () => {
    const { ask, status } = await start({ comparison: 'weak' })
    const { tag } = await ask('GET /x/1')
    for (const [line, passed] of [
      ['PUT /x/1', 200],
      ['PUT /checked', 204],
    ] as const) {
      for (const sent of [tag, `W/${tag}`, `"x", W/${appended(tag, '-gzip')}`])
        expect(await status(line, { 'if-match': sent }), sent).toBe(passed)
      expect(await status(line, { 'if-match': 'W/"old-application/json"' })).toBe(412)
    }
    expect(await status('GET /own', { 'if-match': 'W/"v1"' })).toBe(200)
    expect(await status('GET /own', { 'if-match': 'W/"v2"' })).toBe(412)
  })

  it('may be the default of the blueprint', async () => {
    const api = new RestBlueprint('api', { etag: { comparison: 'weak' } })
    api.put('/x', { etag: { current: () => 1 } }, () => 1)
    const { ask, status } = await testApp(api)
    const { tag } = await ask('PUT /x', { 'if-match': '*' })
    expect(await status('PUT /x', { 'if-match': `W/${tag}` })).toBe(200)
  })

  it("is 'strong' or 'weak': anything else is a TypeError at registration", async () => {
    await expect(start({ comparison: 'loose' })).rejects.toThrow(
      new TypeError("The etag of 'GET /x/:id' cannot have comparison: 'loose'; use 'strong', 'weak'"),
    )
  })
})

describe('the detail of a 412', () => {
  it('tells a change, a weak ETag, a missing state and If-None-Match apart', async () => {
    const { ask } = await start()
    const { tag } = await ask('GET /x/1')
    const detail = async (line: string, fields: Record<string, string>) =>
      (await ask(line, fields)).json.detail
    const changed = 'The resource has changed since it was read: read it again before changing it'
    expect(await detail('PUT /x/1', { 'if-match': '"old"' })).toBe(changed)
    expect(await detail('PUT /x/1', { 'if-match': 'W/"old-application/json"' })).toBe(changed)
    for (const line of ['PUT /x/1', 'PUT /checked', 'GET /x/1'])
      expect(await detail(line, { 'if-match': `"old", W/${tag}` })).toBe(
        `W/${tag} is a weak ETag of the current state, and If-Match needs a strong one: a proxy may have weakened it`,
      )
    expect(await detail('PUT /x/2', { 'if-match': tag })).toBe(
      'The resource does not exist, and If-Match is a condition that it does',
    )
    expect(await detail('PUT /x/1', { 'if-none-match': '*' })).toBe(
      'The resource exists already, and If-None-Match: * is a condition that it does not',
    )
    expect(await detail('PUT /x/1', { 'if-match': '*', 'if-none-match': tag })).toBe(
      'The resource is in a state that If-None-Match excludes',
    )
  })
})

describe('the validators that a handler has written', () => {
  const wrote = (response: Any) => {
    response.setHeader('etag', '"v1"')
    response.setHeader('last-modified', 'Sun, 06 Nov 1994 08:49:37 GMT')
    return [1]
  }

  it.each(['GET /w', 'HEAD /w', 'HEAD /h'])(
    'fail the preconditions of %s that they do not meet',
    async (target) => {
      const { status } = await testApp((api: RestBlueprint) => {
        api.get('/w', (_request, response) => wrote(response))
        api.head('/h', (_request, response) => wrote(response))
      })
      expect(await status(target, { 'if-match': '"v1"' })).toBe(200)
      expect(await status(target, { 'if-match': '"v2"' })).toBe(412)
      expect(await status(target, { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' })).toBe(200)
      expect(await status(target, { 'if-unmodified-since': 'Sat, 06 Nov 1993 08:49:37 GMT' })).toBe(412)
    },
  )

  it('are compared once for a page, with its ETag', async () => {
    const { ask, status } = await testApp((api: RestBlueprint) => {
      api.get('/p', { etag: true, paginate: arrayPager }, (_request, response) => {
        response.setHeader('last-modified', 'Sun, 06 Nov 1994 08:49:37 GMT')
        return [1, 2, 3]
      })
    })
    const { tag } = await ask('GET /p')
    expect(await status('GET /p', { 'if-match': tag })).toBe(200)
    expect(await status('GET /p', { 'if-match': tag, 'if-none-match': '"o"' })).toBe(200)
    const old = { 'if-match': tag, 'if-modified-since': 'Sat, 06 Nov 1993 08:49:37 GMT' }
    expect(await status('GET /p', old)).toBe(200)
    const since = { 'if-modified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' }
    expect(await ask('GET /p', since)).toMatchObject({ status: 304, tag })
  })

  it('by a renderer are compared at an endpoint with ETags of its own', async () => {
    const render = (data: unknown) => ({ body: JSON.stringify(data), headers: { etag: '"w"' } })
    const { ask, status } = await testApp((api: RestBlueprint) => {
      api.get('/x', { etag: true, outgoing: { 'application/json': render } }, () => ({ v: 1 }))
    })
    expect((await ask('GET /x')).tag).toBe('"w"')
    expect(await status('GET /x', { 'if-none-match': '"w"' })).toBe(304)
    expect(await status('GET /x', { 'if-none-match': '"v"' })).toBe(200)
  })
})

describe('HEAD of rows that are not read', () => {
  it('evaluates no precondition, since the ETag of the page is not known', async () => {
    const { ask, status } = await testApp((api: RestBlueprint) => {
      api.get('/rows', { etag: true, paginate: true }, ({ pagination }) => {
        pagination.itemCount = 2
        return (function* () {
          yield 1
          yield 2
        })()
      })
    })
    const { tag } = await ask('GET /rows')
    expect(await status('GET /rows', { 'if-match': tag })).toBe(200)
    expect(await status('HEAD /rows', { 'if-match': tag })).toBe(200)
  })
})

describe('a 304 that a handler gives to next', () => {
  it('is sent, although the handler has returned', async () => {
    const { ask } = await testApp((api: RestBlueprint) => {
      api.get('/x', { etag: true }, ({ setEtag }, response, next) => {
        Promise.resolve()
          .then(() => setEtag(7))
          .then(() => response.end('x'), next)
      })
    })
    expect((await ask('GET /x')).text).toBe('x')
    expect(await ask('GET /x', { 'if-none-match': '*' })).toMatchObject({ status: 304, text: '' })
  })
})

describe('the member `headers` of a renderer', () => {
  it.each(['function', 'object'])('is sent with all responses of a renderer that is a %s', async (form) => {
    const headers = { 'X-R': '1', 'Cache-Control': 'max-age=9' }
    const write = (data: unknown) => JSON.stringify(data)
    const renderer = form === 'function' ? Object.assign(write, { headers }) : { render: write, headers }
    const { ask } = await testApp((api: RestBlueprint) => {
      const outgoing = { 'application/json': renderer }
      api.get('/x', { etag: true, outgoing }, () => ({ v: 1 }))
      api.get('/rows', { outgoing }, async function* () {})
    })
    const { tag } = await ask('GET /x')
    const known = await ask('GET /x', { 'if-none-match': tag })
    const answers = [known, await ask('GET /x'), await ask('HEAD /x'), await ask('HEAD /rows')]
    expect(answers.map(({ status }) => status)).toEqual([304, 200, 200, 200])
    for (const answer of answers)
      expect([answer.headers.get('x-r'), answer.headers.get('cache-control')]).toEqual(['1', 'max-age=9'])
  })
})
