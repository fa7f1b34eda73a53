/** Who an authenticated client is: the text that tells its identity from all others. */

/** The members of an identity that name it, the first one that it has. */
const NAMES = ['id', 'sub', 'client_id', 'username', 'name'] as const

/**
 * The name of an identity, with the member that names it: `sub=7` is not `client_id=7`. One that is no object is its own `id`.
 *
 * @param subject what needs it. @param advice for an identity without a name.
 * @throws {TypeError} for an identity without a name.
 */
export function nameOfIdentity(identity: unknown, subject: string, advice: string): string {
  const members =
    typeof identity === 'object' && identity !== null
      ? (identity as Record<string, unknown>)
      : { id: identity }
  const member = NAMES.find((key) => isName(members[key]))
  if (member !== undefined) return `${member}=${members[member]}`
  throw new TypeError(
    `${subject} needs a text, a number, or an object with one of ${NAMES.join(', ')}; ${advice}`,
  )
}

function isName(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}
