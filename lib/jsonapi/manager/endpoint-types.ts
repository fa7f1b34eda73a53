/**
 * Types of the endpoints of a model, for typed clients. Nothing of them exists at run time.
 *
 *     const people = manager.createApi(models.person)        client<typeof people>('http://localhost:3000/api')
 *
 * `T` is the table in the interface of the Kysely instance. It does not know which columns are shown as relationships, so no
 * attribute is certain.
 */
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { RestBlueprint } from '../../blueprint/rest-blueprint.ts'
import type { EndpointType } from '../../client/endpoint-types.ts'
import type { Schema } from '../../schema/schema.ts'
import type { Links, Meta, RelationshipObject, ResourceObject } from '../document/document.ts'
import type { ErrorDocument } from '../errors/error-document.ts'
import type { JsonApiObject } from '../protocol/applied-extensions.ts'
import type { Identifier } from '../reading/instance.ts'
import type { CreateApiOptions } from './manager-options.ts'

/** The blueprint of a model, with its endpoints in its type where the model has a type. */
export type ModelBlueprint<T, N extends string, O extends CreateApiOptions> = string extends N
  ? RestBlueprint
  : RestBlueprint & { readonly '~endpoints': ModelEndpoints<CollectionOf<N, O>, Shown<T, O>, T> }

type CollectionOf<N, O> = O extends { readonly collectionName: infer C extends string } ? C : N & string

/** The attributes of a resource, without those that the options hide. */
type Shown<T, O> = Attributes<
  O extends { readonly only: readonly (infer K)[] }
    ? Pick<Selectable<T>, K & keyof Selectable<T>>
    : O extends { readonly exclude: readonly (infer K)[] }
      ? Omit<Selectable<T>, K & PropertyKey>
      : Selectable<T>
>

type Attributes<Row> = { readonly [K in Exclude<keyof Row, 'id' | 'type'>]?: Row[K] }

/** A resource object. Field sets and relationships leave attributes out. */
export interface TypedResource<N extends string, A> {
  readonly type: N
  readonly id: string
  readonly attributes: A
  readonly relationships?: Readonly<Record<string, RelationshipObject>>
  readonly links?: Links
  readonly meta?: Meta
}

export interface TypedDocument<Data> {
  readonly jsonapi: JsonApiObject
  readonly data: Data
  readonly included?: readonly ResourceObject[]
  readonly links?: Links
  readonly meta?: Meta
}

/** The parameters of any request. */
export interface ShapeQuery<N extends string, A> {
  /** Paths of relationships, with commas. */
  readonly include?: string
  readonly fields?: { readonly [K in N]?: NameList<keyof A & string> } & { readonly [type: string]: string }
}

/** The parameters of a list. */
export interface ListQuery<N extends string, A> extends ShapeQuery<N, A> {
  readonly sort?: NameList<SortKey<'id' | (keyof A & string)>>
  /** Values of attributes, and `filters([…])` as `objects`. */
  readonly filter?: { readonly [K in keyof A]?: A[K] | string } & {
    readonly id?: string | number
    readonly objects?: string
  }
  readonly page?: {
    readonly number?: number
    readonly size?: number
    readonly after?: string
    readonly before?: string
  }
  readonly ignorecase?: 0 | 1
}

/** Names with commas, the first of which is known. */
type NameList<K extends string> = '' | K | `${K},${string}` | `${string}.${string}`
type SortKey<K extends string> = K | `-${K}`

type Json = 'application/vnd.api+json'
type Failures = { readonly default: Schema<unknown, ErrorDocument> }

interface Reads<Q, Data> {
  readonly outgoing: readonly [Json]
  readonly query: Schema<Q, unknown>
  readonly response: { readonly 200: Schema<unknown, Data> } & Failures
}

interface Lists<Q, Data, Row> {
  readonly outgoing: readonly [Json, 'text/csv', 'application/x-ndjson']
  readonly query: Schema<Q, unknown>
  readonly response: {
    readonly 200: {
      readonly 'application/vnd.api+json': Schema<unknown, Data>
      readonly 'text/csv': Schema<unknown, readonly Row[]>
      readonly 'application/x-ndjson': Schema<unknown, readonly Row[]>
    }
  } & Failures
}

interface Writes<Body, Responses> {
  readonly incoming: readonly [Json]
  readonly outgoing: readonly [Json]
  readonly body: Schema<Body, unknown>
  readonly response: Responses & Failures
}

/** The document of a new or of a changed resource. */
export interface WrittenDocument<N extends string, A, Id> {
  readonly data: Id & {
    readonly type: N
    readonly attributes?: Attributes<A>
    readonly relationships?: Readonly<Record<string, { readonly data: Linkage }>>
  }
}

type Linkage = Identifier | null | readonly Identifier[]
type Anything = TypedDocument<ResourceObject | ResourceObject[] | null>
type AnyQuery = Readonly<Record<string, unknown>>

/** Options by method and path below the collection. Relations have no types: their name is a parameter. */
interface OptionsByPath<N extends string, A, T> {
  readonly 'GET ': Lists<ListQuery<N, A>, TypedDocument<TypedResource<N, A>[]>, A & { readonly id: string }>
  readonly 'POST ': Writes<
    WrittenDocument<N, Insertable<T>, { readonly id?: string }>,
    { readonly 201: Schema<unknown, TypedDocument<TypedResource<N, A>>> }
  >
  readonly 'GET /:id': Reads<ShapeQuery<N, A>, TypedDocument<TypedResource<N, A>>>
  readonly 'PATCH /:id': Writes<
    WrittenDocument<N, Updateable<T>, { readonly id: string }>,
    { readonly 200: Schema<unknown, TypedDocument<TypedResource<N, A>>>; readonly 204: null }
  >
  readonly 'DELETE /:id': {
    readonly outgoing: readonly [Json]
    readonly response: { readonly 204: null } & Failures
  }
  readonly 'GET /:id/:relation': Reads<AnyQuery, Anything>
  readonly 'GET /:id/relationships/:relation': Reads<AnyQuery, TypedDocument<Linkage>>
  readonly 'POST /:id/relationships/:relation': Members
  readonly 'PATCH /:id/relationships/:relation': Members
  readonly 'DELETE /:id/relationships/:relation': Members
}

type Members = Writes<{ readonly data: Linkage }, { readonly 204: null }>

type ModelEndpoints<N extends string, A, T> = {
  readonly [K in keyof OptionsByPath<N, A, T> as K extends `${infer M} ${infer P}`
    ? `${M} /${N}${P}`
    : never]: EndpointType<OptionsByPath<N, A, T>[K], unknown>
}
