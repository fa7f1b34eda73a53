/** The content of a request, however it is encoded and read. */
import { request as ask } from 'node:http'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { IncomingContent, ParseFunction } from '../../lib/index.ts'
import { leave } from '../support/answer.ts'
import { quiet } from '../support/logger.ts'
import { parserApp } from '../support/parser-app.ts'
import { testApp } from '../support/test-app.ts'

const TEXT = 'Kraków 21°'

const TYPE = 'application/x-mine'
const asText: ParseFunction = (content) => content.text()

/** Content that comes in chunks, without a length. */
function chunked(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return ReadableStream.from(
    chunks.map((chunk) => (typeof chunk === 'string' ? encoder.encode(chunk) : chunk)),
  )
}

async function textOfChunks(content: IncomingContent): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('IncomingContent', () => {
  it('is read as text, as bytes, or chunk by chunk', async () => {
    const readings: ParseFunction[] = [
      asText,
      async (content) => (await content.bytes()).toString(),
      textOfChunks,
    ]
    for (const reading of readings) {
      const { post } = await parserApp(TYPE, { parser: reading })
      expect(await post(TEXT)).toEqual({ status: 200, body: TEXT })
      expect(await post(chunked('Kra', 'ków', ' 21°'))).toEqual({ status: 200, body: TEXT })
      expect(await post(gzipSync(TEXT), { 'content-encoding': 'gzip' })).toEqual({ status: 200, body: TEXT })
    }
  })

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    [' br\t', brotliCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
    ['IDENTITY', (text: string) => Buffer.from(text)],
  ])('is decoded from the coding %j (RFC 9110 §8.4.1)', async (coding, encode) => {
    const { post } = await parserApp(TYPE, { parser: asText })
    const fields = { 'content-encoding': coding }
    expect(await post(encode(TEXT), fields)).toEqual({ status: 200, body: TEXT })
    expect(await post(chunked(encode(TEXT)), fields)).toEqual({ status: 200, body: TEXT })
    expect(await post(encode(''), fields)).toEqual({
      status: 200,
      body: coding.toLowerCase() === 'identity' ? undefined : '',
    })
  })

  it('has a limit in bytes, encoded and decoded', async () => {
    const { post } = await parserApp(TYPE, { parser: asText, limits: { maxBodyBytes: 100 } })
    const gzip = { 'content-encoding': 'gzip' }
    for (const [length, status] of [
      [100, 200],
      [101, 413],
    ] as const) {
      expect((await post('x'.repeat(length))).status).toBe(status)
      expect((await post(chunked('x'.repeat(length)))).status).toBe(status)
      expect((await post(gzipSync('x'.repeat(length)), gzip)).status).toBe(status)
    }
    const padding = gzipSync('', { level: 0 })
    expect((await post(chunked(...Array(20).fill(padding)), gzip)).status).toBe(413)
  })

  it('names the limit in the response', async () => {
    const { fetch } = await parserApp(TYPE, { parser: asText, limits: { maxBodyBytes: 3 } })
    const headers = { 'content-type': TYPE }
    const answer = await fetch('/', { method: 'POST', body: 'four', headers })
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: 'Content Too Large',
      status: 413,
      detail: 'The content is longer than 3 bytes',
      maxBytes: 3,
    })
  })

  it('is read with backpressure', async () => {
    let goOn = () => {}
    const { port } = await parserApp(TYPE, {
      parser: async (content) => {
        let length = 0
        for await (const chunk of content) {
          if (length === 0)
            await new Promise<void>((resolve) => {
              goOn = resolve
            })
          length += chunk.length
        }
        return length
      },
      limits: { maxBodyBytes: 100_000_000 },
    })
    const headers = { 'content-type': TYPE }
    const sent = ask({ port, method: 'POST', agent: false, headers })
    const answer = new Promise<string>((resolve, reject) => {
      sent.on('error', reject).on('response', async (message) => {
        resolve(Buffer.concat(await message.toArray()).toString())
      })
    })
    for (let count = 0; count < 80; count++) sent.write(Buffer.alloc(1_000_000))
    sent.end()
    await sleep(300)
    expect(sent.writableLength).toBeGreaterThan(40_000_000)
    goOn()
    expect(JSON.parse(await answer)).toEqual({ body: 80_000_000 })
  })

  it('may be read partly or not at all', async () => {
    const half: ParseFunction = async (content) => {
      for await (const chunk of content) return chunk.length > 0
    }
    for (const coding of [undefined, 'gzip']) {
      const encode = (text: string) => (coding ? gzipSync(text, { level: 0 }) : Buffer.from(text))
      const fields: Record<string, string> = coding ? { 'content-encoding': coding } : {}
      const { post } = await parserApp(TYPE, { parser: half })
      expect(await post(encode('x'.repeat(1_000_000)), fields)).toEqual({ status: 200, body: true })
      const { post: postUnread } = await parserApp(TYPE, { parser: () => 'unread' })
      expect(await postUnread(encode('x'.repeat(1_000_000)), fields)).toEqual({ status: 200, body: 'unread' })
    }
  })

  it('cannot be read where middleware has made it text', async () => {
    const logger = quiet()
    const { post } = await testApp(
      (api) => {
        api.use((request, _response, next) => next(void request.setEncoding('utf8')))
        api.post('/', ({ body }) => body)
      },
      { logger },
    )
    expect((await post('/', { a: 1 })).status).toBe(500)
    expect(String(logger.lines[0]?.[1])).toContain("middleware has called request.setEncoding('utf8')")
  })

  it('can be read once: a second read is a TypeError and does not hang', async () => {
    const { post, logger } = await parserApp(TYPE, {
      parser: async (content) => [await content.text(), await content.text()],
    })
    expect((await post(TEXT)).status).toBe(500)
    expect((await post(gzipSync(TEXT), { 'content-encoding': 'gzip' })).status).toBe(500)
    expect(logger.lines[1]?.[1]).toEqual(new TypeError('The content has been read already'))
  })

  it('is not awaited when middleware has read it: its body stays', async () => {
    const { post } = await parserApp(TYPE, {
      parser: asText,
      declare: (_api, app) => {
        // biome-ignore lint/suspicious/noExplicitAny: a plain Polka middleware, as its users write it
        app.use(async (request: any, _response: any, next: any) => {
          const chunks = []
          for await (const chunk of request) chunks.push(chunk)
          if (request.headers['x-keep']) request.body = `kept: ${Buffer.concat(chunks)}`
          next()
        })
      },
    })
    expect(await post(TEXT, { 'x-keep': '1' })).toEqual({ status: 200, body: `kept: ${TEXT}` })
    expect(await post(TEXT)).toEqual({ status: 200, body: undefined })
  })

  it('is read when middleware has not read it, even if a body is set', async () => {
    const { post } = await parserApp(TYPE, {
      parser: asText,
      declare: (_api, app) => {
        // biome-ignore lint/suspicious/noExplicitAny: body-parser 1 does so for types it does not know
        app.use((request: any, _response: any, next: any) => {
          request.body = {}
          next()
        })
      },
    })
    expect(await post(TEXT)).toEqual({ status: 200, body: TEXT })
  })

  it('is read where middleware has paused the request, or put back what it has looked at', async () => {
    // biome-ignore lint/suspicious/noExplicitAny: plain middleware
    type Any = any
    const looks: ((request: Any, next: () => void) => void)[] = [
      (request, next) => {
        request.pause()
        next()
      },
      (request, next) =>
        request.once('data', (chunk: Buffer) => {
          request.pause()
          request.unshift(chunk)
          next()
        }),
      (request, next) => {
        const sink = new PassThrough()
        request.pipe(sink)
        request.unpipe(sink)
        next()
      },
    ]
    for (const parser of [asText, textOfChunks]) {
      for (const look of looks) {
        const { post } = await parserApp(TYPE, {
          parser,
          declare: (api) => api.use((request: Any, _response: Any, next: Any) => look(request, next)),
        })
        expect(await post(TEXT)).toEqual({ status: 200, body: TEXT })
      }
    }
  })

  it('rejects with a 400 when the client disconnects, and does not hang', async () => {
    for (const coding of ['identity', 'gzip']) {
      for (const wait of [0, 100]) {
        const outcomes: unknown[] = []
        const { port } = await parserApp(TYPE, {
          parser: (content) => content.text().catch((error) => outcomes.push(error.status)),
          declare: (api) => api.before(() => sleep(wait)),
        })
        const fields = `Content-Type: ${TYPE}\r\nContent-Length: 50\r\nContent-Encoding: ${coding}`
        await leave(port, `POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\nabc`, 'destroy')
        await sleep(150)
        expect([coding, wait, outcomes]).toEqual([coding, wait, [400]])
      }
    }
  })
})
