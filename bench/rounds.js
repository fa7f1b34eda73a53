/** The jobs in rounds of new processes. Each job runs on all servers before the next one, in an order that rotates. */
import assert from 'node:assert/strict'
import { deviatingRounds, runAgain } from './deviation.js'
import { check, measured } from './jobs.js'
import { Server } from './server.js'
import { cpuOf, rateOf, takeTurns } from './turns.js'

/**
 * By name: the title; `file` in `servers/`, NAME without it, and its `variant`; `floor`, the server that this one is compared
 * with, the floor of all without it; `only` or `without`, the jobs that it does or does not do; the packages whose versions
 * matter.
 */
export const servers = {
  'node-http': {
    title: 'node:http by hand',
    packages: ['accepts', 'type-is', 'csv-stringify', 'zod', 'ajv'],
  },
  polka: { title: 'bare Polka', packages: ['polka', 'body-parser'] },
  mazurka: { title: 'Mazurka', packages: ['mazurka', 'polka'] },
  handler: {
    title: 'Mazurka, bare handler',
    file: 'mazurka',
    variant: 'handler',
    without: ['f'], // an Api needs an app
    packages: ['mazurka'],
  },
  fastify: {
    title: 'Fastify',
    packages: [
      'fastify',
      'fastify-type-provider-zod',
      '@fastify/accepts',
      '@fastify/etag',
      '@fastify/cors',
      '@fastify/helmet',
    ],
  },
  hono: { title: 'Hono', packages: ['hono', '@hono/node-server', '@hono/zod-validator'] },
  h3: { title: 'h3', packages: ['h3'] },
  koa: { title: 'Koa', packages: ['koa', '@koa/router', '@koa/bodyparser', '@koa/etag'] },
  restify: { title: 'restify', packages: ['restify'] },
  express: { title: 'Express', packages: ['express', 'helmet', 'cors', 'morgan'] },
  stackless: {
    title: 'node:http by hand, errors without a stack',
    file: 'node-http',
    variant: 'stackless',
    only: ['d'],
  },
  immediate: { title: 'node:http by hand, in setImmediate', file: 'node-http', variant: 'immediate' },
  polka1: {
    title: 'bare Polka 1',
    file: 'polka',
    variant: 'polka-next',
    floor: 'immediate',
    packages: ['polka-next'],
  },
  mazurka1: {
    title: 'Mazurka on Polka 1',
    file: 'mazurka',
    variant: 'polka-next',
    floor: 'immediate',
    packages: ['mazurka', 'polka-next'],
  },
}

/** The chosen servers with the floors that their ratios need, in the order of the table. */
export function withFloors(chosen) {
  const floors = Object.values(chosen).map(({ floor = 'node-http' }) => floor)
  const needed = new Set(['node-http', ...floors, ...Object.keys(chosen)])
  return Object.fromEntries(Object.entries(servers).filter(([name]) => needed.has(name)))
}

/**
 * A round of a job is run again where a floor deviates.
 *
 * @param servers by name, as above. `env` is added to the environment.
 * @param floor the server that the others are compared with.
 * @returns for each server and job, one sample per round: `{ cpu, rate }`, and both as ratios to the floor; for each job
 * the number of rounds that were run again, and of those that deviate all the same.
 */
export async function measureJobs({ rounds, jobs, servers, floor = 'node-http' }) {
  const names = Object.keys(servers)
  const keys = Object.keys(jobs)
  const floorOf = (name) => servers[name].floor ?? floor
  const floors = new Set(names.map(floorOf))
  const samples = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(keys.map((key) => [key, []]))]),
  )

  const measure = async (running, key, round) => {
    const able = names.filter((name) => doesJob(name, servers[name], key, jobs[key]))
    const clients = await connectAll(running, jobs[key], able)
    const turns = await takeTurns(clients, jobs[key].requests, round + keys.indexOf(key))
    for (const name of able) samples[name][key][round] = sampleOf(turns.get(name), turns.get(floorOf(name)))
  }
  const findDeviating = () =>
    keys.flatMap((key) => {
      const rounds = new Set([...floors].flatMap((name) => deviatingRounds(samples[name][key])))
      return [...rounds].map((round) => ({ key, round }))
    })

  for (let round = 0; round < rounds; round++) {
    console.error(`jobs, round ${round + 1} of ${rounds}`)
    const running = await startAll(servers, jobs)
    if (round === 0) await checkAll(running, servers, jobs)
    for (const key of keys) await measure(running, key, round)
    await stopAll(running)
  }
  const { repeated, deviating } = await runAgain(findDeviating, async (unstable) => {
    console.error(`again: ${unstable.map(({ key, round }) => `${key}, round ${round + 1}`).join('; ')}`)
    const running = await startAll(servers, jobs)
    for (const { key, round } of unstable) await measure(running, key, round)
    await stopAll(running)
  })
  const countOf = (list, key) => list.filter((one) => one.key === key).length
  const counts = (key) => ({ repeated: countOf(repeated, key), deviating: countOf(deviating, key) })
  const again = Object.fromEntries(keys.map((key) => [key, counts(key)]))
  return { rounds, jobs, servers, samples, again }
}

/** Starts the servers that the jobs need. @returns them by folder and name. */
async function startAll(servers, jobs) {
  const running = new Map()
  for (const [key, job] of Object.entries(jobs)) {
    for (const [name, server] of Object.entries(servers)) {
      const place = placeOf(job, name)
      if (running.has(place) || !doesJob(name, server, key, job)) continue
      const { file = name, variant, env } = server
      const module = `./servers/${job.folder ?? ''}${file}.js`
      running.set(place, await Server.start(module, { variant, env }))
    }
  }
  return running
}

async function stopAll(running) {
  for (const server of running.values()) await server.stop()
}

/** A wrong response ends the run before anything is measured. */
async function checkAll(running, servers, jobs) {
  for (const [key, job] of Object.entries(jobs)) {
    const seen = new Map()
    for (const [name, server] of Object.entries(servers)) {
      if (!doesJob(name, server, key, job)) continue
      const found = await check(running.get(placeOf(job, name)), job).catch((error) => {
        throw new Error(`${name} does not do job ${key}: ${error.message}`)
      })
      seen.set(name, found)
    }
    const [one, other] = (job.alike ?? []).map((name) => seen.get(name))
    if (one && other) assert.deepEqual(one, other, `${job.alike.join(' and ')} differ in job ${key}`)
  }
}

function placeOf({ folder = '' }, name) {
  return `${folder}${name}`
}

export function doesJob(name, { file = name, only, without = [] }, key, { servers }) {
  return (
    !without.includes(key) &&
    (only?.includes(key) ?? true) &&
    (servers === undefined || servers.includes(file))
  )
}

async function connectAll(running, job, names) {
  const clients = new Map()
  for (const name of names) {
    const server = running.get(placeOf(job, name))
    const { request, status } = await measured(server.origin, job)
    clients.set(name, await server.connect({ requests: [request], status }))
  }
  return clients
}

function sampleOf(turns, floors) {
  const { cpu, ratio: cpuRatio } = cpuOf(turns, floors)
  const { rate, ratio: rateRatio } = rateOf(turns, floors)
  return { cpu, rate, cpuRatio, rateRatio }
}
