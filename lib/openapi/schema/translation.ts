/**
 * A described schema in the words of a document: what has a name becomes a component, `$defs` are gone.
 *
 *     { items: { $ref: '#/$defs/Pet' }, $defs: { Pet: … } }  →  { items: { $ref: '#/components/schemas/Pet' } }
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { definitionName, resolve } from '../../schema/reference.ts'
import { mapSchemas } from './keywords.ts'
import { type Io, SchemaComponents } from './schema-components.ts'
import { nameOf, type SchemaName } from './schema-name.ts'

/** Whose schema it is. */
export interface Origin {
  readonly io: Io
  /** To go on with in a sentence: `the body of 'pets.upload'`. */
  readonly where: string
  /** What a part is called that contains itself and has no name. */
  readonly suggested: string
}

/** Says nothing of values, and would change what `$ref` means. */
const DROPPED = ['$id', 'id', '$schema', '$anchor', '$defs', 'definitions', '$comment']

export class Translation {
  readonly #root: JsonSchema
  readonly #origin: Origin
  readonly #components: SchemaComponents
  /** What the developer calls parts of it elsewhere, or what contains itself is called. */
  readonly #names: Map<object, SchemaName>
  readonly #open = new Set<object>()
  readonly #added = new Map<object, JsonSchema | undefined>()

  constructor(
    root: JsonSchema,
    origin: Origin,
    components: SchemaComponents,
    names: Map<object, SchemaName>,
  ) {
    this.#root = root
    this.#origin = origin
    this.#components = components
    this.#names = names
  }

  /** @throws {TypeError} for a `$ref` that leads nowhere, and for two schemas with one `$id`. */
  of(part: unknown, key?: string): unknown {
    if (!isPlain(part)) return part
    const name = this.#names.get(part) ?? nameOf(part, key)
    if (name && typeof part.$ref !== 'string') return this.#named(part, name)
    return this.#inline(part)
  }

  #named(part: JsonSchema, { name, isId }: SchemaName): unknown {
    const { io, where } = this.#origin
    const ref = SchemaComponents.refTo(name, io)
    if (this.#open.has(part)) return ref
    if (this.#added.has(part)) return this.#added.get(part) ?? this.#inline(part)
    const schema = this.#inline(part) as JsonSchema
    const isKept = isId || this.#components.fits(name, io, schema)
    this.#added.set(part, isKept ? ref : undefined)
    return isKept ? this.#components.add(name, io, schema, where) : schema
  }

  #inline(part: JsonSchema): unknown {
    if (this.#open.has(part)) return this.#recursive(part)
    this.#open.add(part)
    try {
      const { $ref, ...rest } = mapSchemas(part, (inner) => this.of(inner))
      for (const keyword of DROPPED) if (keyword !== 'id' || typeof rest.id === 'string') delete rest[keyword]
      return $ref === undefined ? rest : joined(this.#target($ref), rest)
    } finally {
      this.#open.delete(part)
    }
  }

  /** It contains itself, and so it needs a name: all is told anew once it has one. */
  #recursive(part: JsonSchema): never {
    const { suggested } = this.#origin
    const taken = [...this.#names.values()].filter(({ name }) => name.startsWith(suggested)).length
    this.#names.set(part, { name: taken === 0 ? suggested : `${suggested}${taken + 1}`, isId: true })
    throw RETRY
  }

  #target(reference: unknown): unknown {
    const target = isPlain(this.#root) ? (resolve(this.#root, reference) ?? this.#byId(reference)) : undefined
    if (!isPlain(target) && typeof target !== 'boolean') {
      const { where } = this.#origin
      throw new TypeError(`The $ref ${JSON.stringify(reference)} leads nowhere in ${where}`)
    }
    return this.of(target, definitionName(reference))
  }

  /** A part by its `$id` or `$anchor`. */
  #byId(reference: unknown): unknown {
    const search = (part: unknown): unknown => {
      if (!isPlain(part)) return undefined
      if (part.$id === reference || `#${part.$anchor}` === reference) return part
      let found: unknown
      const look = (inner: unknown) => {
        found ??= search(inner)
        return inner
      }
      mapSchemas(part, look)
      for (const defs of [part.$defs, part.definitions]) if (isPlain(defs)) Object.values(defs).forEach(look)
      return found
    }
    return search(this.#root)
  }
}

/** Thrown where a part was found to contain itself. */
export const RETRY: unique symbol = Symbol('retry')

/** A `$ref` or what stood for it, with the keywords that stand beside it. */
function joined(target: unknown, rest: JsonSchema): unknown {
  if (Object.keys(rest).length === 0) return target
  if (!isPlain(target)) return target === false ? target : rest
  if (typeof target.$ref === 'string') return { ...target, ...rest }
  const isClash = Object.keys(rest).some((keyword) => keyword in target && !ANNOTATIONS.includes(keyword))
  return isClash ? { allOf: [target], ...rest } : { ...target, ...rest }
}

const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly']
