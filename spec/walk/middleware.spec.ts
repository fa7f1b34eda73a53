/** Parts of the surroundings as middleware: how they call `next`. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { HttpException, type Middleware } from '../../lib/index.ts'
import { apiKey, authenticate, cors, rateLimit, requestId, trustedProxy } from '../../lib/security.ts'
import { health } from '../../lib/server.ts'
import { serve } from '../support/server.ts'

/** Middleware whose step calls a function of the user. */
const around: Readonly<Record<string, (call: () => never) => Middleware>> = {
  authenticate: (verify) => authenticate({ key: apiKey({ header: 'x-key', verify }) }, [{ key: [] }]),
  cors: (origin) => cors({ origin }),
  rateLimit: (by) => rateLimit({ points: 10, seconds: 60, by }),
  requestId: (generate) => requestId({ generate }),
  trustedProxy: (trust) => trustedProxy(trust),
}

/** Calls middleware with a real request; the response lists what `next` was called with. */
async function called(middleware: Middleware, later: () => unknown = () => {}) {
  const calls: string[] = []
  const server = createServer((request, response) => {
    setTimeout(() => response.end(calls.join()), 30)
    try {
      middleware(request, response, (error) => {
        calls.push(String(error))
        return error === undefined ? later() : undefined
      })
    } catch (error) {
      calls.push(`thrown: ${error}`)
    }
  })
  const { ask } = await serve(server)
  return (await ask('/', { 'x-key': 'k', origin: 'https://a.example' })).text
}

describe('middleware', () => {
  const names = Object.keys(around)

  it.each(names)('%s calls next with an error, also for a falsy value that is thrown', async (name) => {
    const failing = around[name] as (typeof around)[string]
    for (const thrown of [undefined, 0, new Error('down')]) {
      const middleware = failing(() => {
        throw thrown
      })
      const text = await called(middleware)
      expect([text.split(',').length, text]).toEqual([1, expect.stringMatching(/Error: |Unauthorized/)])
    }
  })

  it('leaves an error of a later handler to the app, and its own fields out of it', async () => {
    const passing: readonly Middleware[] = [
      authenticate({ key: apiKey({ header: 'x-key', verify: () => ({ id: 1 }) }) }, [{ key: [] }]),
      cors(),
      requestId(),
      trustedProxy(() => true),
    ]
    const failures: readonly (() => unknown)[] = [
      () => {
        throw new Error('later')
      },
      () => Promise.reject(new Error('later')),
    ]
    for (const middleware of passing)
      for (const later of failures) expect(await called(middleware, later)).toBe('undefined,Error: later')
  })

  it('calls next with an error whose fields cannot be sent, without them', async () => {
    const headers = { 'www-authenticate': 'Basic realm="☃\n"', 'x-reason': 'none' }
    const verify = () => {
      throw new HttpException(401, 'No key', { headers })
    }
    const middleware = authenticate({ key: apiKey({ header: 'x-key', verify }) }, [{ key: [] }])
    expect(await called(middleware)).toBe('Unauthorized: No key')
  })

  it('health leaves a request alone that was answered while it waited', async () => {
    const slow = health({ checks: { db: () => new Promise((done) => setTimeout(done, 60)) } })
    const server = createServer((request, response) => {
      slow(request, response, () => {})
      setTimeout(() => response.writeHead(503).end('late'), 10)
    })
    const { ask } = await serve(server)
    expect(await ask('/health/ready')).toMatchObject({ status: 503, text: 'late' })
    await new Promise((done) => setTimeout(done, 80))
  })
})
