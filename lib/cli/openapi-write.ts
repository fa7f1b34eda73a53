/** `mazurka openapi write`: writes the document to a file, or checks that the file is up to date. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { type Command, CommandError, FAILED, messageOf, stringOption, type Terminal } from './command.ts'
import { differences } from './difference.ts'
import {
  DOCUMENT_OPTIONS,
  type Format,
  formatDocument,
  formatOf,
  parseDocument,
  selectDocument,
  toJson,
} from './document.ts'

/** Limit of printed differences. */
const MAX_SHOWN = 20

export const writeDocument: Command = {
  name: 'openapi write',
  summary: 'Write the OpenAPI document to a file',
  parameters: ['ENTRY', 'FILE'],
  options: {
    ...DOCUMENT_OPTIONS,
    format: { ...DOCUMENT_OPTIONS.format, help: 'Format of the file. Default: by its name' },
    check: { type: 'boolean', help: 'Write nothing; exit with 1 when the file is out of date' },
  },
  async run(args, terminal) {
    const [entry = '', file = ''] = args.parameters
    const format = (stringOption(args, 'format') ?? formatOf(file)) as Format
    const document = await selectDocument(entry, stringOption(args, 'api'))
    if (args.options.check) return check(document, file, format, terminal)
    const text = await formatDocument(document, format)
    withContext(() => writeFileSync(file, text), `${file} cannot be written`)
    terminal.write(`Wrote ${file}\n`)
    return 0
  },
}

/** Compares the parsed documents: the formatting of the file does not matter. */
async function check(
  document: OpenApiDocument,
  file: string,
  format: Format,
  { write, writeError }: Terminal,
): Promise<number> {
  if (!existsSync(file))
    throw new CommandError(`${file} does not exist: run the command without --check first`)
  const text = withContext(() => readFileSync(file, 'utf8'), `${file} cannot be read`)
  const found = differences(await parseFile(text, file, format), toJson(document))
  if (found.length === 0) {
    write(`${file} is up to date\n`)
    return 0
  }
  const shown = found.slice(0, MAX_SHOWN)
  const more = found.length > shown.length ? [`… and ${found.length - shown.length} more`] : []
  write([...shown, ...more].map((line) => `${line}\n`).join(''))
  const count = found.length === 1 ? '1 difference' : `${found.length} differences`
  writeError(`mazurka: ${file} is out of date, ${count}: run the command without --check to update it`)
  return FAILED
}

async function parseFile(text: string, file: string, format: Format): Promise<unknown> {
  try {
    return await parseDocument(text, format)
  } catch (error) {
    if (error instanceof CommandError) throw error
    throw new CommandError(`${file} is not valid ${format.toUpperCase()}: ${messageOf(error)}`)
  }
}

/** @throws {CommandError} with the context and the message of the error. */
function withContext<T>(action: () => T, context: string): T {
  try {
    return action()
  } catch (error) {
    throw new CommandError(`${context}: ${messageOf(error)}`)
  }
}
