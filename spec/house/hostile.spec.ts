/** Malformed and hostile requests: each gets a response, leaks nothing, and leaves the server running. */
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { answerOf, expectNoLeak, expectRefusal, leave } from '../support/answer.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

const FORM = 'application/x-www-form-urlencoded'
const LONG = 15_000

/** A request with these field lines, and Connection: close. */
function get(target: string, fields = '', method = 'GET'): Buffer {
  const lines = fields === '' ? '' : `${fields}\r\n`
  return Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n`, 'latin1')
}

/** A POST with a correct Content-Length. */
function post(content: string | Uint8Array, type = 'application/json', fields = ''): Buffer {
  const body = Buffer.from(content as string)
  const lines = [`Content-Type: ${type}`, `Content-Length: ${body.length}`, ...(fields ? [fields] : [])]
  return Buffer.concat([get('/echo', lines.join('\r\n'), 'POST'), body])
}

/** A POST with other framing fields. */
function posting(fields: string, content: string | Uint8Array = ''): Buffer {
  return Buffer.concat([get('/echo', fields, 'POST'), Buffer.from(content as string)])
}

describe.each(polkas)('a hostile client on $name', ({ polka }) => {
  async function start(options: TestAppOptions = {}) {
    const app = await testApp(
      (api) => {
        api.incoming.addMimetype(FORM).addMimetype('text/plain')
        api.get('/alive', () => 'alive').get('/query', ({ query }) => query)
        api.get('/word/:word', ({ params }) => params).get('/int/<int:id>', ({ params }) => params)
        api.post('/echo', ({ body }) => ({ body }))
      },
      { polka, ...options },
    )
    /** The bytes of the response: the server closes the connection, leaks nothing and serves the next client. */
    const send = async (bytes: Uint8Array): Promise<string> => {
      const text = await app.rawUntilClose(bytes)
      expectNoLeak(text)
      expect((await app.fetch('/alive')).status).toBe(200)
      expect(app.logger.lines).toEqual([])
      return text
    }
    const status = async (bytes: Uint8Array) => answerOf(await send(bytes))?.status
    const refuses = async (bytes: Uint8Array, code: number) => expectRefusal(await send(bytes), code)
    return { ...app, send, status, refuses }
  }

  describe('header fields', () => {
    it.each([
      ['no Accept', '', 200],
      ['an empty Accept', 'Accept:', 200],
      ['an Accept of white space', 'Accept: \t ', 200],
      ['several Accepts, which are one list', 'Accept: text/html\r\nAccept: application/json', 200],
      ['an Accept without media types', 'Accept: ;;;', 406],
      ['parameters without a name', 'Accept: application/json;=1, text/html;=', 406],
      ['parameter names that are no tokens', 'Accept: application/json;x y=1, a/b;"c"=1, a/b;\xe9=1', 406],
      ['parameter values with white space', 'Accept: application/json;x="\t", a/b;x="\\\t"', 406],
      ['names that every object has', 'Accept: application/json;constructor=x;toString=y', 406],
      ['__proto__', 'Accept: __proto__/__proto__, application/json;__proto__=x', 200],
      ['an invalid weight', 'Accept: application/json;q=1e9, application/json;q=-1, */*;q=', 406],
      ['quotes without an end', 'Accept: application/json;x="', 200],
      ['bytes that are no UTF-8', 'Accept: \xff\xfe/\xfd', 406],
      ['invalid dates, tags and ranges', 'If-Match: x"\r\nIf-Modified-Since: soon\r\nRange: bytes=9-1', 200],
      ['tags without end', `If-None-Match: ${'W/"'.repeat(LONG / 3)}`, 200],
      ['unknown content codings', `Accept-Encoding: ${'x;q=,'.repeat(LONG / 5)}`, 200],
      ['a Connection of any name', 'Connection: Content-Type, __proto__', 200],
    ])('are handled: %s', async (_case, fields, expected) => {
      const { send } = await start()
      const text = await send(get('/alive', fields))
      expect(answerOf(text)?.status).toBe(expected)
      if (expected >= 400) expectRefusal(text, expected)
    })

    it.each(['Accept', 'Content-Type', 'Content-Encoding'])(
      'of 15 kB are read in linear time: %s',
      async (name) => {
        const { send, rawUntilClose } = await start()
        const pieces = [
          ',',
          '"',
          ';',
          '=',
          'a/b;',
          'a/b,',
          'a/b;"',
          'a/b;x="\\',
          '*/*+json,',
          'a/b;q=0,',
          '\t,',
        ]
        const requestOf = (piece: string, length: number) =>
          posting(
            `Content-Length: 2\r\n${name}: application/json;x${piece.repeat(length / piece.length)}`,
            '{}',
          )
        for (const piece of pieces)
          expect([200, 406, 415]).toContain(answerOf(await send(requestOf(piece, LONG)))?.status)
        const growth = await growthOf(async (length) => {
          for (const piece of pieces) await rawUntilClose(requestOf(piece, length))
        }, LONG)
        expect(growth).toBeLessThan(SUPERLINEAR)
      },
    )

    it('longer than the limit of Node are a 431', async () => {
      const { refuses } = await start()
      await refuses(get('/alive', `Accept: ${'a/b,'.repeat(5000)}`), 431)
      await refuses(get('/alive', 'X: and so on\r\n'.repeat(3000)), 431)
    })

    it.each([
      'No colon',
      'Space : before the colon',
      ': no name',
      'Nul: \0',
      'Delete: \x7f',
      'Host: again\r\nBare: \rreturn',
      'Content-Length: -1',
      'Content-Length: +1',
      'Content-Length: 0x1',
      'Content-Length: 1e1',
      'Content-Length: 1, 1',
      'Content-Length: 99999999999999999999',
      'Content-Length: 1\r\nContent-Length: 2',
      'Content-Length: 1\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: chunked\r\nContent-Length: 1',
      'Transfer-Encoding: gzip',
      'Transfer-Encoding: chunked, gzip',
    ])('with ambiguous framing are a 400: %j (RFC 9112 §5, §6)', async (fields) => {
      const { refuses } = await start()
      await refuses(posting(`Content-Type: text/plain\r\n${fields}`, '1\r\nx\r\n0\r\n\r\n'), 400)
    })

    it.each([
      ['no type', 'X: y'],
      ['an empty type', 'Content-Type:'],
      ['an invalid media type', 'Content-Type: json'],
      ['a range', 'Content-Type: */*'],
      ['a list', 'Content-Type: application/json, text/plain'],
      [
        'two Content-Types, of which the first counts',
        'Content-Type: text/csv\r\nContent-Type: application/json',
      ],
      ['names that every object has', 'Content-Type: __proto__/constructor'],
      ['a parameter without a name', 'Content-Type: application/json; =x'],
      ['an unknown charset', 'Content-Type: text/plain; charset=__proto__'],
    ])('are a 415 for content with %s (RFC 9110 §15.5.16)', async (_case, field) => {
      const { refuses } = await start()
      await refuses(posting(`${field}\r\nContent-Length: 2`, '{}'), 415)
    })

    it.each([
      'zip',
      'gzip, br',
      'gzip\r\nContent-Encoding: gzip',
      '__proto__',
      'constructor',
      'identity, identity',
    ])(
      'are a 415 for the content coding %j, which lists the supported ones (RFC 9110 §15.5.16)',
      async (coding) => {
        const { send } = await start()
        const text = await send(post('{}', 'application/json', `Content-Encoding: ${coding}`))
        expectRefusal(text, 415)
        expect(answerOf(text)?.fields.get('accept-encoding')).toBe('gzip, deflate, br')
      },
    )
  })

  describe('content', () => {
    it('shorter than its Content-Length is a 400', async () => {
      const { port, fetch, logger } = await start()
      for (const how of ['end', 'destroy'] as const) {
        const text = await leave(port, posting('Content-Type: text/plain\r\nContent-Length: 9', 'abc'), how)
        expectRefusal(text, 400)
      }
      expect([(await fetch('/alive')).status, logger.lines]).toEqual([200, []])
    })

    it('longer than its Content-Length is a 400 for the rest', async () => {
      const { raw, fetch } = await start()
      const fields = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n'
      const text = await raw(`${fields}abcdefg`)
      expect(text.match(/HTTP\/1\.1 \d{3}/g)?.at(-1)).toBe('HTTP/1.1 400')
      expect((await fetch('/alive')).status).toBe(200)
    })

    it('over the limit is a 413, announced or not, and the connection is closed', async () => {
      const { send } = await start({ limits: { maxBodyBytes: 1000 } })
      const head = 'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n'
      const chunk = `800\r\n${'x'.repeat(0x800)}\r\n`
      for (const bytes of [
        `${head}Content-Length: 1001\r\n\r\n`,
        `${head}Content-Length: 9007199254740991\r\n\r\nabc`,
        `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}`,
        `${head}Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n${chunk}`,
      ]) {
        const text = await send(Buffer.from(bytes))
        expectRefusal(text, 413)
        expect(answerOf(text)?.fields.get('connection')).toBe('close')
      }
    })

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('that decompresses to more than the limit is a 413: %s', async (coding, compress) => {
      const { refuses } = await start()
      const bomb = compress(Buffer.alloc(10_000_000))
      const before = process.memoryUsage().arrayBuffers
      await refuses(post(bomb, 'text/plain', `Content-Encoding: ${coding}`), 413)
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8_000_000)
    })

    it.each(['gzip', 'deflate', 'br'])('that is no %s, or half of it, is a 400', async (coding) => {
      const { refuses } = await start()
      const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync }[coding]
      const half = compress?.(Buffer.from(JSON.stringify({ secret: 'x'.repeat(99) }))).subarray(0, 15)
      for (const content of [half as Buffer, 'garbage, and no secret', '\0\0\0\0']) {
        await refuses(post(content, 'application/json', `Content-Encoding: ${coding}`), 400)
      }
    })

    it.each([
      ['nothing but space', ' '],
      ['half an object', '{"secret":'],
      ['no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
      ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
      ['a number with a leading zero', '01'],
      ['__proto__', '{"__proto__":{"secret":1}}'],
      ['an escaped __proto__', '{"\\u005f_proto\\u005f_":{}}'],
      ['a nested __proto__', '[{"a":[{"__proto__":1}]}]'],
      ['constructor.prototype', '{"constructor":{"prototype":{"secret":1}}}'],
      ['100,000 levels of arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
      ['100,000 levels of objects', '{"a":'.repeat(100_000)],
      ['a string without an end', `"${'\\"'.repeat(400_000)}`],
      ['backslashes without end', `"${'\\'.repeat(900_001)}"`],
    ])('is a 400 when it is JSON with %s', async (_case, content) => {
      const { refuses } = await start()
      await refuses(post(content), 400)
      expect(Object.hasOwn(Object.prototype, 'secret')).toBe(false)
    })

    it('is a 400 when it is a form with __proto__ or more than 1,000 fields', async () => {
      const { refuses, status } = await start()
      await refuses(post('a=1&__proto__=x', FORM), 400)
      await refuses(post('%5F_proto__=x&__proto__=y', FORM), 400)
      await refuses(post('a&'.repeat(1001), FORM), 400)
      expect(await status(post(`${'&'.repeat(900)}%=%zz`, FORM))).toBe(200)
    })

    it('with malformed chunks is a 400', async () => {
      const { refuses } = await start()
      const fields = 'Content-Type: text/plain\r\nTransfer-Encoding: chunked'
      for (const chunks of ['zz\r\nx\r\n', '-1\r\n\r\n', '1\r\nxx\r\n', 'fffffffffffffffff\r\nx']) {
        await refuses(posting(fields, chunks), 400)
      }
    })

    it('that stops in the middle is logged as no error', async () => {
      const { port, fetch, logger } = await start()
      const chunked = 'Content-Type: text/plain\r\nTransfer-Encoding: chunked'
      for (const fields of [chunked, `${chunked}\r\nContent-Encoding: gzip`]) {
        await leave(port, posting(fields, '3\r\nabc\r\n'), 'destroy')
      }
      await sleep(20)
      expect([(await fetch('/alive')).status, logger.lines]).toEqual([200, []])
    })
  })

  describe('request targets', () => {
    it.each(['/%', '/%zz', '/word/%E0%A4%A', '/word/%ff', '/word/%C0%AF', '/alive%'])(
      'with malformed percent-encoding are a 400: %s',
      async (target) => {
        const { refuses } = await start()
        await refuses(get(target), 400)
      },
    )

    it('keep malformed percent-encoding in a query, and change no prototype', async () => {
      const { fetch, send } = await start()
      expect(await (await fetch('/query?a=%zz&%=%&b=100%')).json()).toEqual({ a: '%zz', '%': '%', b: '100%' })
      const text = await send(get('/query?__proto__=y&__proto__[x]=1&constructor.prototype.x=1'))
      expect(answerOf(text)?.status).toBe(200)
      expect(({} as { x?: unknown }).x).toBeUndefined()
    })

    it('with 1,001 parameters are a 400, with 1,000 a 200', async () => {
      const { refuses, status } = await start()
      await refuses(get(`/query?${'a&'.repeat(1001)}`), 400)
      expect(await status(get(`/query?${'a=1&'.repeat(999)}a=1`))).toBe(200)
    })

    it('keep all parameters within the limit', async () => {
      const { fetch } = await start({ limits: { maxParameters: 2000 } })
      const { a } = (await (await fetch(`/query?${'a=1&'.repeat(1499)}a=1`)).json()) as { a: string[] }
      expect(a).toHaveLength(1500)
    })

    it('with long paths are read in linear time', async () => {
      const { status, rawUntilClose } = await start()
      const pieces = ['/', '/a', 'a', '%41', '1', '/word', '/../', ';', '.']
      const pathOf = (piece: string, length: number) => piece.repeat(length / piece.length)
      for (const piece of pieces) {
        expect(await status(get(`/word/${pathOf(piece, 8000)}`))).toBeOneOf([200, 404])
        expect(await status(get(`/int/${pathOf(piece, 8000)}`))).toBe(404)
      }
      const growth = await growthOf(async (length) => {
        for (const piece of pieces) {
          await rawUntilClose(get(`/word/${pathOf(piece, length)}`))
          await rawUntilClose(get(`/int/${pathOf(piece, length)}`))
        }
      }, 8000)
      expect(growth).toBeLessThan(SUPERLINEAR)
    })

    it.each([
      ['GET', '*', 400],
      ['OPTIONS', '*', 204],
      ['GET', 'http:///alive', 400],
      ['GET', 'ftp://x/alive', 400],
      ['GET', 'HTTP://x/alive', 200],
      ['GET', '//x/alive', 404],
      ['GET', '/alive/../alive', 404],
      ['GET', '/alive#x', 200],
      ['GET', '/word/\xff', 400],
      ['GET', '/__proto__', 404],
      ['DELETE', '/alive', 405],
      ['OPTIONS', '/alive', 204],
      ['HEAD', '/alive', 200],
      ['GOT', '/alive', 400],
      ['GET', 'alive', 400],
      ['GET', '/alive HTTP/9.9\r\nX:', 400],
    ])('are handled: %s %s is a %i', async (method, target, expected) => {
      const { status } = await start()
      expect(await status(get(target, '', method))).toBe(expected)
    })
  })
})
