/** Whether a request has content, and of which type: chunks without a byte, content without a Content-Type. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answerOf } from '../support/answer.ts'
import { type TestApp, testApp } from '../support/test-app.ts'

const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const NONE = '0\r\n\r\n'

async function start(): Promise<TestApp & { send: (line: string, ...rest: string[]) => Promise<string> }> {
  const app = await testApp((api) => {
    const seen = ({ body }: { body?: unknown }) => ({ body: body === undefined ? 'none' : body })
    api.get('/x', () => 'got')
    api.delete('/x', { status: 204 }, () => undefined)
    api.post('/x', seen as never)
    api.post('/optional', { name: 'optional', body: z.object({ a: z.int() }).optional() }, seen as never)
    api.contentParser.parses('application/octet-stream', async (content) => String(await content.bytes()))
    api.post('/parsed', { name: 'parsed', incoming: ['application/octet-stream'] }, seen as never)
  })
  const send = async (line: string, fields = '', content = ''): Promise<string> => {
    const [method, path] = line.split(' ')
    const text = await app.rawUntilClose(
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n${content}`,
    )
    return `${answerOf(text)?.status} ${text.split('\r\n\r\n')[1] ?? ''}`.trim()
  }
  return { ...app, send }
}

describe('chunked content without a byte', () => {
  it('is absent content, as Content-Length: 0 is, with and without a Content-Type or a coding', async () => {
    const { send } = await start()
    for (const fields of [
      '',
      'Content-Type: application/json\r\n',
      'Content-Encoding: gzip\r\n',
      'Content-Type: text/nope\r\n',
    ]) {
      expect(await send('POST /x', fields + CHUNKED, NONE), fields).toBe('200 {"body":"none"}')
      expect(await send('POST /x', `${fields}Content-Length: 0\r\n`), fields).toBe('200 {"body":"none"}')
      expect(await send('POST /optional', fields + CHUNKED, NONE), fields).toBe('200 {"body":"none"}')
      expect(await send('GET /x', fields + CHUNKED, NONE), fields).toBe('200 "got"')
      expect(await send('DELETE /x', fields + CHUNKED, NONE), fields).toBe('204')
    }
  })

  it('is known only when it ends: a byte that comes later is content', async () => {
    const { port, send } = await start()
    expect(await send('POST /x', CHUNKED, `1\r\n7\r\n${NONE}`)).toMatch(/^415 /)
    expect(await send('POST /x', `Content-Type: application/json\r\n${CHUNKED}`, `1\r\n7\r\n${NONE}`)).toBe(
      '200 {"body":7}',
    )
    async function* late() {
      await new Promise((done) => setTimeout(done, 20))
      yield '7'
      await new Promise((done) => setTimeout(done, 20))
      yield '8'
    }
    const init = { method: 'POST', body: ReadableStream.from(late()), duplex: 'half' } as RequestInit
    const json = { 'content-type': 'application/json' }
    const answer = await fetch(`http://127.0.0.1:${port}/x`, { ...init, headers: json })
    expect(await answer.json()).toEqual({ body: 78 })
    const bytes = { 'content-type': 'application/octet-stream' }
    const raw = { method: 'POST', body: ReadableStream.from(late()), duplex: 'half', headers: bytes }
    expect(await (await fetch(`http://127.0.0.1:${port}/parsed`, raw as RequestInit)).json()).toEqual({
      body: '78',
    })
  })

  it('is a 400 when the client leaves before the first byte, and the server goes on', async () => {
    const { raw, ask } = await start()
    await raw(`POST /x HTTP/1.1\r\nHost: x\r\n${CHUNKED}\r\n`, 20)
    expect((await ask('GET /x')).status).toBe(200)
  })
})

describe('content without a Content-Type', () => {
  it('is application/octet-stream where the endpoint lists that, else a 415 (RFC 9110 §8.3)', async () => {
    const { send } = await start()
    expect(await send('POST /parsed', 'Content-Length: 2\r\n', 'hi')).toBe('200 {"body":"hi"}')
    expect(await send('POST /x', 'Content-Length: 2\r\n', 'hi')).toMatch(
      /^415 .*Supported media types: application\/json/,
    )
  })
})

describe('an empty Transfer-Encoding', () => {
  it('beside a Content-Length is a 400 (RFC 9112 §6.1)', async () => {
    const { send } = await start()
    const fields = 'Content-Type: application/json\r\nTransfer-Encoding: \r\nContent-Length: 1\r\n'
    expect(await send('POST /x', fields, '7')).toMatch(/^400\b/)
  })
})

describe('content in a transfer coding other than chunked', () => {
  it.each(['gzip, chunked', 'foo, chunked'])('%s is a 501 (RFC 9112 §6.1)', async (coding) => {
    const { send } = await start()
    const fields = `Content-Type: application/json\r\nTransfer-Encoding: ${coding}\r\n`
    expect(await send('POST /x', fields, '1\r\n7\r\n0\r\n\r\n')).toMatch(/^501\b/)
    expect(await send('POST /x', fields.replace(coding, 'Chunked'), '1\r\n7\r\n0\r\n\r\n')).toMatch(/^200\b/)
  })
})
