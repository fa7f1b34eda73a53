/**
 * Limits in Redis: several processes, and Redis that is lost and comes back.
 *
 *     sudo apt-get install redis-server        each spec starts a server of its own on a free port
 *
 * Without `redis-server` these specs are skipped with a warning; with CI=true they fail.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import type { RateLimitOptions } from '../../lib/security.ts'
import { ROOT } from '../support/readme.ts'
import type { Served } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const LIMIT = { points: 3, seconds: 60 }

const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** Skips a spec with a warning when redis-server is missing; on CI that is an error. */
function needsRedis({ skip }: Pick<TestContext, 'skip'>): void {
  if (hasRedis) return
  if (process.env.CI) throw new Error('redis-server is missing, and no limit was counted in Redis')
  console.warn('redis-server is missing: no limit was counted in Redis (apt-get install redis-server)')
  skip('redis-server is missing')
}

/** A real Redis without persistence, which can be killed and started again on the same port. */
async function startRedis(
  port?: number,
  flags: readonly string[] = [],
): Promise<{ readonly port: number; kill(): Promise<void> }> {
  const chosen = port ?? (await freePort())
  const child = spawn(
    'redis-server',
    ['--port', String(chosen), '--save', '', '--appendonly', 'no', ...flags],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const text of child.stdout) if (String(text).includes('Ready to accept')) break
  return {
    port: chosen,
    async kill() {
      const closed = once(child, 'exit')
      child.kill('SIGKILL')
      await closed
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

function connect(port: number): Redis {
  const redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 })
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  return redis
}

/** An Api whose limits are counted at a port. */
async function limited(port: number, options: RateLimitOptions = {}) {
  const redis = connect(port)
  const api = await testApi({ rateLimit: { ...LIMIT, store: { redis }, timeoutMs: 300, ...options } })
  return { ...api, redis }
}

async function statuses(ask: Served['ask'], times: number, line = '/every/200'): Promise<number[]> {
  const found: number[] = []
  for (let count = 0; count < times; count++) found.push((await ask(line)).status)
  return found
}

/** Asks until a state is reached: Redis is asked again once a second. */
async function until(isReached: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 100; count++) {
    if (await isReached()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('The state was not reached')
}

describe('a limit in Redis', () => {
  it('counts, refuses, and has its fields on every answer', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const { ask, redis } = await limited(port)
    expect(await statuses(ask, 2)).toEqual([200, 200])
    const third = await ask('/nowhere')
    expect([third.status, third.headers.get('ratelimit')]).toEqual([404, '"default";r=0;t=60'])
    const { status, headers } = await ask('/every/200')
    expect([status, headers.get('ratelimit-policy')]).toEqual([429, '"default";q=3;w=60'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(50)
    expect(await redis.keys('*')).toEqual(['mazurka:api:default:60:127.0.0.1'])
  })

  it('gives a key without an end its end, in the step that counts (FS-17)', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const { ask, redis } = await limited(port)
    const key = 'mazurka:api:default:60:127.0.0.1'
    await redis.set(key, 100)
    expect(await redis.ttl(key)).toBe(-1)
    const { status, headers } = await ask('/every/200')
    expect([status, headers.get('retry-after')]).toEqual([429, '60'])
    expect(await redis.ttl(key)).toBeGreaterThan(50)
  })

  it('holds for a year (FS-16)', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const { ask } = await limited(port, { points: 1, seconds: 31_536_000 })
    expect(await statuses(ask, 1)).toEqual([200])
    expect((await ask('/every/200')).headers.get('retry-after')).toMatch(/^3153(6000|599\d)$/)
  })

  it('may be in a cluster', async (context) => {
    needsRedis(context)
    const folder = mkdtempSync(join(tmpdir(), 'cluster-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const flags = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--dir', folder]
    const { port } = await startRedis(undefined, flags)
    const node = connect(port)
    await node.cluster('ADDSLOTSRANGE', 0, 16_383)
    await until(async () => String(await node.cluster('INFO')).includes('cluster_state:ok'))
    const redis = new Cluster([{ host: '127.0.0.1', port }])
    onTestFinished(() => redis.disconnect())
    const limits = { burst: LIMIT, daily: { points: 9, seconds: 86_400 } }
    const { ask } = await testApi({ rateLimit: { limits, store: { redis }, timeoutMs: 5000 } })
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
    expect(await node.dbsize()).toBe(2)
  })

  it('is shared by two processes', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const urls = await Promise.all([startExample(port), startExample(port)])
    const found = []
    for (let count = 0; count < 6; count++) found.push((await fetch(`${urls[count % 2]}pets`)).status)
    expect(found).toEqual([200, 200, 200, 200, 200, 429])
    expect((await fetch(`${urls[0]}health`)).status).toBe(200)
  })

  it('is counted in memory while Redis is lost in the middle of a run, and in Redis when it is back', async (context) => {
    needsRedis(context)
    const first = await startRedis()
    const { ask, redis, logger } = await limited(first.port)
    expect(await statuses(ask, 1)).toEqual([200])
    await first.kill()
    const start = performance.now()
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
    expect(performance.now() - start).toBeLessThan(5000)
    expect(JSON.stringify(logger).match(/store of the rate limits has failed/g)).toHaveLength(1)
    await startRedis(first.port)
    await until(async () => {
      if (redis.status === 'ready') await redis.flushall() // memory still refuses, Redis does not
      return (await ask('/every/200')).status === 200
    })
    await redis.flushall()
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
  })
})

describe('a store that fails', () => {
  it('is not taken for a limit that is used up, and lets pass or refuses within a short time (FS-14)', async () => {
    const port = await freePort() // nothing listens there
    const open = await limited(port, { fallback: 'allow', points: 1 })
    const start = performance.now()
    expect(await statuses(open.ask, 3)).toEqual([200, 200, 200])
    expect((await open.ask('/every/200')).headers.get('ratelimit')).toBeNull()
    const closed = await limited(port, { fallback: 'refuse', points: 1 })
    const refused = await closed.ask('/every/200')
    expect([refused.status, refused.json.detail]).toEqual([503, 'The rate limit cannot be checked'])
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await statuses(closed.ask, 2)).toEqual([503, 503])
    expect(performance.now() - start).toBeLessThan(5000)
    expect(JSON.stringify(open.logger)).toContain('The store has not answered for 300 ms')
    const { paths } = closed.api.document()
    expect(JSON.stringify(paths['/every/200'])).toContain('"503"')
  })

  it('is the only reason to ask the fallback: a used-up limit is not (FS-15)', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const { ask } = await limited(port, { points: 2, fallback: 'memory' })
    expect(await statuses(ask, 6)).toEqual([200, 200, 429, 429, 429, 429])
  })
})

/** The URL of the example in a process of its own, whose limits are counted at a port. */
async function startExample(port: number): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/rate-limit-redis/index.ts'], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', REDIS_URL: `redis://127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  // the example prints more lines: a pipe that is closed would end it
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    const [url] = /http:\S+/.exec(String(text)) ?? []
    if (url) return child.stdout.resume() && url.replace('localhost', '127.0.0.1')
  }
  throw new Error('The example has ended')
}
