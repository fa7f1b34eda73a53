/**
 * The executable `mazurka`.
 *
 * The user's module may print, listen, or keep a database open. Its output goes to stderr, its errors after
 * loading are ignored, and the process exits after the command even when handles are open.
 */
import { takesColors } from './color.ts'
import { messageOf, singleLine } from './command.ts'
import { isLoading } from './entry-module.ts'
import { run } from './run.ts'

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)
stdout.write = stderr.write.bind(stderr)
stdout.on('error', () => process.exit(1)) // the reader has closed the pipe: `mazurka … | head`

run(process.argv.slice(2), {
  write: (text) => void write(text),
  writeError: (line) => void stderr.write(`${line}\n`),
  columns: stdout.isTTY ? stdout.columns : undefined,
  hasColors: takesColors(stdout, process.env),
}).then(end)

process.on('uncaughtException', (error) => {
  if (isLoading()) fail(reasonOf(error))
})
process.on('exit', () => {
  if (!isLoading() || hasFailed) return
  stderr.write(
    'mazurka: The module calls process.exit while it loads: export the app, or a function that makes it, and run it elsewhere\n',
  )
  process.exitCode = 1
})
process.on('beforeExit', () => fail('The module never finishes loading: a top-level await stays pending'))

/** Exits after stdout is flushed. */
function end(code: number): void {
  write('', () => process.exit(code))
}

let hasFailed = false

function fail(line: string): void {
  hasFailed = true
  stderr.write(`mazurka: ${singleLine(line)}\n`, () => process.exit(1))
}

function reasonOf(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== 'EADDRINUSE') return `The module failed while loading: ${messageOf(error)}`
  return `Port ${error.port} is in use: the module listens on import; export the app, and listen only when the file is run directly`
}
