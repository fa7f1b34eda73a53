/**
 * Filters of a JSON:API, typed by the attributes of its resources.
 *
 *     filters<Person>([{ name: 'born', op: 'ge', val: '1900-01-01' }, { name: 'articles', op: 'any', val: { … } }])
 */

/** A filter: a comparison of an attribute, a condition on related resources, or a combination. */
export type Filter<Row> =
  | Comparison<Row>
  | Related
  | { readonly and: readonly Filter<Row>[] }
  | { readonly or: readonly Filter<Row>[] }
  | { readonly not: Filter<Row> }

type Comparison<Row> = {
  readonly [K in 'id' | (keyof Row & string)]:
    | { readonly name: K; readonly op: Equality; readonly val: Value<Row, K> }
    | { readonly name: K; readonly op: Equality; readonly field: 'id' | (keyof Row & string) }
    | { readonly name: K; readonly op: 'in' | 'not_in'; readonly val: readonly Value<Row, K>[] }
    | { readonly name: K; readonly op: Pattern; readonly val: string }
    | { readonly name: K; readonly op: 'is_null' | 'is_not_null' }
}['id' | (keyof Row & string)]

type Equality = 'eq' | 'neq' | 'gt' | 'ge' | 'lt' | 'le'
type Pattern = 'like' | 'not_like' | 'ilike' | 'contains' | 'starts_with' | 'ends_with'
type Value<Row, K> = K extends keyof Row ? Exclude<Row[K], null | undefined> | string : string | number

/** The names of relationships are not known here. */
interface Related {
  readonly name: string
  readonly op: 'has' | 'any'
  // biome-ignore lint/suspicious/noExplicitAny: attributes of another resource
  readonly val: Filter<any>
}

/** The value of `filter[objects]`: filters that all have to be met. */
export function filters<Row>(list: readonly Filter<Row>[]): string {
  return JSON.stringify(list)
}
