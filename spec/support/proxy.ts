/**
 * Real proxies in front of a port, each with the lines that the page on deployment shows for it.
 *
 *     sudo apt-get install haproxy apache2 varnish lighttpd caddy        each spec starts one on a free port
 *
 * Those that are not installed are skipped with a warning.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { freePort } from './free-port.ts'

export interface Proxy {
  readonly command: string
  /** A text that only the lines for this proxy have. */
  readonly mark: string
  /** The lines, with what the page leaves out, on a port of this machine. */
  complete(lines: string, port: number, folder: string): string
  /** The command line that runs a file in the foreground. */
  run(file: string, port: number, folder: string): readonly string[]
  /** The command line that checks a file, and fails for warnings as well. */
  check?(file: string): readonly string[]
}

const APACHE_MODULES = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'filter', 'deflate']

export const PROXIES: readonly Proxy[] = [
  {
    command: 'haproxy',
    mark: 'http-request',
    complete: (lines, port) => lines.replace(/bind .*/, `bind 127.0.0.1:${port}`),
    run: (file) => ['-db', '-f', file],
    check: (file) => ['-c', '-dW', '-f', file],
  },
  {
    command: 'apache2',
    mark: 'ProxyPass',
    complete: (lines, port, folder) =>
      [
        `ServerRoot ${folder}`,
        `PidFile ${folder}/pid`,
        'ErrorLog /dev/null',
        `Mutex file:${folder} default`,
        'ServerName localhost',
        ...APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
        `Listen 127.0.0.1:${port}`,
        `<VirtualHost *:${port}>`,
        lines,
        '</VirtualHost>',
      ].join('\n'),
    run: (file) => ['-D', 'FOREGROUND', '-f', file],
  },
  {
    command: 'varnishd',
    mark: 'vcl_recv',
    complete: (lines) => lines,
    run: (file, port, folder) => {
      const own = ['-n', join(folder, 'work'), '-j', 'none', '-t', '0']
      return ['-F', '-a', `127.0.0.1:${port}`, '-f', file, ...own]
    },
  },
  {
    command: 'lighttpd',
    mark: 'proxy.forwarded',
    complete: (lines, port, folder) =>
      [
        `server.document-root = "${folder}"`,
        'server.bind = "127.0.0.1"',
        `server.port = ${port}`,
        lines,
      ].join('\n'),
    run: (file) => ['-D', '-f', file],
  },
  {
    command: 'caddy',
    mark: 'reverse_proxy',
    complete: (lines, port) =>
      `{\n  admin off\n}\n${lines.replace('api.example.org', `http://127.0.0.1:${port}`)}`,
    run: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
]

/** Whether a proxy is not installed, with a warning. */
export function isMissing({ command }: Proxy): boolean {
  const { error } = spawnSync(command, ['-v'])
  if (error) console.warn(`${command} is missing: no request has passed it`)
  return error !== undefined
}

/**
 * Starts a proxy until the spec ends.
 *
 * @param lines of the page; 127.0.0.1:3000 is replaced by the upstream's port.
 * @returns its port.
 * @throws {Error} when it does not take the lines.
 */
export async function startProxy(proxy: Proxy, lines: string, upstream: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const port = await freePort()
  const file = join(folder, 'configuration')
  writeFileSync(file, `${proxy.complete(lines.replace('3000', String(upstream)), port, folder)}\n`)
  const { status, stderr } = proxy.check
    ? spawnSync(proxy.command, proxy.check(file))
    : { status: 0, stderr: '' }
  if (status !== 0) throw new Error(`${proxy.command} refuses the lines: ${stderr}`)
  const child = spawn(proxy.command, proxy.run(file, port, folder), {
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  child.stderr.on('data', (chunk) => (printed += chunk))
  const exit = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exit
  })
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`${proxy.command} has ended: ${printed}`)
    await sleep(50)
  }
  return port
}

function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy())
}
