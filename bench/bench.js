/** The command: `npm run bench -- [jobs] [micro] [streaming] [upload] [document] [--rounds 5] [--only a,b] [--servers …] [--json] [--write]`. */
import { parseArgs } from 'node:util'
import { measureDocument } from './document.js'
import { jobs } from './jobs.js'
import { measureMicro } from './micro.js'
import {
  documentReport,
  jobsReport,
  microReport,
  print,
  streamingReport,
  uploadReport,
  writeReadme,
} from './report.js'
import { measureJobs, servers } from './rounds.js'
import { measureStreaming } from './streaming.js'
import { measureUpload } from './upload.js'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    only: { type: 'string' },
    servers: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})

const parts = {
  jobs: async () =>
    jobsReport(
      await measureJobs({ rounds: rounds(5), jobs: chosen(jobs, options.only), servers: withFloor() }),
    ),
  micro: async () => microReport(await measureMicro({ rounds: rounds(3) })),
  upload: async () => uploadReport(await measureUpload({ rounds: rounds(3) })),
  document: async () => documentReport(await measureDocument({ rounds: rounds(5) })),
  streaming: async () => streamingReport(await measureStreaming({ rounds: rounds(3) })),
}

const reports = {}
for (const [name, measure] of Object.entries(chosen(parts, positionals.join(',') || undefined))) {
  reports[name] = await measure()
  if (!options.json) print(reports[name])
}
if (options.json) console.log(JSON.stringify(reports, undefined, 2))
if (options.write) writeReadme(reports)

function rounds(usual) {
  const count = Number(options.rounds ?? usual)
  if (!Number.isInteger(count) || count < 1) throw new TypeError(`--rounds ${options.rounds}`)
  return count
}

/** The entries that a list names, by their names or what these begin with; all without a list. */
function chosen(all, list) {
  if (list === undefined) return all
  const entries = list.split(',').map((word) => {
    const found = Object.entries(all).filter(([name]) => name === word || name.startsWith(`${word}-`))
    if (found.length === 0) throw new TypeError(`'${word}' is none of ${Object.keys(all).join(', ')}`)
    return found
  })
  return Object.fromEntries(entries.flat())
}

/** Ratios need their floor, whatever was asked for. */
function withFloor() {
  return { 'node-http': servers['node-http'], ...chosen(servers, options.servers) }
}
