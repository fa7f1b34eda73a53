/**
 * The command line: which command is meant, and with what.
 *
 *     mazurka openapi print ./app.js --format yaml
 */
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { type Command, Complaint, type Given, messageOf, type Terminal, USAGE } from './command.ts'
import { explain } from './explain.ts'
import { helpOf, overview } from './help.ts'
import { listDocuments } from './openapi-list.ts'
import { printDocument } from './openapi-print.ts'
import { writeDocument } from './openapi-write.ts'
import { routes } from './routes.ts'

const COMMANDS: readonly Command[] = [routes, explain, printDocument, writeDocument, listDocuments]

/**
 * Does what was typed. Never throws: what goes wrong is told in one line.
 *
 * @param args without the names of Node.js and the script.
 * @returns the exit code: 0, 1 for what cannot be done, 2 for what was typed wrong.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await answer(args, terminal)
  } catch (error) {
    terminal.complain(`mazurka: ${messageOf(error)}`)
    return error instanceof Complaint ? error.code : 1
  }
}

async function answer(args: readonly string[], terminal: Terminal): Promise<number> {
  const [first = ''] = args
  if (first === '--help' || first === '-h') return print(terminal, overview(COMMANDS))
  if (first === '--version') return print(terminal, `${version()}\n`)
  const command = COMMANDS.find(({ name }) => isNamed(name, args))
  if (command) {
    const rest = args.slice(command.name.split(' ').length)
    const given = givenTo(command, rest)
    return given ? command.run(given, terminal) : print(terminal, helpOf(command))
  }
  const group = `${first} `
  if (!first.startsWith('-') && COMMANDS.some(({ name }) => name.startsWith(group))) {
    if (args.includes('--help') || args.includes('-h')) return print(terminal, overview(COMMANDS, group))
    throw new Complaint(`${unknown(`${group}${args[1] ?? ''}`)}; see mazurka ${group}--help`, USAGE)
  }
  throw new Complaint(`${unknown(first)}; see mazurka --help`, USAGE)
}

function unknown(typed: string): string {
  const names = COMMANDS.map(({ name }) => name).join(', ')
  if (typed.trim() === '') return `Say what to do: ${names}`
  return typed.startsWith('-') ? `Unknown option '${typed}'` : `There is no command '${typed.trim()}'`
}

function isNamed(name: string, args: readonly string[]): boolean {
  return name.split(' ').every((word, index) => args[index] === word)
}

/** Undefined when help is asked for. @throws {Complaint} for anything the command does not take. */
function givenTo(command: Command, args: readonly string[]): Given | undefined {
  const { name, parameters, options } = command
  const fault = (line: string) => new Complaint(`${line}; see mazurka ${name} --help`, USAGE)
  const known = { ...options, help: { type: 'boolean', short: 'h' } as const }
  const { values, positionals } = parsed(args, known, fault)
  if (values.help) return undefined
  const missing = parameters.slice(positionals.length)
  if (missing.length > 0) throw fault(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`)
  if (positionals.length > parameters.length)
    throw fault(`There is one word too many: '${positionals[parameters.length]}'`)
  for (const [option, { values: allowed }] of Object.entries(options)) {
    const value = values[option]
    if (allowed && value !== undefined && !allowed.includes(String(value)))
      throw fault(`--${option} is ${allowed.join(' or ')}, not '${value}'`)
  }
  return { parameters: positionals, options: values }
}

type Parsed = { readonly values: Given['options']; readonly positionals: readonly string[] }

function parsed(args: readonly string[], options: object, fault: (line: string) => Complaint): Parsed {
  try {
    return parseArgs({ args: [...args], options: { ...options }, allowPositionals: true }) as Parsed
  } catch (error) {
    throw fault(messageOf(error).replace(/\. .*$/, '')) // Node.js goes on to explain `--`
  }
}

function print({ write }: Terminal, text: string): number {
  write(text)
  return 0
}

function version(): string {
  return String(createRequire(import.meta.url)('../../package.json').version)
}
