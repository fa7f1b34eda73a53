/** URLs of databases: `sqlite:library.db`, `postgres://user:password@host/name`, `mysql:…`, `mariadb:…`. */
import { statSync } from 'node:fs'
import { CommandError, USAGE } from './command.ts'

export type DatabaseUrl =
  | { readonly kind: 'sqlite'; readonly file: string; readonly shown: string }
  | { readonly kind: 'postgres' | 'mysql'; readonly url: string; readonly shown: string }

const EXAMPLES = 'sqlite:FILE, postgres://USER:PASSWORD@HOST/NAME, mysql://… or mariadb://…'

/**
 * Reads a URL. `shown` is the URL without its password.
 *
 * @throws {CommandError} for another URL, and for an SQLite file that does not exist.
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  const [, scheme = '', rest = ''] = /^([a-z]+):(.+)$/is.exec(text) ?? []
  switch (scheme.toLowerCase()) {
    case 'sqlite':
      return { kind: 'sqlite', file: existingFile(rest.replace(/^\/\/(?=\/)/, '')), shown: text }
    case 'postgres':
    case 'postgresql':
      return serverUrl('postgres', text)
    case 'mysql':
    case 'mariadb':
      return serverUrl('mysql', text)
    default:
      throw new CommandError(`'${withoutPassword(text)}' is no URL of a database: use ${EXAMPLES}`, USAGE)
  }
}

function serverUrl(kind: 'postgres' | 'mysql', text: string): DatabaseUrl {
  if (!URL.canParse(text) || !text.includes('://'))
    throw new CommandError(
      `'${withoutPassword(text)}' is an invalid URL: use ${EXAMPLES}; characters such as # and @ in a password are percent-encoded`,
      USAGE,
    )
  if (new URL(text).pathname.length <= 1)
    throw new CommandError(`'${withoutPassword(text)}' has no name of a database: use ${EXAMPLES}`, USAGE)
  return { kind, url: text.replace(/^[a-z]+:/i, `${kind}:`), shown: withoutPassword(text) }
}

/** The text up to the last `@` may be a password, in an invalid URL too. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^:@/]*):.*@/is, '$1@').replace(/([?&]password=)[^&]*/gi, '$1…')
}

/** The drivers would create an empty database. */
function existingFile(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats?.isFile()) return file
  throw new CommandError(stats ? `${file} is no file` : `File not found: ${file}`)
}
