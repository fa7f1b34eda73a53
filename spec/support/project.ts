/**
 * A project of a user, in a folder of its own: files as a page shows them, packages of this one in its `node_modules`,
 * commands in a real shell, and a server in a process of its own.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { ROOT, readPage } from './readme.ts'

interface Package {
  readonly exports: object
  readonly bin: { readonly mazurka: string }
  readonly dependencies: Readonly<Record<string, string>>
}

export class Project {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')))
  #server: { readonly child: ChildProcess; readonly port: number; output: string } | undefined

  /** What the server has printed since it was started. */
  get output(): string {
    return this.#server?.output ?? ''
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** `npm install`, from the packages that are installed here. */
  async install(...names: string[]): Promise<void> {
    for (const name of names) {
      if (name === 'mazurka') await this.#installMazurka()
      else this.#link(name)
    }
  }

  #link(name: string): void {
    const target = join(this.folder, 'node_modules', name)
    const isNext = name === 'polka' && process.env.POLKA === 'next'
    mkdirSync(dirname(target), { recursive: true })
    symlinkSync(`${ROOT}node_modules/${isNext ? 'polka-next' : name}`, target)
  }

  /** The package as lib/ is now, with its dependencies, and without those that are optional. */
  async #installMazurka(): Promise<void> {
    const { exports, bin, dependencies } = JSON.parse(readPage('package.json')) as Package
    const folder = join(this.folder, 'node_modules/mazurka')
    const entryPoints = readdirSync(`${ROOT}lib`).filter((name) => name.endsWith('.ts'))
    await build({
      entryPoints: [...entryPoints, 'cli/main.ts'].map((name) => `${ROOT}lib/${name}`),
      outdir: join(folder, 'dist'),
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    })
    this.write(
      'node_modules/mazurka/package.json',
      JSON.stringify({ name: 'mazurka', type: 'module', exports }),
    )
    for (const name of Object.keys(dependencies)) this.#link(name)
    this.write('node_modules/.bin/mazurka', `#!/bin/sh\nexec node ${join(folder, bin.mazurka)} "$@"\n`)
    chmodSync(join(this.folder, 'node_modules/.bin/mazurka'), 0o755)
  }

  /** The output of a shell command; port 3000 is that of the server. */
  async run(command: string): Promise<string> {
    const line = command.replaceAll('localhost:3000', `127.0.0.1:${this.#server?.port}`)
    const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: this.folder, env: environment() })
    return stdout.replaceAll('\r\n', '\n')
  }

  /** Starts a server, in place of the one that runs. @param variables as `API_KEY=secret`. */
  async start(file: string, variables: readonly string[] = []): Promise<void> {
    await this.stop()
    const port = await freePort()
    const own = Object.fromEntries(variables.map((variable) => variable.split('=')))
    const env = { ...environment(), ...own, PORT: String(port) }
    const child = spawn(process.execPath, [file], {
      cwd: this.folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = { child, port, output: '' }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (server.output += chunk))
    this.#server = server
    while (!(await isOpen(port))) {
      if (child.exitCode !== null) throw new Error(`${file} has ended:\n${server.output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Ends the server by SIGTERM. @returns its exit code; null where the signal ended it. */
  async stop(): Promise<number | null> {
    const { child } = this.#server ?? {}
    this.#server = undefined
    if (!child || child.exitCode !== null) return child?.exitCode ?? null
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }

  /** Ends the server, and removes the folder. */
  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: '',
    NODE_ENV: 'development',
    NO_COLOR: '1',
    npm_config_offline: 'true',
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
