/** Redocly, a linter of OpenAPI documents. */
import { spawnSync } from 'node:child_process'
import { ROOT } from './readme.ts'

/** Rules about texts that only developers can write. */
const SKIPPED_RULES = [
  'operation-summary',
  'tag-description',
  'info-license',
  'security-defined',
  'no-empty-servers',
]

/** The errors and warnings of Redocly about the document in a file; empty for none. */
export function lint(file: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      `${ROOT}node_modules/@redocly/cli/bin/cli.js`,
      ...['lint', file, '--extends', 'recommended-strict', '--format', 'json'],
      ...SKIPPED_RULES.flatMap((rule) => ['--skip-rule', rule]),
    ],
    { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', CI: 'true' } },
  )
  return status === 0 ? '' : stdout + stderr
}
