/** Asks the server of one framework everything, and prints its column: text, or JSON for `compare.js`. */
import { readFileSync } from 'node:fs'
import { rows } from './rows.js'

/**
 * @param title of the column.
 * @param packages that are used, the framework first; their versions are read from node_modules.
 * @param start starts the server. @returns its `url`, the path of its OpenAPI `document`, its `app`.
 */
export async function column({ title, packages, start }) {
  const peer = await start()
  const answers = []
  for (const row of rows) {
    const checks = []
    for (const { claim, run } of row.checks) checks.push({ claim, ...(await run(peer)) })
    answers.push({ row: row.title, verdict: verdictOf(checks), checks })
  }
  const versions = packages.map((name) => `${name} ${versionOf(name)}`)
  const result = { title, versions, answers }
  process.stdout.write(process.argv.includes('--json') ? JSON.stringify(result) : textOf(result))
  process.exit(0)
}

/** `yes`: all checks pass; `no`: none does; else `2 of 5`. */
function verdictOf(checks) {
  const passed = checks.filter(({ passes }) => passes).length
  if (passed === checks.length) return 'yes'
  return passed === 0 ? 'no' : `${passed} of ${checks.length}`
}

function versionOf(name) {
  for (const folder of ['../node_modules/', '../../'])
    try {
      const { version } = JSON.parse(
        readFileSync(
          new URL(`${folder}${name === 'mazurka' ? '' : `${name}/`}package.json`, import.meta.url),
          'utf8',
        ),
      )
      if (name !== 'mazurka' || folder === '../../') return version
    } catch {}
  throw new Error(`${name} is not installed: npm ci in bench/`)
}

function textOf({ title, versions, answers }) {
  const lines = answers.flatMap(({ row, verdict, checks }) => [
    '',
    `${verdict === 'yes' || verdict === 'no' ? verdict : `partly, ${verdict}`}: ${row}`,
    ...checks.map(({ passes, claim, seen }) => `  ${passes ? '✓' : '✗'} ${claim}: ${seen}`),
  ])
  return `${title}: ${versions.join(', ')}\n${lines.join('\n')}\n`
}
