/**
 * Parses the command line and runs the command.
 *
 *     mazurka openapi print ./app.js --format yaml
 */
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { suggestion } from '../registry/nearest.ts'
import {
  type Command,
  type CommandArguments,
  CommandError,
  messageOf,
  type Terminal,
  USAGE,
} from './command.ts'
import { explain } from './explain.ts'
import { helpOf, overview } from './help.ts'
import { listDocuments } from './openapi-list.ts'
import { printDocument } from './openapi-print.ts'
import { writeDocument } from './openapi-write.ts'
import { routes } from './routes.ts'
import { serve } from './serve.ts'

const COMMANDS: readonly Command[] = [routes, explain, printDocument, writeDocument, listDocuments, serve]

/**
 * Runs a command. Never throws: an error is printed in one line.
 *
 * @param args without the paths of Node.js and the script.
 * @returns the exit code: 0, 1 for a failure, 2 for invalid arguments.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await runCommand(args, terminal)
  } catch (error) {
    terminal.writeError(`mazurka: ${messageOf(error)}`)
    return error instanceof CommandError ? error.code : 1
  }
}

async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first = ''] = args
  if (first === '--help' || first === '-h') return print(terminal, overview(COMMANDS))
  if (first === '--version') return print(terminal, `${version()}\n`)
  const command = COMMANDS.find(({ name }) => isNamed(name, args))
  if (command) {
    const rest = args.slice(command.name.split(' ').length)
    const parsed = parseArguments(command, rest)
    return parsed ? command.run(parsed, terminal) : print(terminal, helpOf(command))
  }
  const group = `${first} `
  if (!first.startsWith('-') && COMMANDS.some(({ name }) => name.startsWith(group))) {
    if (args.includes('--help') || args.includes('-h')) return print(terminal, overview(COMMANDS, group))
    throw new CommandError(`${unknownCommand(`${group}${args[1] ?? ''}`)}; see mazurka ${group}--help`, USAGE)
  }
  throw new CommandError(`${unknownCommand(first)}; see mazurka --help`, USAGE)
}

function unknownCommand(typed: string): string {
  const names = COMMANDS.map(({ name }) => name).join(', ')
  if (typed.trim() === '') return `Missing command. Commands: ${names}`
  if (typed.startsWith('-')) return `Unknown option '${typed}'`
  const words = typed.trim().split(' ')
  const known = COMMANDS.map(({ name }) => name.split(' ').slice(0, words.length).join(' '))
  const hint = known.includes(words.join(' ')) ? '' : suggestion(words.join(' '), known)
  return `Unknown command '${words.join(' ')}'${hint}`
}

function isNamed(name: string, args: readonly string[]): boolean {
  return name.split(' ').every((part, index) => args[index] === part)
}

/** Undefined with `--help`. @throws {CommandError} for arguments the command does not have. */
function parseArguments(command: Command, args: readonly string[]): CommandArguments | undefined {
  const { name, parameters, options } = command
  const usageError = (line: string) => new CommandError(`${line}; see mazurka ${name} --help`, USAGE)
  const known = { ...options, help: { type: 'boolean', short: 'h' } as const }
  const { values, positionals } = parseOptions(args, known, usageError)
  if (values.help) return undefined
  const missing = parameters.slice(positionals.length)
  if (missing.length > 0) throw usageError(`Missing ${missing.join(' and ')}`)
  if (positionals.length > parameters.length)
    throw usageError(`Unexpected argument '${positionals[parameters.length]}'`)
  for (const [option, { values: allowed }] of Object.entries(options)) {
    const value = values[option]
    if (allowed && value !== undefined && !allowed.includes(String(value)))
      throw usageError(`--${option} must be ${allowed.join(' or ')}, not '${value}'`)
  }
  return { parameters: positionals, options: values }
}

type ParsedOptions = { readonly values: CommandArguments['options']; readonly positionals: readonly string[] }

function parseOptions(
  args: readonly string[],
  options: object,
  usageError: (line: string) => CommandError,
): ParsedOptions {
  try {
    return parseArgs({ args: [...args], options: { ...options }, allowPositionals: true }) as ParsedOptions
  } catch (error) {
    const line = messageOf(error).replace(/\. .*$/, '') // without Node's hint about `--`
    const unknown = /^Unknown option '--(.+)'$/.exec(line)?.[1]
    const names = Object.keys(options).map((name) => `--${name}`)
    throw usageError(unknown === undefined ? line : line + suggestion(`--${unknown}`, names))
  }
}

function print({ write }: Terminal, text: string): number {
  write(text)
  return 0
}

function version(): string {
  return String(createRequire(import.meta.url)('../../package.json').version)
}
