/** ETags and conditional requests: 304 for content a client has, 412 for changes of a state it has not read. */
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { arrayPager, created, NotFound, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { csv, sse } from '../../lib/renderers.ts'
import { answerOf } from '../support/answer.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states of every kind
type Any = any

const CHANGED = new Date(Date.UTC(2020, 0, 5, 12, 0, 0, 789))
const SAME = 'Sun, 05 Jan 2020 12:00:00 GMT'
const BEFORE = 'Sun, 05 Jan 2020 11:59:59 GMT'

/** Encodes as the middleware `compression` does: when the head is written, through the methods of the response. */
const encode: Any = ({ headers }: Any, response: Any, next: () => void) => {
  const { writeHead, end } = response
  let isEncoded = false
  response.writeHead = (status: number, fields: Record<string, string>) => {
    for (const [name, value] of Object.entries(fields)) response.setHeader(name, value)
    isEncoded = headers['accept-encoding'] === 'gzip' && status === 200
    if (isEncoded) response.setHeader('Content-Encoding', 'gzip')
    if (isEncoded) response.removeHeader('Content-Length')
    return writeHead.call(response, status)
  }
  response.end = (content: string) => end.call(response, isEncoded ? gzipSync(content) : content)
  next()
}

describe.each(polkas)('conditional requests on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, development: true, renderers: { 'text/csv': csv() }, ...options })

  const missing = (): never => {
    throw new NotFound('No such pet')
  }

  describe('etag: true', () => {
    it('SMO-136 SMO-138 INV-B28 tags the data, strongly and per media type, whatever the order of its members', async () => {
      let data: Any = [{ a: 1, b: [1, 2] }]
      const { ask } = await start((api) => void api.get('/x', { etag: true }, () => data))
      const json = await ask('GET /x')
      const text = await ask('GET /x', { accept: 'text/csv' })
      expect(json.tag).toMatch(/^"[\w-]{22}-application\/json"$/)
      expect(text.tag).toBe(json.tag.replace('application/json', 'text/csv'))
      expect((await ask('HEAD /x')).tag).toBe(json.tag)
      data = [{ b: [1, 2], a: 1 }]
      expect((await ask('GET /x')).tag).toBe(json.tag)
      data = [{ b: [2, 1], a: 1 }]
      expect((await ask('GET /x')).tag).not.toBe(json.tag)
    })

    it('SMO-145 SMO-146 INV-40 INV-47 INV-B12 responds with 304 to a matching If-None-Match, with the required fields', async () => {
      const { ask } = await start((api) => {
        api.get('/x', { etag: true }, (request, response) => {
          request.lastModified(CHANGED)
          response.setHeader('cache-control', 'max-age=60').setHeader('content-type', 'text/x')
          return serializeResponse([1], { headers: { 'content-location': '/y', 'content-language': 'en' } })
        })
      })
      const { tag } = await ask('GET /x')
      for (const method of ['GET', 'HEAD']) {
        const notModified = await ask(`${method} /x`, { 'if-none-match': tag })
        expect([notModified.status, notModified.text, notModified.tag]).toEqual([304, '', tag])
        expect(Object.fromEntries(notModified.headers)).toMatchObject({
          vary: 'Accept',
          'cache-control': 'max-age=60',
          'content-location': '/y',
          'last-modified': SAME,
        })
        for (const name of ['content-type', 'content-length', 'content-language'])
          expect(notModified.headers.get(name), name).toBeNull()
      }
    })

    it('SMO-147 SMO-148 INV-38 INV-43 accepts weak tags, lists and *, and matches no malformed field', async () => {
      const { ask, status, raw } = await start((api) => void api.get('/x', { etag: true }, () => [1]))
      const { tag } = await ask('GET /x')
      const csvTag = (await ask('GET /x', { accept: 'text/csv' })).tag
      for (const [field, expected] of [
        [`W/${tag}`, 304],
        [`"a", ${tag}`, 304],
        ['*', 304],
        ['"*"', 200],
        ['garbage', 200],
        ['', 200],
        [csvTag, 200],
        [tag.slice(1, -1), 200],
      ] as const)
        expect(await status('GET /x', { 'if-none-match': field }), field).toBe(expected)
      expect(await status('GET /x', { 'if-none-match': `${tag}, ${csvTag}`, accept: 'text/csv' })).toBe(304)
      for (const [field, expected] of [
        [tag, 200],
        [csvTag, 200],
        [`"a", ${tag}`, 200],
        ['*', 200],
        ['"*"', 412],
        [`W/${tag}`, 412],
        ['garbage', 412],
        ['', 200],
      ] as const)
        expect(await status('GET /x', { 'if-match': field }), field).toBe(expected)
      const twice = `GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: "a"\r\nIf-None-Match: ${tag}\r\n\r\n`
      expect(answerOf(await raw(twice))?.status).toBe(304)
    })

    it('compares If-Match and If-Unmodified-Since before the one tag that the client has', async () => {
      const { ask, status } = await start((api) => {
        api.get('/x', { etag: { current: () => [1], lastModified: () => CHANGED } }, ({ current }) => current)
      })
      const { tag } = await ask('GET /x')
      const known = { 'if-none-match': tag }
      expect(await status('GET /x', known)).toBe(304)
      expect(await status('GET /x', { ...known, 'if-match': tag })).toBe(304)
      expect(await status('GET /x', { ...known, 'if-match': '"old"' })).toBe(412)
      expect(await status('GET /x', { ...known, 'if-unmodified-since': SAME })).toBe(304)
      expect(
        await status('GET /x', { ...known, 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
      ).toBe(412)
    })

    it('a change compares If-Unmodified-Since beside If-None-Match, in any order of the calls (RFC 9110 §13.2.2)', async () => {
      const { status } = await start((api) => {
        const etag = { required: false }
        api.put('/first', { etag }, ({ checkEtag, lastModified }) => {
          lastModified(CHANGED)
          checkEtag(1)
        })
        api.put('/last', { etag }, ({ checkEtag, lastModified }) => {
          checkEtag(1)
          lastModified(CHANGED)
        })
      })
      for (const path of ['/first', '/last']) {
        const fields = { 'if-none-match': '"other"' }
        expect(await status(`PUT ${path}`, { ...fields, 'if-unmodified-since': BEFORE })).toBe(412)
        expect(await status(`PUT ${path}`, { ...fields, 'if-unmodified-since': SAME })).toBe(204)
      }
    })

    it('SMO-128 SMO-137 includes the item count of a page', async () => {
      let count = 1
      const { ask, status } = await start((api) => {
        api.get('/mine', { etag: true, paginate: true }, ({ pagination }) => {
          pagination.itemCount = count
          return ['a']
        })
        api.get('/cut', { etag: { data: (list) => list.length }, paginate: arrayPager }, () =>
          ['a', 'b', 'c'].slice(0, count),
        )
      })
      const { tag } = await ask('GET /mine')
      expect(await status('GET /mine', { 'if-none-match': tag })).toBe(304)
      count = 30
      expect(await status('GET /mine', { 'if-none-match': tag })).toBe(200)
      const cut = await ask('GET /cut?page_size=1')
      count = 2
      expect(await status('GET /cut?page_size=1', { 'if-none-match': cut.tag })).toBe(200)
    })

    it('SMO-139 SMO-149 tags successes of any status, and no errors', async () => {
      const { ask } = await start((api) => {
        api.post('/made', { etag: true, status: 201 }, () => ({ a: 1 }))
        api.post('/created', { etag: { current: () => ({ list: [] }) } }, () => created('/x/1', { a: 1 }))
        api.get('/error', { etag: true }, (request, response) => {
          response.setHeader('etag', '"x"')
          request.setEtag(1)
          return missing()
        })
        api.get('/representation', { etag: true }, () => serializeResponse({ a: 1 }, { status: 410 }))
        api.options('/made', { etag: true }, () => 'options')
      })
      expect(await ask('POST /made')).toMatchObject({ status: 201, tag: expect.stringContaining('json') })
      expect(await ask('POST /created')).toMatchObject({ status: 201, tag: '' }) // not that of the list
      expect(await ask('GET /error')).toMatchObject({ status: 404, tag: '' })
      expect(await ask('GET /representation')).toMatchObject({ status: 410, tag: '' })
      expect(await ask('OPTIONS /made')).toMatchObject({ status: 200, tag: '' })
    })

    it('does not tag streams and one-shot iterables, unless the handler calls setEtag', async () => {
      const { ask } = await start((api) => {
        api.get('/rows', { etag: true }, async function* () {
          yield { a: 1 }
        })
        api.get('/once', { etag: true }, function* () {
          yield { a: 1 }
        })
        api.get('/inside', { etag: true }, () => ({ rows: [1, 2].values() }))
        api.get('/tagged', { etag: true }, (request) => {
          request.setEtag('v1')
          return Readable.from([{ a: 1 }])
        })
        api.get('/bytes', { etag: true }, (request) => {
          request.setEtag('v1')
          return Readable.from([Buffer.from('b')], { objectMode: false })
        })
        api.get('/response', { etag: true }, () => new Response('r'))
        api.get('/own-response', { etag: true }, (request) => {
          request.setEtag('v1')
          return new Response('r', { headers: { etag: '"own"', 'cache-control': 'no-cache' } })
        })
      })
      expect(await ask('GET /rows')).toMatchObject({ tag: '', text: '[{"a":1}]' })
      expect(await ask('GET /once')).toMatchObject({ tag: '', text: '[{"a":1}]' })
      expect(await ask('GET /inside')).toMatchObject({ tag: '', text: '{"rows":[1,2]}' })
      expect(await ask('GET /response', { 'if-match': '"x"' })).toMatchObject({
        status: 200,
        tag: '',
        text: 'r',
      })
      for (const path of ['/tagged', '/bytes']) {
        const { tag } = await ask(`GET ${path}`)
        expect(tag).not.toBe('')
        expect(await ask(`GET ${path}`, { 'if-none-match': tag })).toMatchObject({ status: 304, tag })
      }
      expect(await ask('GET /own-response')).toMatchObject({ status: 200, tag: '"own"' })
      const notModified = await ask('GET /own-response', { 'if-none-match': '"own"' })
      expect([notModified.status, notModified.tag, notModified.headers.get('cache-control')]).toEqual([
        304,
        '"own"',
        'no-cache',
      ])
    })

    it('keeps the ETag and Last-Modified a handler wrote, and evaluates preconditions by them', async () => {
      const { ask, status } = await start((api) => {
        api.get('/node', { etag: true }, (_request, response) => {
          response.setHeader('etag', 'W/"mine"').setHeader('last-modified', SAME)
          return [1]
        })
        api.get('/representation', { etag: true }, () =>
          serializeResponse([1], { headers: { ETag: '"mine"' } }),
        )
      })
      expect(await ask('GET /node')).toMatchObject({ tag: 'W/"mine"' })
      expect(await ask('GET /node', { 'if-none-match': '"mine"' })).toMatchObject({
        status: 304,
        tag: 'W/"mine"',
      })
      expect(await status('GET /node', { 'if-match': '"mine"' })).toBe(412)
      expect(await status('GET /node', { 'if-modified-since': SAME })).toBe(304)
      expect(await ask('GET /representation')).toMatchObject({ tag: '"mine"' })
      expect(await status('GET /representation', { 'if-none-match': '"mine"' })).toBe(304)
    })

    it('has in a 304 what the 200 has of hooks, handler and renderer, and no Link (RFC 9110 §15.4.5)', async () => {
      const fields = ['cache-control', 'content-location', 'expires', 'vary', 'etag', 'x-a']
      const { ask } = await start(
        (api) => {
          api.before((_request, response) => {
            response.setHeader('cache-control', 'max-age=60').setHeader('link', '</style.css>;rel=preload')
            response.setHeader('vary', 'Origin')
          })
          const headers = { expires: '0', 'content-location': '/y', 'x-a': '1', vary: 'Cookie' }
          api.get('/data', { etag: true }, () => serializeResponse([1], { headers }))
          api.get('/page', { etag: true, paginate: arrayPager }, () => serializeResponse([1, 2], { headers }))
          api.get('/current', { etag: { current: () => 1 } }, () => [1])
          api.get('/response', () => new Response('x', { headers: { ...headers, etag: '"own"' } }))
        },
        { renderers: { 'text/csv': csv(), 'text/event-stream': sse() } },
      )
      for (const path of ['/data', '/page?page_size=1', '/current', '/response']) {
        for (const accept of ['application/json', 'text/csv', 'text/event-stream']) {
          const success = await ask(path, { accept })
          const notModified = await ask(path, { accept, 'if-none-match': success.tag })
          expect([path, success.status, notModified.status]).toEqual([path, 200, 304])
          for (const name of fields)
            expect([name, notModified.headers.get(name)]).toEqual([name, success.headers.get(name)])
          expect([notModified.headers.get('link'), notModified.headers.get('x-pagination')]).toEqual([
            null,
            null,
          ])
        }
      }
    })

    it('is compared where only the renderer or the handler has written it', async () => {
      const own = () => ({ body: 'x', headers: { etag: '"rendered"', 'cache-control': 'no-cache' } })
      const { ask, status } = await start(
        (api) => {
          api.get('/rendered', { etag: true, outgoing: { 'text/x-own': own } }, () => 1)
          api.get('/untagged', { outgoing: { 'text/x-own': own } }, () => 1)
          api.get('/handler', (_request, response) => {
            response.setHeader('etag', 'W/"handler"').setHeader('last-modified', SAME)
            return 1
          })
          api.get('/disabled', { etag: false }, () => serializeResponse(1, { headers: { etag: '"a"' } }))
          api.get('/none', () => 1)
        },
        { renderers: {} },
      )
      for (const path of ['/rendered', '/untagged']) {
        const notModified = await ask(path, { 'if-none-match': '"rendered"' })
        expect([notModified.status, notModified.text, notModified.tag]).toEqual([304, '', '"rendered"'])
        expect(notModified.headers.get('cache-control')).toBe('no-cache')
        expect(await status(path, { 'if-none-match': '"other"' })).toBe(200)
      }
      expect(await status('/handler', { 'if-none-match': '"handler"' })).toBe(304)
      expect(await status('/handler', { 'if-modified-since': SAME })).toBe(304)
      expect(await status('/disabled', { 'if-none-match': '"a"' })).toBe(200)
      expect(await status('/none', { 'if-none-match': '*' })).toBe(200)
    })

    it('does not read iterators that are sent, wherever they are', async () => {
      const map = new Map([['a', 1]])
      const states: (() => Any)[] = [
        () => [{ ids: map.keys() }],
        () => ({ page: { rows: map.values() } }),
        () => new Map([['rows', map.values()]]),
        () => ({ rows: map.values() }),
      ]
      const { ask } = await start((api) => {
        for (const [index, state] of states.entries()) {
          api.get(`/hashed/${index}`, { etag: true }, state)
          api.get(`/plain/${index}`, state)
        }
        api.get('/checked', { etag: true }, ({ checkEtag }) => {
          checkEtag(states[0]?.())
          return 1
        })
        api.get('/list', { etag: true }, () => ({ next: [1], previous: new Set([2]) }))
      })
      for (const index of states.keys()) {
        const hashed = await ask(`/hashed/${index}`)
        expect([hashed.status, hashed.text, hashed.tag]).toEqual([
          200,
          (await ask(`/plain/${index}`)).text,
          '',
        ])
      }
      expect(await ask('/checked')).toMatchObject({ status: 500 })
      expect((await ask('/list')).tag).toMatch(/^"[\w-]{22}-/)
    })

    it('has no digest of the content with a 304 (RFC 9530 §2)', async () => {
      const digest = 'sha-256=:AV0=:'
      const headers = { 'content-digest': digest, 'repr-digest': digest }
      const { ask } = await start((api) => {
        api.get('/x', { etag: true }, () => serializeResponse(1, { headers }))
      })
      const { tag, headers: sent } = await ask('/x')
      expect(sent.get('content-digest')).toBe(digest)
      const known = await ask('/x', { 'if-none-match': tag })
      expect([known.status, known.headers.get('content-digest'), known.headers.get('repr-digest')]).toEqual([
        304,
        null,
        digest,
      ])
    })

    it('differs between identity and the content that middleware encodes (RFC 9110 §8.8.3.3)', async () => {
      const { ask } = await start((api) => {
        api.use(encode)
        api.get('/x', { etag: true }, () => ['x'.repeat(100)])
        api.get('/own', () => serializeResponse('x', { headers: { etag: '"own"' } }))
        api.get('/weak', () => serializeResponse('x', { headers: { etag: 'W/"own"' } }))
        api.get('/coded', { etag: true }, (request) => {
          request.setEtag(1)
          return new Response(gzipSync('1'), { headers: { 'content-encoding': 'gzip' } })
        })
      })
      const identity = await ask('/x', { 'accept-encoding': 'identity' })
      const encoded = await ask('/x', { 'accept-encoding': 'gzip' })
      expect(encoded.headers.get('content-encoding')).toBe('gzip')
      expect([identity.text, identity.text]).toEqual([encoded.text, JSON.stringify(['x'.repeat(100)])])
      expect(encoded.tag).toBe(identity.tag.replace(/"$/, '-gzip"'))
      expect((await ask('/own', { 'accept-encoding': 'gzip' })).tag).toBe('"own-gzip"')
      expect((await ask('/weak', { 'accept-encoding': 'gzip' })).tag).toBe('W/"own"')
      expect((await ask('/coded')).tag).toMatch(/application\/json-gzip"$/)
      const both = await ask('/x', { 'if-none-match': `${encoded.tag}, ${identity.tag}` })
      expect([both.status, both.tag, both.headers.get('vary')]).toEqual([
        304,
        encoded.tag,
        'Accept, Accept-Encoding',
      ])
      const own = await ask('/x', { 'if-none-match': identity.tag })
      expect([own.status, own.tag, own.headers.get('vary')]).toEqual([304, identity.tag, 'Accept'])
    })

    it('replaces a Last-Modified in the future by the date of the response (RFC 9110 §8.8.2.1)', async () => {
      const future = new Date(Date.UTC(2100, 0))
      const { ask } = await start((api) => {
        api.get('/known', { etag: true }, (request) => {
          request.lastModified(future)
          return 1
        })
        api.get('/written', { etag: true }, (_request, response) => {
          response.setHeader('last-modified', future.toUTCString())
          return 1
        })
        api.get('/stated', { etag: { current: () => 1, lastModified: () => future } }, () => 1)
      })
      for (const path of ['/known', '/written', '/stated']) {
        const { headers } = await ask(path)
        const [changed, date] = ['last-modified', 'date'].map((name) => Date.parse(headers.get(name) ?? ''))
        expect(changed).toBeLessThanOrEqual(date as number)
      }
    })

    it('writes a Date that is not earlier than Last-Modified, also while handlers block (RFC 9110 §8.8.2.1)', async () => {
      const { ask } = await start((api) => {
        api.get('/x', { etag: true }, () => 1) // Node.js keeps the Date of this response until its next timers
        api.get('/blocked', { etag: true }, (request) => {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100)
          request.lastModified(new Date())
          return 1
        })
      })
      await ask('/x')
      const { headers } = await ask('/blocked')
      const [changed, date] = ['last-modified', 'date'].map((name) => Date.parse(headers.get(name) ?? ''))
      expect(changed).toBeLessThanOrEqual(date as number)
    })

    it('ignores Range, and preconditions of OPTIONS (RFC 9110 §13.2.1)', async () => {
      const { ask, status } = await start((api) => void api.get('/x', { etag: true }, () => [1]))
      const { tag } = await ask('GET /x')
      expect(await status('GET /x', { range: 'bytes=0-1', 'if-range': '"other"' })).toBe(200)
      expect(await status('GET /x', { range: 'bytes=0-1', 'if-none-match': tag })).toBe(304)
      expect(await status('OPTIONS /x', { 'if-match': '"other"' })).toBe(204)
    })

    it('runs after hooks once for a 304 too, whatever they do', async () => {
      const seen: unknown[] = []
      const { ask } = await start((api) => {
        api.after((request, response, result) => {
          seen.push(result)
          response.setHeader('x-after', '1')
          ;(request as Any).setEtag([1])
        })
        api.get('/x', { etag: true }, () => [1])
      })
      const { tag } = await ask('GET /x')
      const notModified = await ask('GET /x', { 'if-none-match': tag })
      expect([notModified.status, notModified.tag, notModified.headers.get('x-after'), seen]).toEqual([
        304,
        tag,
        '1',
        [[1], undefined],
      ])
    })
  })

  describe('in a handler', () => {
    it('setEtag in the body of a generator is too late for the ETag, which a warning says', async () => {
      const warnings: Any[] = []
      const note = (warning: Any) =>
        void (warning.code === 'MAZURKA_LATE_ETAG' && warnings.push(warning.message))
      process.on('warning', note)
      onTestFinished(() => void process.off('warning', note))
      const { ask } = await start((api) => {
        api.get('/late', { etag: true, name: 'late' }, async function* ({ setEtag }) {
          setEtag('v1')
          yield 1
        })
        api.get('/before', { etag: true }, ({ setEtag }) => {
          setEtag('v1')
          return Readable.from([1])
        })
      })
      expect((await ask('GET /before')).tag).toContain('application/json')
      expect(await ask('GET /late')).toMatchObject({ status: 200, tag: '', text: '[1]' })
      await new Promise(setImmediate)
      expect(warnings).toEqual([
        "The handler of 'late' calls setEtag too late for the header fields of its response. The body of a generator runs while " +
          'the response is sent: use a function that calls it before, and returns the generator',
      ])
    })

    it('checkEtag hashes a state as the GET does whose path matches the same requests, however it is written', async () => {
      const row = { name: 'x', hidden: 1 }
      const { ask, status } = await start((api) => {
        api.get('/n/:name', { etag: true, response: z.object({ name: z.string() }) }, () => row)
        api.put('/n/<string:name>', { etag: true }, ({ checkEtag }) => checkEtag(row))
        api.delete('/n/<id>', { etag: true }, ({ checkEtag }) => checkEtag(row))
      })
      const { tag } = await ask('GET /n/x')
      expect(await status('PUT /n/x', { 'if-match': tag })).toBe(204)
      expect(await status('DELETE /n/x', { 'if-match': tag })).toBe(204)
      expect(await status('PUT /n/x', { 'if-match': '"other"' })).toBe(412)
    })

    it('checkEtag hashes a state as the endpoint does that responds to a GET of the path, of whatever converters and blueprint', async () => {
      const row = { id: 5, hidden: 1 }
      const check = ({ checkEtag }: Any) => checkEtag(row)
      const shown = { etag: true, response: z.object({ id: z.int() }) } as const
      const { ask, status } = await start((api) => {
        api.get('/n/<int:id>', shown, () => row)
        api.get('/n/<word>', { etag: true, response: z.object({ hidden: z.int() }) }, () => row)
        api.put('/n/<id>', { etag: true }, check)
        api.get('/user/:id', shown, () => row).put('/user/me/', { etag: true, name: 'me' }, check)
        const parts = new RestBlueprint('parts').put('/:id', { etag: true, name: 'part' }, check)
        parts.register(
          api.get('/parts/<int:id>', shown, () => row),
          { prefix: '/parts' },
        )
        api.put('/unread', { etag: true, name: 'unread' }, check)
        api.get('/unread', { etag: false, response: z.object({ id: z.int() }) }, () => row)
      })
      for (const path of ['/n/5', '/n/word', '/user/me', '/parts/5']) {
        const { tag } = await ask(`GET ${path}`)
        expect([path, await status(`PUT ${path}`, { 'if-match': tag })]).toEqual([path, 204])
      }
      const { tag } = await ask('GET /n/5')
      expect(await status('PUT /n/word', { 'if-match': tag })).toBe(412)
      expect(await status('PUT /unread', { 'if-match': tag })).toBe(412)
    })

    it('checkEtag hashes a state by the path that was routed, also where middleware has rewritten the target', async () => {
      const row = { id: 5, hidden: 1 }
      const { ask, status } = await start((api) => {
        api.use((request, _response, next) => {
          request.url = request.url?.replace('/v1', '')
          next()
        })
        api.get('/v1/n/:id', { etag: true, response: z.object({ id: z.int() }) }, () => row)
        api.put('/v1/n/:id', { etag: true }, ({ checkEtag }) => checkEtag(row))
        api.patch('/v1/n/:id', { etag: { current: () => row } }, () => undefined)
      })
      const { tag } = await ask('GET /v1/n/5')
      for (const method of ['PUT', 'PATCH'])
        expect([method, await status(`${method} /v1/n/5`, { 'if-match': tag })]).toEqual([method, 204])
    })

    it('SMO-140 INV-45 setEtag and lastModified end a read with 304 when the client has the state', async () => {
      const runs: string[] = []
      const { ask, status } = await start((api) => {
        api.get('/x', { etag: true }, (request) => {
          request.lastModified(CHANGED)
          request.setEtag({ version: 1 })
          runs.push('went on')
          return { big: true }
        })
        api.get('/bad', { etag: true }, (request) => {
          request.lastModified(new Date(Number.NaN))
          request.setEtag(1)
          return 1
        })
      })
      const { tag, headers } = await ask('GET /x')
      expect(headers.get('last-modified')).toBe(SAME)
      expect(await ask('GET /x', { 'if-none-match': tag })).toMatchObject({ status: 304, tag })
      expect(await ask('GET /x', { 'if-modified-since': SAME })).toMatchObject({ status: 304 })
      expect(runs).toHaveLength(1)
      expect(await status('GET /x', { 'if-match': tag })).toBe(200) // the date comes first, and decides nothing
      expect(await status('GET /x', { 'if-modified-since': BEFORE })).toBe(200)
      expect(await status('GET /x', { 'if-unmodified-since': BEFORE })).toBe(412)
      expect(await status('GET /x', { 'if-none-match': '"old"', 'if-modified-since': SAME })).toBe(200) // INV-B09
      expect(await status('GET /bad', { 'if-none-match': '*' })).toBe(500)
    })

    it('SMO-141 SMO-142 SMO-143 INV-37 INV-41 checkEtag is a 412 unless the client has read the state', async () => {
      let state: Any = { v: 1 }
      const { ask, status } = await start((api) => {
        api.get('/x', { etag: true }, (request) => {
          request.checkEtag(state)
          return { ...state, more: true }
        })
        api.put('/x', { etag: true, body: z.object({ v: z.int() }) }, (request) => {
          request.checkEtag(state)
          state = request.body
          request.setEtag(state)
          return { saved: state }
        })
        api.post('/x', { etag: true }, (request) => request.checkEtag(state))
      })
      const { tag } = await ask('GET /x')
      expect(await ask('GET /x', { 'if-none-match': tag })).toMatchObject({ status: 304, tag })
      expect(await status('PUT /x', {}, { v: 2 })).toBe(428)
      expect(await status('PUT /x', { 'if-match': '' }, 'no json')).toBe(428)
      expect(await status('PUT /x', { 'if-match': '"old"' }, { v: 'x' })).toBe(422)
      expect(await status('PUT /x', { 'if-match': '"old"' }, { v: 2 })).toBe(412)
      expect(await status('PUT /x', { 'if-match': `W/${tag}` }, { v: 2 })).toBe(412) // INV-B08
      const changed = await ask('PUT /x', { 'if-match': tag }, { v: 2 })
      expect([changed.status, changed.tag]).toEqual([200, (await ask('GET /x')).tag])
      expect(await status('PUT /x', { 'if-match': tag }, { v: 3 })).toBe(412)
      expect(await status('POST /x', { 'if-none-match': changed.tag })).toBe(412)
    })

    it('SMO-144 forgetting checkEtag is a 500 in development, and one warning in production', async () => {
      const warnings: Any[] = []
      const note = (warning: Any) =>
        void (warning.code === 'MAZURKA_CHECK_ETAG' && warnings.push(warning.message))
      process.on('warning', note)
      onTestFinished(() => void process.off('warning', note))
      const declare = (api: RestBlueprint) => {
        api.put('/x', { etag: true, name: 'change' }, () => ({ a: 1 }))
        api.put('/gone', { etag: true }, () => new Response('gone', { status: 410 }))
        api.delete('/x', { etag: true }, () => undefined)
        api.put('/late', { etag: true }, async function* ({ checkEtag }) {
          checkEtag(1)
          yield 1
        })
      }
      const development = await start(declare)
      const production = await start(declare, { development: false })
      expect(await development.status('PUT /x', { 'if-match': '*' })).toBe(500)
      expect(String(development.logger.lines[0]?.[1])).toContain(
        "'change' changed a resource without checking its ETag",
      )
      expect(await development.status('DELETE /x', { 'if-match': '*' })).toBe(500)
      expect(await development.status('PUT /late', { 'if-match': '*' })).toBe(500)
      expect(String(development.logger.lines.at(-1)?.[1])).toContain('The body of a generator runs while')
      expect(await development.status('PUT /gone', { 'if-match': '*' })).toBe(410)
      expect(await production.status('PUT /x', { 'if-match': '*' })).toBe(200)
      expect(await production.status('PUT /x', { 'if-match': '*' })).toBe(200)
      await new Promise(setImmediate)
      expect(warnings).toEqual([
        expect.stringContaining("'change' changed a resource without checking its ETag"),
      ])
    })
  })
})

describe('generateEtag', () => {
  it('hashes a state whose toJSON calls it like the data that toJSON returns', () => {
    const api = new RestBlueprint('api')
    const parent = { name: 'Rex', friends: ['Ada', 'Tom'], age: 3 }
    const nested = {
      id: 1,
      before: [true, null, 1.5],
      parent: { toJSON: () => api.generateEtag(parent) },
      after: [false, 'x', 7],
    }
    const plain = { ...nested, parent: api.generateEtag(parent) }
    expect(api.generateEtag(nested)).toBe(api.generateEtag(plain))
    expect(api.generateEtag({ ...nested, before: [true, null, 2.5] })).not.toBe(api.generateEtag(plain))
    expect(api.generateEtag({ ...nested, id: 2 })).not.toBe(api.generateEtag(plain))
  })
})
