/**
 * Real Redis servers without persistence, on free ports of this machine.
 *
 *     sudo apt-get install redis-server        each spec starts servers of its own
 *
 * Without `redis-server` these specs are skipped with a warning; with CI=true they fail.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import { freePort } from './free-port.ts'

const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** Skips a spec with a warning when redis-server is missing; on CI that is an error. */
export function needsRedis({ skip }: Pick<TestContext, 'skip'>): void {
  if (hasRedis) return
  if (process.env.CI) throw new Error('redis-server is missing, and no limit was counted in Redis')
  console.warn('redis-server is missing: no limit was counted in Redis (apt-get install redis-server)')
  skip('redis-server is missing')
}

export interface RedisServer {
  readonly port: number
  kill(): Promise<void>
}

/** A Redis that can be killed and started again on the same port. */
export async function startRedis(port?: number, flags: readonly string[] = []): Promise<RedisServer> {
  const chosen = port ?? (await freePort())
  const own = ['--port', String(chosen), '--dir', folder(), '--save', '', '--appendonly', 'no']
  return run([...own, ...flags], chosen, 'Ready to accept')
}

/** A Redis that is a cluster of one node. Its slots are still to be assigned. */
export function startClusterNode(): Promise<RedisServer> {
  return startRedis(undefined, ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'])
}

/** A sentinel of one master, which decides alone and quickly. */
export async function startSentinel(name: string, master: number): Promise<RedisServer> {
  const port = await freePort()
  const file = join(folder(), 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${name} 127.0.0.1 ${master} 1`,
    `sentinel down-after-milliseconds ${name} 500`,
    `sentinel failover-timeout ${name} 2000`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return run([file, '--sentinel'], port, '+monitor')
}

/** A folder that is removed when the spec ends. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'redis-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function run(parameters: readonly string[], port: number, started: string): Promise<RedisServer> {
  const child = spawn('redis-server', parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  onTestFinished(kill)
  let text = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += chunk
    if (text.includes(started)) break
  }
  child.stdout.resume()
  if (!text.includes(started)) throw new Error(`redis-server has ended: ${text}`)
  return { port, kill }
}
