/** Help texts of the commands. */
import type { Command, Option } from './command.ts'

const ENTRY = `ENTRY is a module that exports an Api, blueprints, or a Polka app with registered blueprints, or a function that
returns one: the default export, createApp, makeApi …, without parameters.
TypeScript needs a loader: NODE_OPTIONS='--import tsx' npx mazurka …
Node.js 22.18 and later need none.`

const GENERAL_OPTIONS: Readonly<Record<string, Option>> = {
  help: { type: 'boolean', short: 'h', help: 'Print this help' },
}

/** Help for all commands, or for a group: `openapi `. */
export function overview(commands: readonly Command[], group = ''): string {
  const shown = commands.filter(({ name }) => name.startsWith(group))
  const usages = shown.map((command): [string, string] => [usageOf(command), command.summary])
  const version: Readonly<Record<string, Option>> = {
    version: { type: 'boolean', help: 'Print the version' },
  }
  return sections({
    Usage: `mazurka ${group === '' ? 'COMMAND' : `${group.trim()} COMMAND`} … [--help]`,
    Commands: inColumns(usages),
    ...(group === '' ? { Options: optionLines({ ...GENERAL_OPTIONS, ...version }) } : {}),
    '': ENTRY,
  })
}

/** Help for one command. */
export function helpOf(command: Command): string {
  const { summary, options } = command
  return sections({
    Usage: `mazurka ${usageOf(command)} [OPTIONS]`,
    ' ': summary,
    Options: optionLines({ ...options, ...GENERAL_OPTIONS }),
    ...(command.parameters.includes('ENTRY') ? { '': ENTRY } : {}),
  })
}

function usageOf({ name, parameters }: Command): string {
  return [name, ...parameters].join(' ')
}

function optionLines(options: Readonly<Record<string, Option>>): string {
  return inColumns(
    Object.entries(options).map(([name, { short, value, values, help }]) => {
      const placeholder = values?.join('|') ?? value
      return [`${short ? `-${short}, ` : ''}--${name}${placeholder ? ` ${placeholder}` : ''}`, help]
    }),
  )
}

function inColumns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n')
}

/** Texts below their titles; a blank title is omitted. */
function sections(texts: Readonly<Record<string, string>>): string {
  const section = ([title, text]: [string, string]) => {
    if (title.trim() === '') return `${text}\n`
    return text.startsWith('  ') ? `${title}:\n${text}\n` : `${title}: ${text}\n`
  }
  return Object.entries(texts).map(section).join('\n')
}
