/**
 * The command: `npm run bench -- [jobs] [surroundings] [jsonapi] [micro] [streaming] [crowd] [upload] [document]
 * [startup] [memory] [instructions] [OPTIONS]`; without a name all but instructions, which needs valgrind.
 *
 *     --rounds 9          rounds of each measurement
 *     --only a,b          jobs by name; `b` is all whose name begins with `b-`
 *     --servers hono,h3   the servers of the jobs; the floors that they need are always measured
 *     --functions 30      of instructions: the functions that take most in each job and server
 *     --requests 200000   requests of memory
 *     --against REF       the jobs on two builds: REF, and this checkout
 *     --json              all samples on standard output
 *     --write             writes the tables into README.md
 */
import { parseArgs } from 'node:util'
import { measureAgainst } from './against.js'
import { leaveServerCore } from './cores.js'
import { measureCrowd } from './crowd.js'
import { measureDocument } from './document.js'
import { measureInstructions } from './tmp.instructions.mjs'
import { jobs } from './jobs.js'
import { measureJsonApi } from './jsonapi.js'
import { measureMemory } from './memory.js'
import { measureMicro } from './micro.js'
import {
  againstReport,
  crowdReport,
  documentReport,
  instructionsReport,
  jobsReport,
  jsonApiReport,
  memoryReport,
  microReport,
  print,
  startupReport,
  streamingReport,
  surroundingsReport,
  uploadReport,
  writeReadme,
} from './report.js'
import { measureJobs, servers, withFloors } from './rounds.js'
import { measureStartup } from './startup.js'
import { measureStreaming } from './streaming.js'
import { measureSurroundings } from './surroundings.js'
import { measureUpload } from './upload.js'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    only: { type: 'string' },
    servers: { type: 'string' },
    requests: { type: 'string' },
    functions: { type: 'string' },
    against: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})

/** The jobs that cover the walk: CSV is left out, because the time goes to its rows. */
const JOBS_AGAINST = 'a,b-json,b-page,c,d,e,f,g'

if (options.against !== undefined) {
  if (positionals.join() !== 'jobs') throw new TypeError('--against needs: jobs --against REF')
  if (options.servers !== undefined || options.write) {
    throw new TypeError('--against compares two builds of Mazurka: without --servers and --write')
  }
}

const parts = {
  jobs: async () =>
    options.against === undefined
      ? jobsReport(
          await measureJobs({
            rounds: rounds(5),
            jobs: chosen(jobs, options.only),
            servers: withFloors(chosen(servers, options.servers)),
          }),
        )
      : againstReport(
          await measureAgainst({
            ref: options.against,
            rounds: rounds(9),
            jobs: chosen(jobs, options.only ?? JOBS_AGAINST),
          }),
        ),
  surroundings: async () => surroundingsReport(await measureSurroundings({ rounds: rounds(5) })),
  jsonapi: async () => jsonApiReport(await measureJsonApi({ rounds: rounds(5) })),
  micro: async () => microReport(await measureMicro({ rounds: rounds(5) })),
  upload: async () => uploadReport(await measureUpload({ rounds: rounds(3) })),
  document: async () => documentReport(await measureDocument({ rounds: rounds(5) })),
  crowd: async () => crowdReport(await measureCrowd({ rounds: rounds(5) })),
  streaming: async () => streamingReport(await measureStreaming({ rounds: rounds(5) })),
  startup: async () => startupReport(await measureStartup({ rounds: rounds(15) })),
  memory: async () =>
    memoryReport(await measureMemory({ rounds: rounds(3), requests: count('requests', 2_000_000) })),
  instructions: async () =>
    instructionsReport(
      await measureInstructions({
        rounds: rounds(1),
        jobs: chosen(jobs, options.only),
        servers: withFloors(chosen(servers, options.servers)),
      }),
      options.functions === undefined ? 0 : count('functions'),
    ),
}
const { instructions: _, ...byDefault } = parts

leaveServerCore()
const reports = {}
for (const [name, measure] of Object.entries(
  positionals.length === 0 ? byDefault : chosen(parts, positionals.join()),
)) {
  reports[name] = await measure()
  if (!options.json) print(reports[name])
}
if (options.json) console.log(JSON.stringify(reports, undefined, 2))
if (options.write) writeReadme(reports)

function rounds(byDefault) {
  return count('rounds', byDefault)
}

function count(option, byDefault) {
  const number = Number(options[option] ?? byDefault)
  if (!Number.isInteger(number) || number < 1)
    throw new TypeError(`--${option} ${options[option]}: a positive integer is needed`)
  return number
}

/** The entries whose names are in a list, `b` for all of `b-*`; all entries without a list. */
function chosen(all, list) {
  if (list === undefined) return all
  const entries = list.split(',').map((part) => {
    const found = Object.entries(all).filter(([name]) => name === part || name.startsWith(`${part}-`))
    if (found.length === 0) throw new TypeError(`'${part}' is unknown; known: ${Object.keys(all).join(', ')}`)
    return found
  })
  return Object.fromEntries(entries.flat())
}
