/**
 * A security scheme: how a client proves who it is. The ones in the box, and any object of the same members.
 *
 *     const session: SecurityScheme<User> = {
 *       document: { type: 'apiKey', in: 'cookie', name: 'sid' },
 *       challenge: 'Session',
 *       authenticate: (request) => sessions.find(request),
 *     }
 */
import type { IncomingMessage } from 'node:http'
import type { JsonSchema } from '../schema/json-schema.ts'

/** A Security Scheme Object of OpenAPI. */
export type SecuritySchemeObject = Readonly<Record<string, unknown>>

/** `I` is the type of the identity: a user, an application, the claims of a token. */
export interface SecurityScheme<I = unknown> {
  /** The scheme in the OpenAPI document. */
  readonly document: SecuritySchemeObject
  /** A value of WWW-Authenticate in a 401: `Bearer realm="pets"`. RFC 9110 §11.6.1. */
  readonly challenge: string
  readonly documentOnly?: false
  /** Whether `authenticate` examines its second argument; if not, a requirement with scopes is a TypeError. Default true. */
  readonly hasScopes?: boolean
  /** Errors beside 401 and 403, with their Header Objects, for the document: `{ 503: { 'Retry-After': … } }`. */
  readonly errors?: Readonly<Record<number, Readonly<Record<string, JsonSchema>>>>
  /**
   * The identity of a request; undefined, null and false: the request has no credentials of this scheme.
   *
   * @param scopes all of them are required.
   * @throws {Unauthorized} 401, for credentials that are not valid.
   * @throws {Forbidden} 403, for valid credentials without one of the scopes.
   */
  authenticate(request: IncomingMessage, scopes: readonly string[]): I | undefined | Promise<I | undefined>
}

/** A scheme that is documented, and enforced elsewhere: by a gateway, or by middleware. */
export interface DocumentedScheme {
  readonly document: SecuritySchemeObject
  readonly documentOnly: true
}

/** @throws {TypeError} for a function, and for any other value without the member `document`. */
export function checkIsScheme(name: string, scheme: SecurityScheme | DocumentedScheme): void {
  if (typeof scheme === 'object' && scheme.document !== undefined) return
  throw new TypeError(
    `The value of '${name}' is no security scheme: use apiKey(), basic(), bearer() or introspection() of mazurka/security, or an object with document, challenge and authenticate`,
  )
}

/** Names of security schemes with the scopes that are required: all of them together. */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>

export type SecuritySchemes = Readonly<Record<string, SecurityScheme | DocumentedScheme>>

/** Adds schemes to the type of a blueprint, so that its handlers know the type of `request.identity`. Type-only. */
export interface WithSecurity<S> {
  readonly '~base': { readonly '~schemes': S }
}

/** The identity that a scheme returns. */
type IdentityOf<T> = T extends {
  authenticate(request: never, scopes: never): infer I
}
  ? Exclude<Awaited<I>, undefined | null | false>
  : undefined

type IsUnion<K, All = K> = K extends unknown ? ([All] extends [K] ? false : true) : never

/** One scheme: its identity. Several together: an object of them by name. None: undefined. */
type RequirementIdentity<S, Q> = [keyof Q] extends [never]
  ? undefined
  : IsUnion<keyof Q> extends true
    ? { readonly [K in keyof Q]: K extends keyof S ? IdentityOf<S[K]> : unknown }
    : keyof Q extends keyof S
      ? IdentityOf<S[keyof Q & keyof S]>
      : unknown

type AnyOf<S, Q> = Q extends unknown ? RequirementIdentity<S, Q> : never

/** The type of `request.identity`: by the requirements of the endpoint, else by the schemes of its blueprint. */
type RequestIdentity<O> = O extends { readonly security: infer R }
  ? R extends readonly []
    ? undefined
    : R extends readonly (infer Q)[]
      ? AnyOf<SchemesOf<O>, Q>
      : undefined
  : { [K in keyof SchemesOf<O>]: IdentityOf<SchemesOf<O>[K]> }[keyof SchemesOf<O>] | undefined

type SchemesOf<O> = O extends { readonly '~schemes': infer S } ? S : object

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly authentication: O extends { readonly security: unknown } | { readonly '~schemes': unknown }
      ? {
          /** The identity that the security scheme returned for this request; of several alternatives, the one that was met. */
          readonly identity: RequestIdentity<O>
          /** The names of the schemes that were met; empty for an anonymous request. */
          readonly authenticatedBy: readonly string[]
        }
      : { readonly '~path'?: P }
  }
}

declare module '../walk/hook.ts' {
  interface HookRequest {
    // biome-ignore lint/suspicious/noExplicitAny: a hook does not know the schemes of its endpoint
    readonly identity?: any
    readonly authenticatedBy?: readonly string[]
  }
}
