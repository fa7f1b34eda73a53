/** A refusal arrives, although the client is still sending its content (RFC 9112 §9.6). */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { multipart } from '../../lib/multipart.ts'
import { answerOf } from '../support/answer.ts'
import { type TestApp, testApp } from '../support/test-app.ts'

const MEBIBYTE = 1024 * 1024

interface Sent {
  readonly text: string
  /** The error of the socket: ECONNRESET where the server did not read. */
  readonly error: string | undefined
  /** Bytes that the socket has sent. */
  readonly written: number
}

interface Upload {
  readonly head: string
  readonly bytes: number
  /** Text after the content. */
  readonly after?: string
  /** Whether the client keeps its side open after the response. */
  readonly staysOpen?: boolean
}

/** Sends all content before it reads, as many clients do. */
function upload(port: number, { head, bytes, after = '', staysOpen = false }: Upload): Promise<Sent> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const chunks: Buffer[] = []
    let error: string | undefined
    const closed = new Promise((done) => socket.once('close', done))
    socket.on('error', (thrown: NodeJS.ErrnoException) => {
      error = thrown.code
    })
    socket.on('close', () =>
      resolve({ text: Buffer.concat(chunks).toString(), error, written: socket.bytesWritten }),
    )
    socket.on('connect', async () => {
      socket.write(head)
      const piece = Buffer.alloc(64 * 1024, 'x')
      for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
        const taken = new Promise((done) => {
          socket.write(piece.subarray(0, Math.min(piece.length, bytes - sent)), done)
        })
        await Promise.race([taken, closed])
        await new Promise(setImmediate)
      }
      if (!socket.destroyed) socket.write(after)
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.on('end', async () => {
        if (!staysOpen) return socket.end()
        while (!socket.destroyed) {
          socket.write('x')
          await new Promise((done) => setTimeout(done, 20))
        }
      })
    })
  })
}

const start = (seen: string[] = []): Promise<TestApp> =>
  testApp(
    (api) => {
      api.post('/next', () => void seen.push('next'))
      api.put('/etag', { etag: true }, ({ checkEtag }) => checkEtag(1))
    },
    { limits: { maxBodyBytes: 1024 }, prefix: '/v1' },
  )

const head = (
  line: string,
  bytes: number,
  type = 'application/json',
  fields = 'Connection: close\r\n',
): string =>
  `${line} HTTP/1.1\r\nHost: x\r\n${fields}Content-Type: ${type}\r\nContent-Length: ${bytes}\r\n\r\n`

describe('a refusal of content that is still coming', () => {
  it.each([
    ['413', 'POST /v1/next', 'application/json'],
    ['415', 'POST /v1/next', 'text/nope'],
    ['404', 'POST /v1/nowhere', 'application/json'],
    ['405', 'DELETE /v1/next', 'application/json'],
    ['428', 'PUT /v1/etag', 'application/json'],
  ])('with %s arrives each time, to a client that sends before it reads', async (status, line, type) => {
    const { port } = await start()
    const bytes = 900_000
    for (let round = 0; round < 5; round++) {
      const { text, error } = await upload(port, { head: head(line, bytes, type), bytes })
      expect([answerOf(text)?.status, error]).toEqual([Number(status), undefined])
      expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: Number(status) })
    }
  })

  it('with 413 arrives, where the client keeps connections and the content is chunked', async () => {
    const { port } = await start()
    const chunked = `8000\r\n${'x'.repeat(0x8000)}\r\n`.repeat(20)
    const fields = 'Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n'
    const { text, error } = await upload(port, {
      head: `POST /v1/next HTTP/1.1\r\n${fields}`,
      bytes: 0x8000,
      after: `\r\n${chunked}0\r\n\r\n`,
    })
    expect([answerOf(text)?.status, error]).toEqual([413, undefined])
  })

  it('is no way to send without end: after 8 MiB the connection is closed', async () => {
    const { port } = await start()
    const bytes = 64 * MEBIBYTE
    const { written } = await upload(port, { head: head('POST /v1/next', bytes), bytes })
    expect(written).toBeLessThan(32 * MEBIBYTE) // 8, and the buffers of both sockets
  })

  it('closes the connection of a client that neither sends nor closes', async () => {
    const { port } = await start()
    const { text } = await upload(port, {
      head: head('POST /v1/next', 900_000),
      bytes: 1000,
      staysOpen: true,
    })
    expect(answerOf(text)?.status).toBe(413)
  })

  it('serves no request that follows on the connection', async () => {
    const seen: string[] = []
    const { port } = await start(seen)
    const bytes = 900_000
    const after = 'POST /v1/next HTTP/1.1\r\nHost: x\r\n\r\n'
    const { text } = await upload(port, {
      head: head('POST /v1/next', bytes, 'application/json', ''),
      bytes,
      after,
    })
    expect([text.match(/HTTP\/1\.1/g)?.length, seen]).toEqual([1, []])
  })

  it('keeps the connection where the refusal does not close it', async () => {
    const { port } = await start()
    const bytes = 100_000
    const next = 'POST /v1/next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const first = head('POST /v1/next', bytes, 'text/nope', '')
    const { text, error } = await upload(port, { head: first, bytes, after: next })
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415', 'HTTP/1.1 204'])
    expect(error).toBeUndefined()
  })

  it.each([
    ['in chunks', 'Transfer-Encoding: chunked\r\nContent-Type: text/nope', 415],
    [
      'with a coding that no parser reads',
      'Content-Encoding: gzip\r\nContent-Type: multipart/form-data',
      400,
    ],
  ])('answers the next request after content %s', async (_, fields, status) => {
    const { port } = await testApp((api) => {
      api.contentParser.parses('multipart/form-data', multipart())
      api.post('/', { incoming: ['application/json', 'multipart/form-data'] }, () => 'done')
    })
    const content = gzipSync(randomBytes(1_000_000))
    const isChunked = fields.startsWith('Transfer')
    const framing = isChunked ? '' : `Content-Length: ${content.length}\r\n`
    const socket = connect({ port, host: '127.0.0.1' })
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${framing}${fields}\r\n\r\n`)
    await new Promise((done) => setTimeout(done, 20)) // the content comes when the server has looked for it
    if (isChunked) socket.write(`${content.length.toString(16)}\r\n`)
    socket.write(content)
    if (isChunked) socket.write('\r\n0\r\n\r\n')
    socket.end('POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = String(Buffer.concat(await socket.toArray()))
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200'])
  })

  it('leaves nothing behind on a connection that is kept', async () => {
    const requests: WeakRef<object>[] = []
    const { raw } = await testApp(
      (api, app) => {
        app.use((request: object, _response: unknown, next: () => void) => {
          requests.push(new WeakRef(request))
          next()
        })
        api.post('/next', () => 'done')
        api.get('/left', async () => {
          setFlagsFromString('--expose-gc')
          await new Promise((done) => setTimeout(done, 10))
          runInNewContext('gc')()
          return requests.filter((request) => request.deref()).length
        })
      },
      { prefix: '/v1' },
    )
    const refused = `${head('POST /v1/next', 4, 'text/nope', '')}nope`
    const text = await raw(
      `${refused.repeat(100)}GET /v1/left HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(text.match(/HTTP\/1\.1 415/g)?.length).toBe(100)
    expect(Number(text.split('\r\n\r\n').at(-1))).toBeLessThan(10)
  })

  it('is limited in number: further connections are closed at once, and the server goes on', async () => {
    const { port, status } = await start()
    const open = Array.from({ length: 150 }, () =>
      upload(port, { head: head('POST /v1/next', 900_000), bytes: 1000, staysOpen: true }),
    )
    const answers = await Promise.all(open)
    expect(answers).toHaveLength(150)
    expect(await status('POST /v1/next')).toBe(204)
  })
})
