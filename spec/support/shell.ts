/** The real shell and the real curl, for what the documentation tells people to type. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'

const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Skips a spec out loud where there is no curl; on CI that is a failure. */
export function needsCurl({ skip }: Pick<TestContext, 'skip'>): void {
  if (hasCurl) return
  if (process.env.CI) throw new Error('curl is missing, and nothing of the documentation was tried')
  console.warn('curl is missing: nothing of the documentation was tried')
  skip('curl is missing')
}

/** What a line of the documentation prints when the server it speaks of is at `port`. Lines end in LF. */
export async function run(line: string, port: number, flags = '-sS'): Promise<string> {
  const command = line.replace(/^curl /, `curl ${flags} `).replaceAll('localhost:3000', `127.0.0.1:${port}`)
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], { maxBuffer: 64 * 1024 * 1024 })
  if (stderr !== '') throw new Error(`${line} says: ${stderr}`)
  return stdout.replaceAll('\r\n', '\n')
}
