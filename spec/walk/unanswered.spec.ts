/** Warnings of development: responses that a handler forgets, and data that is not sent. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest'
import { type BlueprintOptions, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

let emit: MockInstance<typeof process.emitWarning>
beforeEach(() => {
  emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
})
afterEach(() => void emit.mockRestore())

/** The warnings so far, of one code. */
const warnings = (code: string) =>
  emit.mock.calls.filter(([, options]) => (options as { code?: string })?.code === code).map(([text]) => text)

const never = () => new Promise<void>(() => {})
const patient: BlueprintOptions = { unansweredWarningSeconds: 0.05 }

it('is watched without listeners that stay on the response', async () => {
  const { ask } = await testApp((api) => {
    for (let index = 0; index < 12; index++)
      api.use(async (_request, _response, next) => {
        await null
        next()
      })
    api.get('/x', (_request, response) => response.listenerCount('close') + response.listenerCount('finish'))
    api.get('/plain', { use: [] }, () => 1)
  })
  expect((await ask('/x')).json).toBeLessThan(6)
})

describe.each(polkas)('a response that does not begin on $name', ({ polka }) => {
  it.each<[string, (api: RestBlueprint) => unknown, string]>([
    ['a handler that takes response', (api) => api.get('/x', { name: 'show' }, (_, __) => {}), 'The handler'],
    [
      'a handler whose promise stays pending',
      (api) => api.get('/x', { name: 'show' }, (_, __) => never()),
      'The handler',
    ],
    [
      'a middleware that does not call next',
      (api) => api.get('/x', { name: 'show', use: function guard() {} }, () => 1),
      "The middleware 'guard'",
    ],
  ])('is one warning that names the endpoint: %s', async (_what, declare, subject) => {
    const { raw } = await testApp((api) => declare(api), { polka, ...patient })
    await raw('GET /x HTTP/1.1\r\nHost: x\r\n\r\n', 300)
    await raw('GET /x HTTP/1.1\r\nHost: x\r\n\r\n', 300)
    const found = warnings('MAZURKA_UNANSWERED')
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${subject} of 'show' has not answered a request after 0.05 s`)
  })

  it('is no warning once it has begun or the client has left, in production, or when it is turned off', async () => {
    const declare = (api: RestBlueprint) => {
      api.get('/later', (_, response) => void setTimeout(() => response.end(), 10))
      api.get('/data', async (_, __) => sleep(10, 'data'))
      api.get('/stream', (_, response) => void response.write('begun'))
      api.get('/use', { use: (_, __, next) => void setTimeout(next, 10) }, () => 1)
      api.get('/silent', (_, __) => {})
    }
    const { status, raw } = await testApp(declare, { polka, ...patient })
    for (const path of ['/later', '/data', '/use']) expect(await status(path)).toBe(200)
    await raw('GET /stream HTTP/1.1\r\nHost: x\r\n\r\n', 20)
    await raw('GET /silent HTTP/1.1\r\nHost: x\r\n\r\n', 20)
    const off: BlueprintOptions[] = [{ ...patient, development: false }, { unansweredWarningSeconds: false }]
    for (const options of off) {
      const app = await testApp(declare, { polka, ...options })
      await app.raw('GET /silent HTTP/1.1\r\nHost: x\r\n\r\n', 150)
    }
    await sleep(150)
    expect(warnings('MAZURKA_UNANSWERED')).toEqual([])
  })
})

describe('unansweredWarningSeconds', () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_401, '2', true])('is no %s', (value) => {
    const api = new RestBlueprint('api', { unansweredWarningSeconds: value as number }).get('/x', () => 1)
    expect(() => api.handler).toThrow(/unansweredWarningSeconds is a number from 0.001 to 86400/)
  })
})

describe('data that is not sent', () => {
  it.each<[string, (api: RestBlueprint) => unknown]>([
    [
      'beside a response that the handler has ended',
      (api) => api.get('/x', (_, response) => response.end() && 'data'),
    ],
    [
      'beside a head that the handler has written',
      (api) =>
        api.get('/x', (_, response) => {
          response.writeHead(200).end()
          return { a: 1 }
        }),
    ],
    ['under a 204', (api) => api.get('/x', { status: 204 }, () => 'data')],
    ['under a 204 of its own', (api) => api.get('/x', () => serializeResponse('data', { status: 204 }))],
    [
      'under a declared 204',
      (api) => api.get('/x', { status: 204, response: { 204: null } as never }, () => 'data' as never),
    ],
  ])('is one warning: %s', async (_what, declare) => {
    const { status } = await testApp((api) => declare(api))
    for (let request = 0; request < 2; request++) expect(await status('/x')).toBeLessThan(300)
    expect(warnings('MAZURKA_UNSENT_DATA')).toHaveLength(1)
    expect(warnings('MAZURKA_UNSENT_DATA')[0]).toContain('returns data that is not sent')
  })

  it('is no warning in production, nor for a handler that returns the response or nothing', async () => {
    const { status } = await testApp((api) => {
      api.get('/response', (_, response) => response.end())
      api.get('/null', { status: 204 }, () => null)
      api.get('/nothing', { status: 204 }, () => {})
      api.get('/write', (_, response) => {
        setTimeout(() => response.end(), 5)
        return response.write('x')
      })
    })
    for (const path of ['/response', '/null', '/nothing', '/write'])
      expect(await status(path)).toBeLessThan(300)
    const production = await testApp((api) => api.get('/x', { status: 204 }, () => 'data'), {
      development: false,
    })
    expect(await production.status('/x')).toBe(204)
    expect(warnings('MAZURKA_UNSENT_DATA')).toEqual([])
  })
})
