/** `mazurka openapi write`: the document in a file, or whether the file still says what is so. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { type Command, Complaint, FAILED, messageOf, type Terminal, textOf } from './command.ts'
import { differences } from './difference.ts'
import { chosenDocument, type Format, formatOf, OPTIONS, plain, read, written } from './written-document.ts'

/** Lines of a difference that are printed. */
const MAX_SHOWN = 20

export const writeDocument: Command = {
  name: 'openapi write',
  summary: 'Write the OpenAPI document to a file',
  parameters: ['ENTRY', 'FILE'],
  options: {
    ...OPTIONS,
    format: { ...OPTIONS.format, help: 'How it is written. Default: by the name of the file' },
    check: { type: 'boolean', help: 'Write nothing; exit with 1 when the file says something else' },
  },
  async run(given, terminal) {
    const [entry = '', file = ''] = given.parameters
    const format = (textOf(given, 'format') ?? formatOf(file)) as Format
    const document = await chosenDocument(entry, textOf(given, 'api'))
    if (given.options.check) return check(document, file, format, terminal)
    const text = await written(document, format)
    attempt(() => writeFileSync(file, text), `${file} cannot be written`)
    terminal.write(`Wrote ${file}\n`)
    return 0
  },
}

/** Compares what is said, not how: whoever formats files may go on doing so. */
async function check(
  document: OpenApiDocument,
  file: string,
  format: Format,
  { write, complain }: Terminal,
): Promise<number> {
  const text = attempt(() => readFileSync(file, 'utf8'), `${file} cannot be read`)
  const found = differences(await saidIn(text, file, format), plain(document))
  if (found.length === 0) {
    write(`${file} is up to date\n`)
    return 0
  }
  const shown = found.slice(0, MAX_SHOWN)
  const more = found.length > shown.length ? [`… and ${found.length - shown.length} more`] : []
  write([...shown, ...more].map((line) => `${line}\n`).join(''))
  const count = found.length === 1 ? 'one difference' : `${found.length} differences`
  complain(`mazurka: ${file} is out of date, ${count}: write it anew without --check`)
  return FAILED
}

async function saidIn(text: string, file: string, format: Format): Promise<unknown> {
  try {
    return await read(text, format)
  } catch (error) {
    if (error instanceof Complaint) throw error
    throw new Complaint(`${file} is no ${format.toUpperCase()}: ${messageOf(error)}`)
  }
}

/** @throws {Complaint} with the words, and what the system says. */
function attempt<T>(action: () => T, words: string): T {
  try {
    return action()
  } catch (error) {
    throw new Complaint(`${words}: ${messageOf(error)}`)
  }
}
