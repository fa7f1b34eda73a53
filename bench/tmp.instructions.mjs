/**
 * Instructions per request, counted by callgrind of valgrind: another load on the machine makes no difference, and those of a
 * single function can be told. The kernel's are not counted, nor what a cache misses.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { measured } from './jobs.js'
import { doesJob } from './rounds.js'
import { Server } from './server.js'

/** Requests until the code is compiled, and those that are counted. A server is fifty times slower than usual. */
const WARM = 20_000
const COUNTED = 1500
/** Connections are kept only while they are used. */
const AT_ONCE = 500

/** V8 compiles on the thread that is counted, keeps code where it is, and writes the address of each function. */
const FLAGS = ['--single-threaded', '--no-compact-code-space', '--perf-basic-prof']

/** @returns for each job and server one sample per round: all instructions of a request, and those of each function. */
const CALLS = new Map()
export async function measureInstructions({ rounds, jobs, servers }) {
  const samples = Object.fromEntries(Object.keys(jobs).map((key) => [key, {}]))
  for (let round = 0; round < rounds; round++) {
    console.error(`instructions, round ${round + 1} of ${rounds}`)
    for (const [key, job] of Object.entries(jobs)) {
      for (const [name, server] of Object.entries(servers)) {
        if (!doesJob(name, server, key, job)) continue
        const { file = name, variant } = server
        samples[key][name] ??= []
        samples[key][name].push(await count(job, file, variant))
      }
    }
  }
  return { rounds, jobs, servers, samples }
}

async function count(job, file, variant) {
  const folder = mkdtempSync(join(tmpdir(), 'callgrind-'))
  const output = [`--callgrind-out-file=${folder}/out`, `--log-file=${folder}/log`]
  const under = ['valgrind', '--tool=callgrind', '--instr-atstart=no', '--dump-instr=yes', ...output]
  const server = await Server.start(`./servers/${job.folder ?? ''}${file}.js`, {
    variant,
    flags: FLAGS,
    under,
  })
  const { pid } = server
  try {
    const { request, status } = await measured(server.origin, job)
    const client = await server.connect({ requests: [request], status })
    await run(client, WARM)
    execFileSync('callgrind_control', ['--instr=on', String(pid)], { stdio: 'ignore' })
    await run(client, COUNTED)
    execFileSync('callgrind_control', ['--dump', String(pid)], { stdio: 'ignore' })
    client.close()
    await server.stop()
    return costs(folder, functionsOf(pid))
  } finally {
    rmSync(folder, { recursive: true })
    rmSync(mapOf(pid), { force: true })
  }
}

async function run(client, requests) {
  for (let left = requests; left > 0; left -= AT_ONCE) await client.run(AT_ONCE)
}

const mapOf = (pid) => `/tmp/perf-${pid}.map` // V8 writes it nowhere else

/** @returns the functions that V8 has compiled, by their address. A later one has taken the place of an earlier one. */
function functionsOf(pid) {
  const byStart = new Map()
  for (const line of readFileSync(mapOf(pid), 'utf8').split('\n')) {
    const [, start, size, name] = /^([\da-f]+) ([\da-f]+) (.*)$/.exec(line) ?? []
    if (name) byStart.set(Number.parseInt(start, 16), { size: Number.parseInt(size, 16), name })
  }
  const starts = [...byStart.keys()].sort((a, b) => a - b)
  return (address) => {
    let [low, high] = [0, starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (starts[middle] <= address) low = middle + 1
      else high = middle
    }
    const start = starts[low - 1]
    const { size = 0, name } = byStart.get(start) ?? {}
    return address < start + size ? name : undefined
  }
}

/**
 * Reads the profiles of callgrind: a line `fn=` names the function of those that follow, each with an address, or the distance to the
 * last one, and a count. The line after `calls=` has the count of the callee, which has lines of its own.
 */
function costs(folder, functionAt) {
  const functions = new Map()
  let total = 0
  for (const file of readdirSync(folder).filter((name) => name.startsWith('out'))) {
    const names = new Map()
    let [name, address, isCall, cfn, n] = ['', 0, false, '', 0]
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const [, kind, id, text] = /^(c?fn)=\((\d+)\)(?: (.*))?$/.exec(line) ?? []
      if (text) names.set(id, text)
      if (kind === 'fn') name = names.get(id)
      if (kind === 'cfn') cfn = names.get(id)
      if (line.startsWith('calls=')) { isCall = true; n = Number(line.slice(6).split(' ')[0]) }
      const [, position, instructions] = /^(0x[\da-f]+|[+-]\d+|\*) \S+ (\d+)$/.exec(line) ?? []
      if (position === undefined) continue
      if (position !== '*') address = Number(position) + (position.startsWith('0x') ? 0 : address)
      if (isCall) { isCall = false; if (/ICTrampoline_Mega|KeyedLoadIC_Mega/.test(cfn)) { const own = name.startsWith('0x') ? (functionAt(address) ?? '?') : name; const k = cfn.slice(9)+' <- '+own.slice(0,100); CALLS.set(k, (CALLS.get(k)??0)+n/COUNTED) } }
      else {
        total += Number(instructions)
        const own = name.startsWith('0x') ? (functionAt(address) ?? 'code of V8 without a name') : name
        functions.set(own, (functions.get(own) ?? 0) + Number(instructions))
      }
    }
  }
  for (const [k,v] of [...CALLS].sort((a,b)=>b[1]-a[1]).slice(0,70)) console.log(v.toFixed(2), k); CALLS.clear()
  const perRequest = [...functions].map(([name, all]) => [name, all / COUNTED])
  return { total: total / COUNTED, functions: Object.fromEntries(perRequest.sort((a, b) => b[1] - a[1])) }
}
