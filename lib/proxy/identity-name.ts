/** Who an authenticated client is: the text that tells its identity from all others. */

/** The members of an identity that name it, the first one that it has. */
const NAMES = ['id', 'sub', 'client_id', 'username', 'name'] as const

/**
 * The name of an identity: itself, or the first member that names it.
 *
 * @param subject what needs it. @param advice for an identity without a name.
 * @throws {TypeError} for an identity without a name.
 */
export function nameOfIdentity(identity: unknown, subject: string, advice: string): string {
  const members =
    typeof identity === 'object' && identity !== null
      ? (identity as Record<string, unknown>)
      : { id: identity }
  const name = NAMES.map((key) => members[key]).find(isName)
  if (name !== undefined) return String(name)
  throw new TypeError(
    `${subject} needs a text, a number, or an object with one of ${NAMES.join(', ')}; ${advice}`,
  )
}

function isName(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}
