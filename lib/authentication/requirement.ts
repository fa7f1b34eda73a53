/**
 * The security requirements of an endpoint, compiled: alternatives in their order, of which one has to be met.
 *
 *     [{ bearer: ['pets:write'] }, { key: [], session: [] }, {}]     bearer, or key and session, or anonymous
 *
 * OpenAPI 3.1 §4.8.30 (Security Requirement Object).
 */
import type { IncomingMessage } from 'node:http'
import { Unauthorized } from '../exceptions/client-errors.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { internalErrorOf, wrap } from '../exceptions/wrap.ts'
import { suggestion } from '../registry/nearest.ts'
import { checkObject, checkValues, type Keys } from '../registry/options.ts'
import { isPromise } from '../schema/is-promise.ts'
import { setAmbient } from '../walk/ambient.ts'
import { areAmbient } from './ambient-scheme.ts'
import { isChallenge } from './challenge.ts'
import {
  checkIsScheme,
  type SecurityRequirement,
  type SecurityScheme,
  type SecuritySchemes,
} from './security-scheme.ts'
import { isIdentity } from './verified.ts'

/** One scheme of an alternative, with the scopes that are required of it. */
interface Condition {
  readonly name: string
  readonly scheme: SecurityScheme
  readonly scopes: readonly string[]
}

/** All conditions of one requirement; without conditions: an anonymous request meets it. */
interface Alternative {
  readonly names: readonly string[]
  readonly conditions: readonly Condition[]
  /** Whether browsers meet it by themselves; undefined where that is not known. */
  readonly isAmbient: boolean | undefined
}

/** Sets `request.identity`, or throws. Returns a promise only when a scheme does. */
type Guard = (request: IncomingMessage) => void | Promise<void>

/** The first condition that was not met, with the error of its scheme. */
interface Failure {
  readonly condition: Condition
  readonly error: HttpException
}

interface Authenticated extends IncomingMessage {
  identity?: unknown
  authenticatedBy?: readonly string[]
}

/** The enforced part of a requirement; undefined where each scheme is only documented. */
interface CompiledRequirement {
  readonly guard: Guard
  /** Values of WWW-Authenticate. */
  readonly challenges: string[]
  readonly hasScopes: boolean
  /** Further errors of the schemes, with their Header Objects. */
  readonly errors: Exclude<SecurityScheme['errors'], undefined>
}

/**
 * @param where subject of messages: `The endpoint 'show'`.
 * @returns Undefined where nothing is to be enforced.
 * @throws {TypeError} for an unknown scheme, scopes that a scheme does not examine, an invalid scheme, and an
 * alternative of documented schemes beside one of enforced schemes: everybody would meet it.
 */
export function compileRequirement(
  where: string,
  requirement: readonly SecurityRequirement[],
  schemes: SecuritySchemes,
): CompiledRequirement | undefined {
  const alternatives = requirement.map((one) => alternativeOf(where, one, schemes))
  const enforced = alternatives.filter(({ conditions }) => conditions.length > 0)
  if (enforced.length === 0) return undefined
  const open = alternatives.find(({ names, conditions }) => names.length > 0 && conditions.length === 0)
  if (open)
    throw new TypeError(
      `${where} has the alternative '${open.names.join("', '")}', which is documentOnly, beside one that is enforced: every request would meet it`,
    )
  const conditions = enforced.flatMap((one) => one.conditions)
  const challenges = new Map(conditions.map(({ name, scheme }) => [name, scheme.challenge]))
  return {
    guard: guardOf(alternatives, challenges),
    challenges: [...new Set(challenges.values())],
    hasScopes: conditions.some(({ scopes }) => scopes.length > 0),
    errors: Object.assign({}, ...conditions.map(({ scheme }) => scheme.errors)),
  }
}

function alternativeOf(where: string, one: SecurityRequirement, schemes: SecuritySchemes): Alternative {
  const names = Object.keys(one)
  const conditions = names.flatMap((name): Condition[] => {
    const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined
    if (!scheme)
      throw new TypeError(
        `${where} requires the security scheme '${name}', but no scheme has this name${suggestion(name, Object.keys(schemes)) || ': add it by `security({ … })` of the blueprint or of `api.root`'}`,
      )
    checkIsScheme(name, scheme)
    checkValues(`The security scheme '${name}'`, scheme, MEMBERS)
    checkObject(`The security scheme '${name}', in 'document',`, scheme.document)
    if (scheme.documentOnly) return []
    const scopes = one[name] as readonly string[]
    checkScheme(name, scheme)
    checkScopes(where, name, scheme, scopes)
    return [{ name, scheme, scopes }]
  })
  return { names, conditions, isAmbient: areAmbient(conditions.map(({ scheme }) => scheme.document)) }
}

const MEMBERS: Keys<SecurityScheme> = {
  document: true,
  challenge: 'string',
  documentOnly: 'boolean',
  hasScopes: 'boolean',
  errors: 'object',
  authenticate: 'function',
}

function checkScheme(name: string, { challenge, authenticate }: SecurityScheme): void {
  if (challenge === undefined || !authenticate)
    throw new TypeError(
      `The security scheme '${name}' needs the members document, challenge and authenticate`,
    )
  if (!isChallenge(challenge))
    throw new TypeError(
      `The security scheme '${name}' cannot have challenge: ${JSON.stringify(challenge)}; use a value of WWW-Authenticate in printable ASCII`,
    )
}

function checkScopes(where: string, name: string, scheme: SecurityScheme, scopes: readonly string[]): void {
  if (!Array.isArray(scopes) || !scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)))
    throw new TypeError(`${where} requires of '${name}' ${JSON.stringify(scopes)}; use a list of scopes`)
  if (scopes.length > 0 && scheme.hasScopes === false)
    throw new TypeError(`${where} requires scopes of '${name}', which does not examine scopes`)
}

function guardOf(alternatives: readonly Alternative[], challenges: ReadonlyMap<string, string>): Guard {
  function admit(request: Authenticated, { names, isAmbient }: Alternative, identity: unknown): void {
    request.identity = identity
    request.authenticatedBy = names
    setAmbient(request, isAmbient)
  }

  function tryFrom(index: number, request: IncomingMessage, first?: Failure): void | Promise<void> {
    let failure = first
    for (let at = index; at < alternatives.length; at++) {
      const alternative = alternatives[at] as Alternative
      if (alternative.conditions.length === 0) {
        if (failure) continue // wrong credentials do not make an anonymous request
        return admit(request, alternative, undefined)
      }
      try {
        const found = identityOf(alternative, request)
        if (isPromise(found)) {
          return Promise.resolve(found).then(
            (identity) =>
              isIdentity(identity)
                ? admit(request, alternative, identity)
                : tryFrom(at + 1, request, failure),
            (error) => tryFrom(at + 1, request, firstFailure(failure, error)),
          )
        }
        if (isIdentity(found)) return admit(request, alternative, found)
      } catch (error) {
        failure = firstFailure(failure, error)
      }
    }
    throw errorOf(failure, challenges)
  }

  return (request) => tryFrom(0, request)
}

/** The identity of one scheme, or an object of several by name; undefined where credentials are missing. */
function identityOf({ conditions }: Alternative, request: IncomingMessage): unknown {
  const [only] = conditions
  return conditions.length > 1 || !only ? identitiesOf(conditions, request) : meet(only, request)
}

/** Asks all schemes, also where one finds no credentials: wrong ones for another do not make an anonymous request. */
async function identitiesOf(conditions: readonly Condition[], request: IncomingMessage): Promise<unknown> {
  const found: [name: string, identity: unknown][] = []
  for (const condition of conditions) found.push([condition.name, await meet(condition, request)])
  return found.every(([, identity]) => isIdentity(identity)) ? Object.fromEntries(found) : undefined
}

/** @throws {Refusal} for a 401 or a 403; other errors of the scheme as an HttpException. */
function meet(condition: Condition, request: IncomingMessage): unknown {
  try {
    const found = condition.scheme.authenticate(request, condition.scopes)
    if (!isPromise(found)) return found
    return Promise.resolve(found).catch((error) => {
      throw refusalOf(condition, error)
    })
  } catch (error) {
    throw refusalOf(condition, error)
  }
}

class Refusal {
  readonly failure: Failure

  constructor(failure: Failure) {
    this.failure = failure
  }
}

function refusalOf(condition: Condition, thrown: unknown): unknown {
  const error = wrapFailure(thrown)
  return error.status === 401 || error.status === 403 ? new Refusal({ condition, error }) : error
}

/**
 * The error of a scheme as the response to it. A foreign 4xx is a failure of the server, unless it exposes itself: where
 * a service refuses the server, the client has done nothing wrong.
 */
function wrapFailure(thrown: unknown): HttpException {
  const error = wrap(thrown)
  const isForeign = error.cause === thrown
  if (!isForeign || error.status >= 500 || (thrown as { readonly expose?: unknown }).expose === true)
    return error
  return internalErrorOf(thrown)
}

/** @throws an error that is not a refusal: a failure of the server ends the request, whatever came before it. */
function firstFailure(earlier: Failure | undefined, error: unknown): Failure {
  if (error instanceof Refusal) return earlier ?? error.failure
  throw error
}

/** 401 with the challenges of all schemes (RFC 9110 §11.6.1), or the 403 of the scheme. */
function errorOf(failure: Failure | undefined, challenges: ReadonlyMap<string, string>): HttpException {
  if (failure && failure.error.status !== 401) return failure.error
  const { detail, members } = failure?.error ?? { detail: 'The request has no credentials', members: {} }
  const { headers = {}, ...others } = members
  const [field, own] = Object.entries(headers).find(([name]) => /^www-authenticate$/i.test(name)) ?? []
  const all = [...challenges].flatMap(([name, challenge]) =>
    own !== undefined && name === failure?.condition.name ? own : challenge,
  )
  const fields = { ...headers, [field ?? 'www-authenticate']: [...new Set(all)] }
  return new Unauthorized(detail, { ...others, headers: fields })
}
