/** The module of a user's that a command is about, loaded as Node.js loads it. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Complaint, messageOf } from './command.ts'

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>

let loading = false

/** Whether a module is being loaded: what fails meanwhile is its failure. */
export function isLoading(): boolean {
  return loading
}

/** @throws {Complaint} for a file that is not there or does not load. */
export async function load(entry: string): Promise<Exports> {
  const file = resolve(entry)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Complaint(`There is no file ${entry}`)
  loading = true
  try {
    return (await import(pathToFileURL(file).href)) as Exports
  } catch (error) {
    throw new Complaint(whyNot(entry, error as NodeJS.ErrnoException))
  } finally {
    loading = false
  }
}

function whyNot(entry: string, error: NodeJS.ErrnoException | undefined): string {
  const message = messageOf(error)
  const isOfTypes = /TYPESCRIPT|TYPE_STRIPPING/.test(error?.code ?? '')
  const isUnknown = error?.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?\b/.test(message)
  if (isOfTypes || isUnknown)
    return `${entry} is TypeScript, which needs a loader of yours here: node --import tsx node_modules/.bin/mazurka …`
  return `${entry} cannot be loaded: ${message}`
}
