/** An example in a process of its own, as `npm start` runs it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { ROOT } from './readme.ts'

export interface ExampleProcess {
  readonly port: number
  /** The lines that it has written so far. */
  readonly lines: readonly string[]
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>
  kill(signal: NodeJS.Signals): void
}

/** Starts an example. @param variables of its environment, such as `PORT`; default a free one. */
export async function startExample(
  name: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<ExampleProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}/index.ts`], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const input = createInterface(child.stdout).on('line', (line) => lines.push(line))
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const started = async (): Promise<number> => {
    for (;;) {
      const [, port] = /http:\/\/localhost:(\d+)/.exec(lines[0] ?? '') ?? []
      if (port !== undefined) return Number(port)
      await once(input, 'line')
    }
  }
  const failed = exit.then((code) => {
    throw new Error(`The example ${name} has ended with ${code}`)
  })
  failed.catch(() => undefined)
  const port = await Promise.race([started(), failed])
  return { port, lines, exit, kill: (signal) => void child.kill(signal) }
}
