/**
 * Types of the endpoints that a blueprint declares, for typed clients. Nothing of them exists at run time.
 *
 *     const api = new RestBlueprint('pets').get('/pets', list).post('/pets', add)     typeof api knows both
 */
import type { EndpointDefinition } from '../blueprint/resource.ts'

/** The type of an endpoint: its options, and the return type of its handler. */
export interface EndpointType<O = unknown, R = unknown> {
  readonly options: O
  readonly returns: R
}

/** Adds an endpoint to the type of a blueprint, by method and path. Type-only. */
export type WithEndpoint<M extends string, P extends string, O, R> = {
  /** Empty for a path that is not a literal type. */
  readonly '~endpoints': { readonly [K in string extends P ? never : `${M} ${P}`]: EndpointType<O, R> }
}

/** Adds the members of a resource to the type of a blueprint, by method and path. */
export type WithResource<P extends string, T, O> = {
  readonly '~endpoints': {
    readonly [K in KeyOf<keyof T, P, T>]: K extends `${infer M} ${string}`
      ? MemberOf<T[Lowercase<M> & keyof T], O>
      : never
  }
}

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options' | 'query'

type KeyOf<V extends keyof T, P extends string, T> = string extends P
  ? never
  : V extends Verb
    ? T[V] extends null | undefined
      ? never
      : `${Uppercase<V>} ${P}`
    : never

/** The endpoint type of a member: its options override those of the resource. */
type MemberOf<T, O> =
  T extends EndpointDefinition<never, infer Own, infer R>
    ? EndpointType<Own & Omit<O, keyof Own>, R>
    : T extends (...request: never) => infer R
      ? EndpointType<O, R>
      : never

/**
 * The endpoints of a blueprint below a prefix, as `registerBlueprint` adds them to the type of an Api:
 * `client<Below<'/pets', typeof pets>>(…)`.
 */
export type Below<Prefix extends string, A> = { readonly '~endpoints': Prefixed<Prefix, EndpointsOf<A>> }

type Prefixed<Prefix extends string, E> = {
  readonly [K in PrefixedKey<Prefix, keyof E>]: K extends `${infer M} ${Prefix}${infer P}`
    ? E[`${M} ${P}` & keyof E]
    : never
}

type PrefixedKey<Prefix extends string, K> = K extends `${infer M} ${infer P}` ? `${M} ${Prefix}${P}` : never

/** Adds to the type of a blueprint that it is nested in another one, below a prefix. Type-only. */
export type Nested<Prefix extends string> = {
  readonly '~prefix': Prefix
}

/** The endpoints in a type, by method and path; `never` where the type has none. */
export type EndpointsOf<A> = A extends readonly [infer First, ...infer Rest]
  ? EndpointsOf<First> & (Rest extends readonly [] ? unknown : EndpointsOf<Rest>)
  : A extends {
        readonly '~prefix': infer Prefix extends string
        readonly '~endpoints': infer E extends object
      }
    ? Prefix extends ''
      ? E
      : Prefixed<Prefix, E>
    : A extends { readonly '~endpoints': infer E extends object }
      ? E
      : never
