/** `/health/live` and `/health/ready`, as orchestrators ask for them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { basic } from '../../lib/security.ts'
import { health, shutdown } from '../../lib/server.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve, serveMiddleware } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

describe('the option health', () => {
  it('has two endpoints below the prefix, with the state of each check, not to be stored', async () => {
    const checks = { database: async () => [{ one: 1 }], queue: () => true }
    const { ask, api } = await testApi({ prefix: '/api', health: { checks } })
    const live = await ask('/api/health/live', { accept: 'image/png' })
    expect([live.status, live.json]).toEqual([200, { status: 'ok' }])
    const ready = await ask('/api/health/ready')
    expect([ready.status, ready.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(ready.json).toEqual({ status: 'ok', checks: { database: 'ok', queue: 'ok' } })
    expect(ready.headers.get('cache-control')).toBe('no-store')
    const head = await ask('HEAD /api/health/ready')
    expect([head.status, head.text]).toEqual([200, ''])
    expect(Object.keys(api.document().paths ?? {}).join()).not.toContain('health')
  })

  it('is off by default, and true for one without checks', async () => {
    expect(await (await testApi()).status('/health/live')).toBe(404)
    const { ask } = await testApi({ health: true })
    expect((await ask('/health/ready')).json).toEqual({ status: 'ok', checks: {} })
  })

  it('asks nothing but the process for live, and gives each check of ready its time (FS-75)', async () => {
    let aborted = 0
    const { ask, logger } = await testApi({
      health: {
        timeoutSeconds: 0.1,
        checks: {
          slow: (signal) =>
            new Promise(() => {
              signal.addEventListener('abort', () => aborted++)
            }),
          broken: () => {
            throw new Error('password=secret')
          },
          unwilling: () => false,
          fine: () => undefined,
        },
      },
    })
    for (let count = 0; count < 2; count++) {
      const { status, json } = await ask('/health/ready')
      expect([status, json]).toEqual([
        503,
        { status: 'failed', checks: { slow: 'failed', broken: 'failed', unwilling: 'failed', fine: 'ok' } },
      ])
    }
    expect(aborted).toBe(2)
    expect(logger.lines).toHaveLength(3) // once each, not at each probe
    expect(logger.text()).toMatch(/'slow' fails: No result in 0\.1 s/)
    expect(await ask('/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } })
  })

  it('answers before host checks, limits and authentication, and shares a run of the checks (FS-76)', async () => {
    let runs = 0
    const options = {
      allowedHosts: ['api.example.org'],
      security: [{ user: [] }],
      rateLimit: { points: 2, seconds: 60 }, // fetch sends a request again that gets a 421
      health: { checks: { database: () => sleep(50, runs++) } },
    }
    const { ask, raw, api } = await testApi(options, (things) =>
      things.security({ user: basic({ realm: 'api', verify: () => undefined }) }),
    )
    api.root.use((_request, response) => void response.writeHead(429).end())
    const statuses = await Promise.all(
      Array.from({ length: 1000 }, async () => (await ask('/health/ready')).status),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(runs).toBeLessThan(500)
    expect(await raw('GET /health/live HTTP/1.1\r\nHost: a@b\r\nConnection: close\r\n\r\n')).toMatch(/ 200 /)
    expect((await ask('/every/200')).status).toBe(421)
  })

  it('knows 200 and 503 only: no redirect comes before it (FS-77)', async () => {
    const { ask, api } = await testApi({ health: { ready: '/readyz', live: '/livez' } })
    api.root.use((_request, response) => void response.writeHead(307, { location: 'https://a/' }).end())
    expect((await ask('/every/200')).status).toBe(307)
    expect([(await ask('/livez')).status, (await ask('/readyz')).status]).toEqual([200, 200])
  })

  it('answers to any query, and to absolute and encoded forms of the path, as middleware too (FS-77)', async () => {
    const { rawUntilClose } = await testApi({ health: true })
    const { rawUntilClose: rawPlain } = await serveMiddleware(health())
    for (const target of [
      `/health/live?${'a&'.repeat(2000)}`,
      'http://a/health/live',
      '/health/%6Cive#top',
      'http://a/%68ealth/ready?x',
    ]) {
      for (const send of [rawUntilClose, rawPlain])
        expect([
          target,
          await send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`),
        ]).toEqual([target, expect.stringMatching(/^HTTP\/1\.1 200 /)])
    }
  })

  it('turns ready to 503 when the shutdown begins, while requests are still served (FS-74)', async () => {
    let runs = 0
    const { app } = await testApi({ health: { checks: { database: () => runs++ > -1 } } })
    const server = createServer(app.handler)
    const stop = shutdown(server, { signals: [], delaySeconds: 1 })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => server.closeAllConnections())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect((await fetch(`${url}/health/ready`)).status).toBe(200)
    const stopped = stop()
    const ready = await fetch(`${url}/health/ready`)
    expect([ready.status, await ready.json(), runs]).toEqual([503, { status: 'stopping' }, 1])
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect((await fetch(`${url}/every/200`)).status).toBe(200)
    expect(await stopped).toBe(true)
    await expect(fetch(`${url}/health/ready`)).rejects.toThrow('fetch failed')
  })

  it('is a TypeError with unknown options, wrong paths and checks that are no functions', async () => {
    const make = (option: unknown) => testApi({ health: option as never })
    await expect(make({ path: '/' })).rejects.toThrow("unknown option 'path'")
    await expect(make({ live: 'live' })).rejects.toThrow("live: 'live'; it starts with '/'")
    await expect(make({ live: '/health/ready' })).rejects.toThrow('one path for live and ready')
    await expect(make({ checks: { database: true } })).rejects.toThrow(
      "The check 'database' of health is a function, not ",
    )
    await expect(make({ timeoutSeconds: 0 })).rejects.toThrow('timeoutSeconds: 0; use a number over 0')
    await expect(make('yes')).rejects.toThrow('takes an object of options')
  })
})

describe('health() as middleware', () => {
  it.each(polkas)('answers GET and HEAD of its paths on an app of $name', async ({ polka }) => {
    const logger = quiet()
    const app = polka().use(health({ logger, checks: { database: () => Promise.reject(new Error('away')) } }))
    app.get('/', (_request: unknown, response: { end(text: string): void }) => response.end('app'))
    const { ask } = await serve(app)
    expect(await ask('/health/live?probe=1')).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    const ready = await ask('/health/ready')
    expect([ready.status, ready.json]).toEqual([503, { status: 'failed', checks: { database: 'failed' } }])
    expect(await ask('HEAD /health/live')).toMatchObject({ status: 200, text: '' })
    expect((await ask('POST /health/live')).status).toBe(404)
    expect((await ask('/')).text).toBe('app')
    expect(logger.text()).toContain('away')
  })
})
