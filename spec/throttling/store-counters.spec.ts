/** Limits in Redis: several processes and clients, and Redis that is lost and comes back. */
import { spawn } from 'node:child_process'
import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { RateLimitOptions, RateLimitStore } from '../../lib/security.ts'
import { freePort } from '../support/free-port.ts'
import { ROOT } from '../support/readme.ts'
import { needsRedis, startClusterNode, startRedis, startSentinel } from '../support/redis-server.ts'
import type { Served } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const LIMIT = { points: 3, seconds: 60 }

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

/** Asks until a state is reached, as long as the spec may last: Redis is asked again once a second. */
async function until(isReached: () => Promise<boolean>): Promise<void> {
  for (let isOver = await isReached(); !isOver; isOver = await isReached())
    await new Promise((resolve) => setTimeout(resolve, 100))
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
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
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
  it('is not taken for a limit that is used up, and lets pass or refuses after its timeout (FS-14)', async () => {
    const port = await freePort() // nothing listens there
    const open = await limited(port, { fallback: 'allow', points: 1 })
    expect(await statuses(open.ask, 3)).toEqual([200, 200, 200])
    expect((await open.ask('/every/200')).headers.get('ratelimit')).toBeNull()
    const closed = await limited(port, { fallback: 'refuse', points: 1 })
    const refused = await closed.ask('/every/200')
    expect([refused.status, refused.json.detail]).toEqual([503, 'The rate limit cannot be checked'])
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(await statuses(closed.ask, 2)).toEqual([503, 503])
    expect(JSON.stringify(open.logger)).toContain('The store has not answered for 300 ms')
    const { paths } = closed.api.document()
    expect(JSON.stringify(paths['/every/200'])).toContain('"503"')
  })

  it.each<[string, () => Promise<{ store: () => RateLimitStore; asked: () => number }>]>([
    [
      'a function',
      async () => {
        const consume = vi.fn(() => new Promise<never>(() => {}))
        const store = () => ({ consume })
        return { store: () => store, asked: () => consume.mock.calls.length }
      },
    ],
    [
      'a client of Redis',
      async () => {
        const redis = connect(await freePort()) // nothing listens there
        const send = vi.spyOn(redis, 'sendCommand')
        return { store: () => ({ redis }), asked: () => send.mock.calls.length }
      },
    ],
  ])(
    'is asked once, and logged once, for all limits of %s: those of a request, of endpoints and of Apis',
    async (_name, create) => {
      vi.useFakeTimers({ toFake: ['Date'] })
      onTestFinished(() => void vi.useRealTimers())
      const { store, asked } = await create()
      const limits = {
        address: { points: 99, seconds: 60 },
        tenant: { points: 99, seconds: 60, by: () => 'all' },
        user: { points: 99, seconds: 60, by: 'identity' as const },
      }
      const serveApi = () =>
        testApi({ rateLimit: { limits, store: store(), timeoutMs: 300 } }, (things) =>
          things.get('/own', { rateLimit: { ...LIMIT, store: store() } }, () => 1),
        )
      const [first, second] = [await serveApi(), await serveApi()]
      expect((await first.ask('/every/200')).headers.get('ratelimit')).toMatch(/r=98.*r=98.*r=98/)
      for (const { ask } of [first, second])
        for (const line of ['/every/200', '/own', '/nowhere']) await ask(line)
      expect(asked()).toBe(1)
      expect([first.logger.lines.length, second.logger.lines.length]).toEqual([1, 0])
      vi.advanceTimersByTime(1000)
      for (const { ask } of [second, first]) await ask('/every/200')
      expect(asked()).toBe(2)
      expect([first.logger.lines.length, second.logger.lines.length]).toEqual([1, 0])
    },
  )

  it('is the only reason to ask the fallback: a used-up limit is not (FS-15)', async (context) => {
    needsRedis(context)
    const { port } = await startRedis()
    const { ask } = await limited(port, { points: 2, fallback: 'memory' })
    expect(await statuses(ask, 6)).toEqual([200, 200, 429, 429, 429, 429])
  })
})

/** Clients of Redis that count at a port, a cluster node's or a sentinel's. A store that fails is a 503. */
const CLIENTS: Readonly<Record<string, (port: number) => Promise<object>>> = {
  ioredis: async (port) => connect(port),
  redis: async (port) => connected(createClient({ url: `redis://127.0.0.1:${port}` })),
}
const CLUSTERS: typeof CLIENTS = {
  ioredis: async (port) => {
    const cluster = new Cluster([{ host: '127.0.0.1', port }])
    onTestFinished(() => cluster.disconnect())
    return cluster
  },
  redis: async (port) => connected(createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })),
}
const SENTINELS: typeof CLIENTS = {
  ioredis: async (port) => {
    const redis = new Redis({ sentinels: [{ host: '127.0.0.1', port }], name: 'limits' })
    redis.on('error', () => undefined)
    onTestFinished(() => redis.disconnect())
    return redis
  },
  redis: async (port) =>
    connected(createSentinel({ name: 'limits', sentinelRootNodes: [{ host: '127.0.0.1', port }] })),
}

interface NodeRedis {
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  destroy(): void
}

/** A client of the package `redis`, whose errors are events as well. */
async function connected<C extends NodeRedis>(client: C): Promise<C> {
  client.on('error', () => undefined)
  onTestFinished(() => client.destroy())
  await client.connect()
  return client
}

/** An Api whose two limits are counted by a client alone: a store that fails is a 503. */
async function countedBy(redis: object) {
  const limits = { burst: LIMIT, daily: { points: 9, seconds: 86_400 } }
  return testApi({ rateLimit: { limits, store: { redis }, timeoutMs: 5000, fallback: 'refuse' } })
}

describe.each(Object.keys(CLIENTS))('a client of the package %s', (name) => {
  it('counts, refuses, and goes on when Redis is back', async (context) => {
    needsRedis(context)
    const first = await startRedis()
    const { ask } = await countedBy((await CLIENTS[name]?.(first.port)) as object)
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
    await first.kill()
    await startRedis(first.port)
    await until(async () => (await ask('/every/200')).status === 200)
    const { port } = first
    expect(await connect(port).dbsize()).toBe(2)
  }, 60_000)

  it('may be that of a cluster', async (context) => {
    needsRedis(context)
    const { port } = await startClusterNode()
    const node = connect(port)
    await node.cluster('ADDSLOTSRANGE', 0, 16_383)
    await until(async () => String(await node.cluster('INFO')).includes('cluster_state:ok'))
    const { ask } = await countedBy((await CLUSTERS[name]?.(port)) as object)
    expect(await statuses(ask, 4)).toEqual([200, 200, 200, 429])
    expect(await node.dbsize()).toBe(2)
  })

  it('may be that of a sentinel, and follows it to another master', async (context) => {
    needsRedis(context)
    const master = await startRedis()
    const replica = await startRedis(undefined, ['--replicaof', '127.0.0.1', String(master.port)])
    const state = connect(replica.port)
    await until(async () => (await state.info('replication')).includes('master_link_status:up'))
    const sentinel = await startSentinel('limits', master.port)
    const { ask } = await countedBy((await SENTINELS[name]?.(sentinel.port)) as object)
    expect(await statuses(ask, 2)).toEqual([200, 200])
    const sentinels = connect(sentinel.port)
    await until(async () => (await sentinels.info('sentinel')).includes('slaves=1'))
    await until(async () => (await state.dbsize()) === 2)
    await master.kill()
    await until(async () => (await state.role())[0] === 'master')
    await until(async () => (await ask('/every/200')).status !== 503)
    expect(await statuses(ask, 3)).toContain(429) // the counts of the first master are those of the second
    expect(await state.dbsize()).toBe(2)
  }, 120_000)
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
