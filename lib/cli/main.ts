/**
 * The executable `mazurka`.
 *
 * A module that is looked at may do anything: print, listen, keep a database open. What it prints goes to
 * stderr, what fails in it after it has been loaded is nobody's business here, and when all is said the
 * process ends, whatever is still open.
 */
import { lineOf, messageOf } from './command.ts'
import { isLoading } from './entry.ts'
import { run } from './run.ts'

const { stdout, stderr } = process
const write = stdout.write.bind(stdout)
stdout.write = stderr.write.bind(stderr)
stdout.on('error', () => process.exit(1)) // whoever read this has gone: `mazurka … | head`

run(process.argv.slice(2), {
  write: (text) => void write(text),
  complain: (line) => void stderr.write(`${line}\n`),
  columns: stdout.isTTY ? stdout.columns : undefined,
}).then(end)

process.on('uncaughtException', (error) => {
  if (isLoading()) fail(reasonOf(error))
})
process.on('beforeExit', () => fail('The module never finishes loading: it awaits what does not come'))

/** Ends when all has been written. */
function end(code: number): void {
  write('', () => process.exit(code))
}

function fail(line: string): void {
  stderr.write(`mazurka: ${lineOf(line)}\n`, () => process.exit(1))
}

function reasonOf(error: NodeJS.ErrnoException & { port?: number }): string {
  if (error.code !== 'EADDRINUSE') return `The module fails while it is loaded: ${messageOf(error)}`
  return `The port ${error.port} is in use: the module listens when it is imported; export the app, and listen only when the file is run`
}
