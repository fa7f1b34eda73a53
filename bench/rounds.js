/** The jobs in rounds of new processes. Each job runs on all servers before the next one, in an order that rotates. */
import { check, measured } from './jobs.js'
import { Server } from './server.js'

/** By the name of their file: the title, and the package that has the version. */
export const servers = {
  'node-http': { title: 'node:http by hand' },
  polka: { title: 'bare Polka', package: 'polka' },
  mazurka: { title: 'Mazurka', package: 'mazurka' },
  fastify: { title: 'Fastify', package: 'fastify' },
  hono: { title: 'Hono', package: 'hono' },
  h3: { title: 'h3', package: 'h3' },
  koa: { title: 'Koa', package: 'koa' },
  restify: { title: 'restify', package: 'restify' },
  express: { title: 'Express', package: 'express' },
}

/**
 * @param servers by name. `file` is the file in `servers/`, NAME without it; `env` is added to the environment.
 * @param floor the server that the others are compared with.
 * @param passes divides each measurement: the servers take turns, so that other load on the machine meets all alike.
 * @returns for each server and job, one sample per round: `{ cpu, rate }`, and both as ratios to the floor.
 */
export async function measureJobs({ rounds, jobs, servers, floor = 'node-http', passes = 1 }) {
  const names = Object.keys(servers)
  const samples = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(Object.keys(jobs).map((job) => [job, []]))]),
  )
  for (let round = 0; round < rounds; round++) {
    console.error(`jobs, round ${round + 1} of ${rounds}`)
    const running = new Map()
    for (const name of names) {
      const { file = name, env } = servers[name]
      running.set(name, await Server.start(`./servers/${file}.js`, { env }))
    }
    const namesFor = (job) => names.filter((name) => doesJob(servers[name].file ?? name, job))
    if (round === 0) await checkAll(running, jobs, namesFor)
    for (const [index, [key, job]] of Object.entries(jobs).entries()) {
      const means = await measureAll(running, job, rotate(namesFor(job), round + index), passes)
      const base = means.get(floor)
      for (const [name, { cpu, rate }] of means)
        samples[name][key].push({ cpu, rate, cpuRatio: cpu / base.cpu, rateRatio: rate / base.rate })
    }
    for (const server of running.values()) await server.stop()
  }
  return { rounds, jobs, servers, samples }
}

/** A wrong response ends the run before anything is measured. */
async function checkAll(running, jobs, namesFor) {
  for (const [key, job] of Object.entries(jobs)) {
    for (const name of namesFor(job)) {
      await check(running.get(name).origin, job).catch((error) => {
        throw new Error(`${name} does not do job ${key}: ${error.message}`)
      })
    }
  }
}

function doesJob(file, { servers }) {
  return servers === undefined || servers.includes(file)
}

function rotate(names, turn) {
  const shift = turn % names.length
  return [...names.slice(shift), ...names.slice(0, shift)]
}

/** @returns the mean of the passes for each server. Every second pass runs in reverse order. */
async function measureAll(running, job, names, passes) {
  const { requests } = job
  const means = new Map(names.map((name) => [name, { cpu: 0, rate: 0 }]))
  const loads = new Map()
  for (const name of names) {
    const { request, status } = await measured(running.get(name).origin, job)
    loads.set(name, { requests: [request], status })
  }
  for (let pass = 0; pass < passes; pass++) {
    const warmUp = requests / (pass === 0 ? 2 : 20)
    for (const name of pass % 2 ? names.toReversed() : names) {
      const { cpu, rate } = await running.get(name).measure(loads.get(name), requests / passes, warmUp)
      const mean = means.get(name)
      mean.cpu += cpu / passes
      mean.rate += rate / passes
    }
  }
  return means
}
