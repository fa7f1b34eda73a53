/** Who an authenticated client is: the text that tells its identity from all others. */

/** The members of an identity that name it, the first one that it has. */
const NAMES = ['id', 'sub', 'client_id', 'username', 'name'] as const

/** A request, as far as it is known who sends it. */
export interface IdentifiedClient {
  readonly identity?: unknown
  /** The names of the security schemes that found the identity; absent where other middleware did. */
  readonly authenticatedBy?: readonly string[]
}

/**
 * The name of the identity of a request; undefined without one. It has the member that names it: `sub=7` is not
 * `client_id=7`; and the security schemes, as the id of a user may also be one of an application: `["bot"] id=7`.
 * An identity that is no object is its own `id`.
 *
 * @param subject what needs it. @param advice for an identity without a name.
 * @throws {TypeError} for an identity without a name.
 */
export function identityNameOf(
  { identity, authenticatedBy }: IdentifiedClient,
  subject: string,
  advice: string,
): string | undefined {
  if (identity === undefined || identity === null) return undefined
  const members = typeof identity === 'object' ? (identity as Record<string, unknown>) : { id: identity }
  const member = NAMES.find((key) => isName(members[key]))
  if (member === undefined)
    throw new TypeError(
      `${subject} needs a text, a number, or an object with one of ${NAMES.join(', ')}; ${advice}`,
    )
  const name = `${member}=${members[member]}`
  return authenticatedBy ? `${JSON.stringify(authenticatedBy)} ${name}` : name
}

function isName(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
}
