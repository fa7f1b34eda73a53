/** Valid and invalid values made from the schemas of a document. */
import { follow } from './open-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: schemas are data of any shape
export type Found = any

/** A placeholder of a file in a form. */
export class SampleFile {
  readonly type: string
  constructor(type: string) {
    this.type = type
  }
}

/** The value with text in place of its files, as a schema describes them. */
export function filesAsText(value: Found): Found {
  if (value instanceof SampleFile) return 'file'
  if (Array.isArray(value)) return value.map(filesAsText)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filesAsText(member)]))
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
  email: 'tom@example.org',
  uri: 'https://example.org/',
  'json-pointer': '',
}

export class Sampler {
  readonly #document: Found
  readonly #omitted: readonly string[]

  /** @param omitted names of optional members that no sample has. */
  constructor(document: Found, omitted: readonly string[] = []) {
    this.#document = document
    this.#omitted = omitted
  }

  /** The schema with its reference resolved; keywords beside the reference override the target. */
  whole(schema: Found): Found {
    if (typeof schema?.$ref !== 'string') return schema
    const { $ref, ...beside } = schema
    return { ...this.whole(follow(this.#document, $ref)), ...beside }
  }

  /** A value with the required members, or with all of them (`isFull`) to a depth of 2. */
  sample(given: Found, isFull = false, depth = 0): Found {
    const schema = this.whole(given)
    if (schema === true || schema === undefined) return 'x'
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return schema.enum[0]
    const [example] = schema.examples ?? []
    if (example !== undefined) return example
    if (schema.contentMediaType) return new SampleFile(schema.contentMediaType)
    const [choice] = schema.oneOf ?? schema.anyOf ?? []
    if (choice) return this.sample(choice, isFull, depth)
    if (schema.allOf) {
      return Object.assign({}, ...schema.allOf.map((part: Found) => this.sample(part, isFull, depth)))
    }
    const [type] = [schema.type].flat()
    if (type === 'object' || schema.properties) return this.#object(schema, isFull, depth)
    if (type === 'array') return this.#array(schema, isFull, depth)
    if (type === 'integer' || type === 'number') return this.#number(schema)
    if (type === 'boolean') return true
    if (type === 'null') return null
    return FORMATS[schema.format] ?? 'x'.repeat(Math.max(1, schema.minLength ?? 1))
  }

  #object({ properties = {}, required = [] }: Found, isFull: boolean, depth: number): Found {
    const names = Object.keys(properties).filter(
      (name) => required.includes(name) || (isFull && depth < 2 && !this.#omitted.includes(name)),
    )
    return Object.fromEntries(names.map((name) => [name, this.sample(properties[name], isFull, depth + 1)]))
  }

  #array({ prefixItems = [], items, minItems = 0 }: Found, isFull: boolean, depth: number): Found {
    const first = prefixItems.map((part: Found) => this.sample(part, isFull, depth + 1))
    const count = Math.max(minItems, isFull && depth < 2 && items !== false ? 1 : 0) - first.length
    const more = Array.from({ length: Math.max(0, count) }, () => this.sample(items, isFull, depth + 1))
    return [...first, ...more]
  }

  #number({ minimum, exclusiveMinimum, maximum = Number.POSITIVE_INFINITY }: Found): number {
    if (exclusiveMinimum !== undefined) return exclusiveMinimum + 1
    return Math.max(minimum ?? 0, Math.min(0, maximum))
  }

  /**
   * Valid values first, then changed ones; the schema decides whether those are valid.
   *
   * @param isForm Forms hold text: a member can be missing, and that is all that can be wrong.
   */
  candidates(schema: Found, isForm = false): Found[] {
    const [least, most] = [this.sample(schema), this.sample(schema, true)]
    if (isForm) return unique([least, most, ...Object.keys(most).map((name) => without(most, name))])
    const { oneOf = [] } = this.whole(this.whole(schema)?.items) ?? {}
    const items = oneOf.map((part: Found) => [this.sample(part)])
    return unique([least, most, ...items, ...STRANGE, ...this.#changes(schema, most)])
  }

  #changes(schema: Found, value: Found): Found[] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
    const parts = this.whole(schema)?.properties ?? {}
    return Object.keys(value).flatMap((name) => {
      const inner = this.#changes(parts[name], value[name])
      const instead = [...STRANGE, ...inner, ...this.#beyond(parts[name])]
      return [without(value, name), ...instead.map((other) => ({ ...value, [name]: other }))]
    })
  }

  /** Values just outside and just within the bounds. */
  #beyond(given: Found): Found[] {
    const { minimum, maximum, exclusiveMinimum, minLength, maxLength } = this.whole(given) ?? {}
    const bounds = [minimum, exclusiveMinimum, maximum].filter((bound) => bound !== undefined)
    const lengths = [minLength, maxLength].filter((length) => length !== undefined)
    return [
      ...bounds.flatMap((bound) => [bound - 1, bound, bound + 1]),
      ...lengths.flatMap((length) => [length - 1, length, length + 1].map((count) => 'x'.repeat(count))),
    ].filter((value) => typeof value !== 'number' || Number.isSafeInteger(value))
  }
}

const STRANGE: readonly Found[] = [null, true, 7.5, 'strange', '', [], [[]], {}]

function without(record: Found, name: string): Found {
  const { [name]: _, ...others } = record
  return others
}

function unique(values: readonly Found[]): Found[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}
