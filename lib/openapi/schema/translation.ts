/**
 * Translation of a library's JSON Schema into a Schema Object: named schemas become components, `$defs` are removed.
 *
 *     { items: { $ref: '#/$defs/Pet' }, $defs: { Pet: … } }  →  { items: { $ref: '#/components/schemas/Pet' } }
 */
import { fragmentOf } from '../../json/json-pointer.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf, put } from '../../schema/record.ts'
import { definitionName, resolve, targetsOf } from '../../schema/reference.ts'
import { mapSubschemas } from '../../schema/subschema.ts'
import { type Io, SchemaComponents } from './schema-components.ts'
import { nameOf, type SchemaName } from './schema-name.ts'

/** The use of a schema in the document. */
export interface Origin {
  readonly io: Io
  /** For error messages: `the body of 'pets.upload'`. */
  readonly where: string
  /** Component name of a recursive schema that has no name. */
  readonly suggestedName: string
  /** Whether keys of `$defs` are identifiers. */
  readonly keysAreIds?: boolean
}

/** Keywords that have no effect on validation, or would change the base URI of `$ref`. */
const DROPPED = ['$id', 'id', '$schema', '$anchor', '$dynamicAnchor', '$defs', 'definitions', '$comment']

export class Translation {
  readonly #root: JsonSchema
  readonly #origin: Origin
  readonly #components: SchemaComponents
  /** Names given by the developer, and generated names of recursive schemas. */
  readonly #names: Map<object, SchemaName>
  readonly #ancestors = new Set<object>()
  readonly #added = new Map<object, JsonSchema | undefined>()
  /** Named schemas that refer to themselves. */
  readonly #recursive = new Set<object>()

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

  /** @throws {TypeError} for a `$ref` that cannot be resolved, and for two schemas with one `$id`. */
  translate(part: unknown, key?: string): unknown {
    if (!isPlain(part)) return part
    const name = this.#names.get(part) ?? nameOf(part, key, this.#origin.keysAreIds)
    if (name && typeof part.$ref !== 'string') return this.#component(part, name)
    return this.#inline(part)
  }

  #component(part: JsonSchema, { name, isId }: SchemaName): unknown {
    const { io, where } = this.#origin
    const ref = SchemaComponents.placeholder(name, io)
    if (this.#ancestors.has(part)) {
      this.#recursive.add(part)
      return ref
    }
    if (this.#added.has(part)) return this.#added.get(part) ?? this.#inline(part)
    const schema = this.#inline(part) as JsonSchema
    const hasName = isId || this.#components.isAvailable(name, io, schema)
    if (!hasName && this.#recursive.has(part)) this.#rename(part, name, schema)
    this.#added.set(part, hasName ? ref : undefined)
    return hasName ? this.#components.add(name, io, schema, where) : schema
  }

  #inline(part: JsonSchema): unknown {
    if (this.#ancestors.has(part)) return this.#nameRecursive(part)
    this.#ancestors.add(part)
    try {
      const copy = mapSubschemas(part, (inner) => this.translate(inner))
      for (const keyword of DROPPED)
        if (keyword in copy && (keyword !== 'id' || typeof copy.id === 'string')) delete copy[keyword]
      if (isPlain(part.discriminator)) this.#writeDiscriminator(copy, part, part.discriminator)
      const { $ref, $dynamicRef, ...rest } = copy
      const references = [$ref, $dynamicRef].filter((reference) => reference !== undefined)
      if (references.length === 0) return rest
      const targets = targetsOf(isPlain(this.#root) ? this.#root : part, part)
      return targets.reduce<unknown>(
        (written, target, index) =>
          withSiblings(this.#target(references[index], target), written as JsonSchema),
        rest,
      )
    } finally {
      this.#ancestors.delete(part)
    }
  }

  /** Gives a recursive schema a name with a number, as another has its own name, and restarts the translation. */
  #rename(part: JsonSchema, name: string, schema: JsonSchema): never {
    let count = 2
    while (!this.#components.isAvailable(`${name}${count}`, this.#origin.io, schema)) count++
    this.#names.set(part, { name: `${name}${count}`, isId: true })
    throw RETRY
  }

  /** Gives a recursive schema a name and restarts the translation. */
  #nameRecursive(part: JsonSchema): never {
    const { suggestedName } = this.#origin
    const count = [...this.#names.values()].filter(({ name }) => name.startsWith(suggestedName)).length
    this.#names.set(part, { name: count === 0 ? suggestedName : `${suggestedName}${count + 1}`, isId: true })
    throw RETRY
  }

  /** References to components (OpenAPI 3.1.1 §4.8.25); left out if a schema of the mapping is no component. */
  #writeDiscriminator(copy: Record<string, unknown>, part: JsonSchema, discriminator: JsonSchema): void {
    const references: Record<string, unknown> = {}
    delete copy.discriminator
    for (const [value, text] of Object.entries(discriminator.mapping ?? namedChoices(part))) {
      const reference = toReference(this.#root, text)
      const target = resolve(this.#root, reference, part)
      const schema = target === undefined ? { $ref: reference } : this.#target(reference, target)
      if (!isPlain(schema) || typeof schema.$ref !== 'string') return
      put(references, value, schema.$ref)
    }
    const isEmpty = Object.keys(references).length === 0
    copy.discriminator = isEmpty ? discriminator : { ...discriminator, mapping: references }
  }

  #target(reference: unknown, target: unknown): unknown {
    if (!isPlain(target) && typeof target !== 'boolean') {
      const { where } = this.#origin
      throw new TypeError(`The $ref ${JSON.stringify(reference)} in ${where} cannot be resolved`)
    }
    return this.translate(target, definitionName(reference))
  }
}

/** Thrown to restart a translation after a recursive schema got a name. */
export const RETRY: unique symbol = Symbol('retry')

/** The alternatives of a schema that are definitions, by their names: those are the values of its discriminator. */
function namedChoices({ oneOf, anyOf }: JsonSchema): JsonSchema {
  const references = [...listOf(oneOf), ...listOf(anyOf)].map((choice) => (choice as JsonSchema)?.$ref)
  const named = references.map((reference) => [definitionName(reference), reference])
  return Object.fromEntries(named.filter(([name]) => name !== undefined))
}

/** The reference of a mapping, which may be the name of a definition alone. */
function toReference(root: JsonSchema, reference: unknown): unknown {
  const name = String(reference)
  const keyword = ['$defs', 'definitions'].find((key) => isPlain(root[key]) && Object.hasOwn(root[key], name))
  return keyword === undefined ? reference : fragmentOf([keyword, name])
}

/** The target of a `$ref`, merged with the keywords beside the `$ref`. */
function withSiblings(target: unknown, siblings: JsonSchema): unknown {
  if (Object.keys(siblings).length === 0) return target
  if (!isPlain(target)) return target === false ? target : siblings
  if (typeof target.$ref === 'string') return { ...target, ...siblings }
  const isConflict = Object.keys(siblings).some(
    (keyword) => keyword in target && !ANNOTATIONS.includes(keyword),
  )
  return isConflict ? { allOf: [target], ...siblings } : { ...target, ...siblings }
}

const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly']
