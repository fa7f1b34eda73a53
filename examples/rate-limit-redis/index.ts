/** One limit for all processes, counted in Redis: start it twice, on two ports. */
import { Redis } from 'ioredis'
import { RestBlueprint } from 'mazurka'
import { Api } from 'mazurka/api'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const redis = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { lazyConnect: true })
redis.on('error', () => undefined) // the Api logs an outage once, and counts in memory as long as it lasts

export const app = polka().use(startPage('rate-limit-redis'))

const api = new Api(app, {
  title: 'Limited',
  version: '1.0.0',
  rateLimit: {
    limits: { burst: { points: 5, seconds: 10 }, daily: { points: 1000, seconds: 86_400 } },
    store: { redis },
    fallback: 'memory',
  },
})

const pets = new RestBlueprint('pets')
  .get('/pets', () => [{ name: 'Tom' }])
  // one report costs as much as three lists
  .get('/report', { rateLimit: { cost: 3 } }, () => ({ pets: 1 }))
  // probes of a load balancer are not limited
  .get('/health', { rateLimit: false }, () => ({ ok: true }))

api.registerBlueprint(pets)

if (process.argv[1] === import.meta.filename) serve('rate-limit-redis', app)
