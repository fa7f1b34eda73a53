/** The id of a request: on the request, on every answer, in its log. */
import { mkdtempSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../lib/openapi/operation/operation.ts'
import { requestId } from '../../lib/security.ts'
import { recorder, until } from '../support/lines.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

describe('requestId', () => {
  it('is sent back on every answer: the one of the client, or a new one', async () => {
    const { ask } = await testApi({ requestId: true })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const known = await ask(line, { ...fields, 'x-request-id': 'abc-123' })
      expect([line, known.status, known.headers.get('x-request-id')]).toEqual([line, status, 'abc-123'])
      expect((await ask(line, fields)).headers.get('x-request-id'), line).toMatch(UUID)
    }
  })

  it('is sent back, and logged, where the request itself is refused', async () => {
    const { logger, lines } = recorder()
    const { ask, raw } = await testApi({ requestId: true, accessLog: true, securityHeaders: true, logger })
    const parameters = Array.from({ length: 1001 }, (_, index) => `p${index}`).join('&')
    for (const line of ['/%zz', `/every/200?${parameters}`]) {
      lines.length = 0
      const { status, headers } = await ask(line, { 'x-request-id': 'abc' })
      expect([status, headers.get('x-request-id')]).toEqual([400, 'abc'])
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      await until(() => lines.length === 1)
      expect(lines[0]).toMatchObject({ status: 400, requestId: 'abc' })
    }
    const text = await raw(
      'GET ftp://nowhere/ HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc\r\nConnection: close\r\n\r\n',
    )
    expect(text).toMatch(/^HTTP\/1.1 400 /)
    expect(text.toLowerCase()).toContain('x-request-id: abc')
  })

  it('is a new one for an id with other characters, and none is a 500 (FS-61)', async () => {
    const { raw, logger } = await testApi({ requestId: true }, (things) =>
      things.get('/id', (request) => request.requestId),
    )
    for (const id of ['a b', 'é', 'a\tb', 'a,b', '"a"', '<a>', '{}', '\u007f', 'a;b']) {
      const text = await raw(
        `GET /id HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n`,
      )
      if (text.includes('400 Bad Request')) continue // Node itself has refused the control character
      const [, sent] = /^x-request-id: (.*)\r$/im.exec(text) ?? []
      expect([id, sent]).toEqual([id, expect.stringMatching(UUID)])
      expect(text).toContain(`"${sent}"`)
    }
    expect(logger.lines).toEqual([])
  })

  it('is a new one for an id of more than 128 characters, which stands nowhere in the log (FS-62)', async () => {
    const { logger, text } = recorder()
    const { ask } = await testApi({ requestId: true, accessLog: true, logger })
    const idFor = async (sent: string) =>
      (await ask('/every/500', { 'x-request-id': sent })).headers.get('x-request-id')
    const longest = 'a'.repeat(128)
    expect(await idFor(longest)).toBe(longest)
    expect(await idFor('b'.repeat(129))).toMatch(UUID)
    expect(await idFor('b'.repeat(10_000))).toMatch(UUID)
    expect(text()).toContain(longest)
    expect(text()).not.toContain('b'.repeat(64))
  })

  it('and the trace id are in every line of request.log, a child of the logger, and in the report of a failure', async () => {
    const { logger, lines } = recorder()
    const { ask } = await testApi({ requestId: true, logger }, (things) =>
      things.get('/hello', (request) => {
        request.log?.info({ name: 'Tom' }, 'hello')
        request.log?.warn('again')
        return [request.requestId, request.traceId]
      }),
    )
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    expect((await ask('/hello', { 'x-request-id': 'r1', traceparent })).json).toEqual(['r1', traceId])
    expect(lines).toMatchObject([
      { requestId: 'r1', traceId, name: 'Tom', msg: 'hello', level: 30 },
      { requestId: 'r1', traceId, msg: 'again', level: 40 },
    ])
    await ask('/hello', { 'x-request-id': 'r2', traceparent: `ff${traceparent.slice(2)}` })
    expect(lines[2]).toMatchObject({ requestId: 'r2' })
    expect(lines[2]).not.toHaveProperty('traceId')
    await ask('/every/500', { 'x-request-id': 'r3' })
    expect(lines.at(-1)).toMatchObject({ requestId: 'r3', err: { message: 'failed' }, level: 50 })
  })

  it('lets an app log by level into a file (TUT-22)', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'log-')), 'app.log')
    const logger = pino({ level: 'info' }, pino.destination({ dest: file, sync: true }))
    const { ask } = await testApi({ requestId: true, logger }, (things) =>
      things.get('/hello', ({ log }) => {
        log?.debug('below the level')
        log?.info('informing')
        log?.warn('warning')
        log?.error('screaming bloody murder!')
        return 'check your logs'
      }),
    )
    await ask('/hello', { 'x-request-id': 'r1' })
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, msg: 'informing', requestId: 'r1' },
      { level: 40, msg: 'warning', requestId: 'r1' },
      { level: 50, msg: 'screaming bloody murder!', requestId: 'r1' },
    ])
  })

  it('is the logger itself where that has no child', async () => {
    const { ask, logger } = await testApi({ requestId: true }, (things) =>
      things.get('/log', (request) => (request.log as unknown) === request.log),
    )
    expect((await ask('/log')).json).toBe(true)
    expect(logger.lines).toEqual([])
  })

  it('has a field and a generator by option, off by endpoint, and is documented', async () => {
    let count = 0
    const { ask, api } = await testApi(
      { requestId: { header: 'X-Correlation-Id', generate: () => `n${++count}` } },
      (things) => things.get('/off', { requestId: false }, (request) => request.requestId ?? 'none'),
    )
    expect((await ask('/every/200')).headers.get('x-correlation-id')).toBe('n1')
    expect((await ask('/off')).headers.get('x-correlation-id')).toBeNull()
    const { paths } = api.document()
    const operation = (path: string) => paths[path]?.get as Operation
    expect(JSON.stringify(operation('/every/200').parameters)).toContain('X-Correlation-Id')
    expect(JSON.stringify(operation('/every/200').responses?.[200]?.headers)).toContain('X-Correlation-Id')
    expect(operation('/off').parameters).toBeUndefined()
  })

  it.each<[() => unknown, RegExp]>([
    [() => undefined, /has returned undefined; return 1 to 128 of the characters/],
    [() => '', /has returned ''/],
    [() => 'a\r\nb: c', /has returned 'a/],
    [() => ({}), /has returned an object;/],
    [() => Promise.reject(new Error('away')), /has returned \[object Promise\]/],
  ])('is a 500 where the function has made what cannot be sent: %s', async (make, message) => {
    const generate = make as () => string
    const { ask, status, logger } = await testApi({ requestId: { generate } })
    expect(await status('/every/200')).toBe(500)
    expect(logger.text()).toMatch(/The function 'generate' of requestId/)
    expect(logger.text()).toMatch(message)
    expect((await ask('/every/200', { 'x-request-id': 'abc' })).status).toBe(200)
    const app = polka().use(requestId({ generate, logger }))
    expect(await (await serve(app)).status('/')).toBe(500)
  })

  it.each([
    { header: 'a b' },
    { header: 7 },
    { generate: 'uuid' },
    { generate: async () => 'a' },
    { heeder: 'x' },
    'yes',
  ])('is a TypeError for %j', async (value) => {
    await expect(testApi({ requestId: value as never })).rejects.toThrow(/requestId/)
  })

  it('is set by middleware where there is no Api, once for both', async () => {
    const { logger, lines } = recorder()
    const { ask } = await serve(
      polka()
        .use(requestId({ logger }), requestId())
        .get('/', (request: IncomingMessage & { log: pino.Logger }, response: { end(): void }) => {
          request.log.info('hello')
          response.end()
        }),
    )
    const { headers } = await ask('/')
    expect(lines).toMatchObject([{ msg: 'hello', requestId: headers.get('x-request-id') }])
  })
})
