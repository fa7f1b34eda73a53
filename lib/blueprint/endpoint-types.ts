/**
 * What a chain of declarations remembers of its endpoints: types alone, for whoever calls them.
 *
 *     const api = new RestBlueprint('pets').get('/pets', list).post('/pets', add)     typeof api knows both
 */
import type { EndpointDefinition } from './resource.ts'

/** What is remembered of an endpoint: its options, and what its handler returns. */
export interface EndpointType<O = unknown, R = unknown> {
  readonly options: O
  readonly returns: R
}

/** An endpoint that was declared, by method and path. Type-only: at run time there is no such member. */
export interface WithEndpoint<M extends string, P extends string, O, R> {
  /** A path that is not known when the types are checked is not remembered. */
  readonly '~endpoints': { readonly [K in `${M} ${P}` as string extends P ? never : K]: EndpointType<O, R> }
}

/** The members of a resource, by method and path. */
export interface WithResource<P extends string, T, O> {
  readonly '~endpoints': {
    readonly [V in keyof T as KeyOf<V, P, T[V]>]: MemberOf<T[V], O>
  }
}

type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options' | 'query'

type KeyOf<V, P extends string, T> = string extends P
  ? never
  : V extends Verb
    ? T extends null | undefined
      ? never
      : `${Uppercase<V>} ${P}`
    : never

/** Options of a member win over those of the resource. */
type MemberOf<T, O> =
  T extends EndpointDefinition<string, infer Own, infer R>
    ? EndpointType<Own & Omit<O, keyof Own>, R>
    : T extends (...request: never) => infer R
      ? EndpointType<O, R>
      : never
