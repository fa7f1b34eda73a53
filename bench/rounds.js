/** The jobs, in rounds: fresh processes each, every job on every server before the next, in rotated order. */
import { check } from './jobs.js'
import { Server } from './server.js'

/** By the name of their file: how they are called, and the package whose version counts. */
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

/** @returns for each server and job, a sample a round: `{ cpu, rate }` and both as ratios to the floor. */
export async function measureJobs({ rounds, jobs, servers }) {
  const names = Object.keys(servers)
  const samples = Object.fromEntries(
    names.map((name) => [name, Object.fromEntries(Object.keys(jobs).map((job) => [job, []]))]),
  )
  for (let round = 0; round < rounds; round++) {
    console.error(`jobs, round ${round + 1} of ${rounds}`)
    const running = new Map()
    for (const name of names) running.set(name, await Server.start(`./servers/${name}.js`))
    if (round === 0) await checkAll(running, jobs)
    for (const [index, [key, job]] of Object.entries(jobs).entries()) {
      const measured = await measureAll(running, job, round + index)
      const floor = measured.get('node-http')
      for (const [name, { cpu, rate }] of measured)
        samples[name][key].push({ cpu, rate, cpuRatio: cpu / floor.cpu, rateRatio: rate / floor.rate })
    }
    for (const server of running.values()) await server.stop()
  }
  return { rounds, jobs, servers, samples }
}

/** A wrong answer ends the run: nothing is measured that does not do the job. */
async function checkAll(running, jobs) {
  for (const [name, server] of running) {
    for (const [key, job] of Object.entries(jobs)) {
      if (!does(name, job)) continue
      await check(server.origin, job).catch((error) => {
        throw new Error(`${name} does not do job ${key}: ${error.message}`)
      })
    }
  }
}

function does(name, { servers }) {
  return servers === undefined || servers.includes(name)
}

async function measureAll(running, job, turn) {
  const { request, requests, status } = job
  const names = [...running.keys()].filter((name) => does(name, job))
  const shift = turn % names.length
  const measured = new Map()
  for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
    const server = running.get(name)
    measured.set(name, await server.measure({ requests: [request], status }, requests, requests / 2))
  }
  return measured
}
