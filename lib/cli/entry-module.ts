/** The entry: the user's module, loaded by Node.js. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError, messageOf } from './command.ts'

/** Exports of a module, by name. */
export type Exports = Readonly<Record<string, unknown>>

let loading = false

/** Whether a module is being loaded; errors in the meantime come from it. */
export function isLoading(): boolean {
  return loading
}

/** Imports a module. @throws {CommandError} for a file that is missing or cannot be loaded. */
export async function load(entry: string): Promise<Exports> {
  const file = resolve(entry)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new CommandError(`File not found: ${entry}`)
  return whileLoading(
    () => import(pathToFileURL(file).href) as Promise<Exports>,
    (error) => loadError(entry, error),
  )
}

/** Calls a function that a module exports. @throws {CommandError} when it fails. */
export function make(name: string, factory: () => unknown): Promise<unknown> {
  return whileLoading(
    async () => factory(),
    (error) => `The export ${name} fails: ${messageOf(error)}`,
  )
}

async function whileLoading<T>(
  load: () => Promise<T>,
  messageFor: (error: NodeJS.ErrnoException) => string,
): Promise<T> {
  loading = true
  try {
    return await load()
  } catch (error) {
    throw new CommandError(messageFor(error as NodeJS.ErrnoException))
  } finally {
    loading = false
  }
}

function loadError(entry: string, error: NodeJS.ErrnoException | undefined): string {
  const message = messageOf(error)
  const isUnsupportedSyntax = /TYPESCRIPT|TYPE_STRIPPING/.test(error?.code ?? '')
  const isUnknownExtension = error?.code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?tsx?\b/.test(message)
  if (isUnsupportedSyntax || isUnknownExtension)
    return `${entry} is TypeScript and needs a loader: NODE_OPTIONS='--import tsx' npx mazurka …`
  return `${entry} cannot be loaded: ${message}`
}
