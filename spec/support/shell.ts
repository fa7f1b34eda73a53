/** The real shell and curl, for the commands in the documentation. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import { ROOT } from './readme.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Skips a spec with a warning when curl is missing; on CI that is an error. */
export function needsCurl({ skip }: Pick<TestContext, 'skip'>): void {
  if (hasCurl) return
  if (process.env.CI) throw new Error('curl is missing, and no command of the documentation was run')
  console.warn('curl is missing: no command of the documentation was run')
  skip('curl is missing')
}

/** The output of a documented command, run against `port` in place of 3000. Lines end in LF. */
export async function run(line: string, port: number, flags = '-sS', cwd = ROOT): Promise<string> {
  const command = line.replace(/^curl /, `curl ${flags} `).replaceAll('localhost:3000', `127.0.0.1:${port}`)
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
  })
  if (stderr !== '') throw new Error(`${line} wrote to stderr: ${stderr}`)
  return stdout.replaceAll('\r\n', '\n')
}
