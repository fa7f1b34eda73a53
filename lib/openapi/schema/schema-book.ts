/** All schemas of a document: given one of a library, it says what stands for it. */
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { Schema } from '../../schema/schema.ts'
import { openApi30 } from '../document/open-api-30.ts'
import type { Dialect } from '../document/version.ts'
import { relaxed } from './relaxed.ts'
import { type Io, SchemaComponents } from './schema-components.ts'
import type { SchemaName } from './schema-name.ts'
import { type Origin, RETRY, Translation } from './translation.ts'

/** A Schema Object of OpenAPI. */
export type SchemaObject = JsonSchema | boolean

/** Whose schema it is, and who describes it where it cannot. */
export interface SchemaOrigin extends Origin {
  readonly hook?: JsonSchemaHook | undefined
}

/** A schema as its library describes it. */
export interface DescribedSchema {
  readonly root: JsonSchema
  readonly origin: Origin
  /** How the library describes the other form: what is made of what is taken, or the other way round. */
  readonly other?: () => JsonSchema | undefined
}

export class SchemaRegistry {
  readonly components = new SchemaComponents()
  readonly #dialect: Dialect
  /** What parts are called that have no name of their own; by the part itself, so that it keeps its name. */
  readonly #names = new Map<object, SchemaName>()
  readonly #placed = new Map<object, SchemaObject>()
  readonly #relaxed = new WeakMap<object, JsonSchema>()
  readonly #given = new Map<Schema, string>()
  /** What hooks said: asked anew, they would say the same in other objects. */
  readonly #described = new Map<Schema, { readonly hook: unknown; readonly described: DescribedSchema }>()
  /** Both forms of all that has a name, whether they are used or not: a name stands for one schema. */
  readonly #claims = { components: new SchemaComponents(), names: new Map<object, SchemaName>() }

  constructor(dialect: Dialect) {
    this.#dialect = dialect
  }

  /** Gives a schema a name. */
  setName(schema: Schema, name: string): void {
    this.#given.set(schema, name)
  }

  /** @throws {TypeError} for what cannot be described, naming whose schema it is and the library. */
  describe(schema: Schema, { hook, ...origin }: SchemaOrigin): DescribedSchema {
    const { vendor } = schema['~standard']
    if (isAnything(schema)) return { root: {}, origin }
    const known = this.#described.get(schema)
    if (known?.hook === hook && known?.described.origin.io === origin.io)
      return { ...known.described, origin }
    const root = this.#rootOf(schema, origin.io, hook)
    if (!root) {
      throw new TypeError(
        `The schema of ${vendor} in ${origin.where} has no JSON Schema: let the blueprint's option jsonSchema describe it`,
      )
    }
    const other = () => this.#rootOf(schema, origin.io === 'input' ? 'output' : 'input', hook)
    const described = { root, origin, other }
    this.#described.set(schema, { hook, described })
    return described
  }

  /** What stands for a schema: its words, or a `$ref` where it has a name. @throws {TypeError} as above. */
  refOrInline(schema: Schema, origin: SchemaOrigin): SchemaObject {
    return this.write(this.describe(schema, origin))
  }

  /** What stands for a described schema, or for a part of it. */
  write(described: DescribedSchema, part: unknown = described.root): SchemaObject {
    const known = isPlain(part) ? this.#placed.get(part) : undefined
    if (known !== undefined) return known
    const { size } = this.components
    const written = this.#inDialect(translated(described, part, this.components, this.#names))
    if (this.components.size > size) this.#claim(described)
    if (isPlain(part)) this.#placed.set(part, written)
    return written
  }

  /** A schema of ours that is shared. */
  own(name: string, schema: JsonSchema): SchemaObject {
    const known = this.#placed.get(schema) ?? this.#inDialect(this.components.addOurs(name, schema))
    this.#placed.set(schema, known)
    return known
  }

  /** Words of ours. */
  inDialect(schema: JsonSchema): SchemaObject {
    return this.#inDialect(schema)
  }

  /** The components, once all is written. */
  entries(): [name: string, schema: SchemaObject][] {
    return this.components.entries().map(([name, schema]) => [name, this.#inDialect(schema)])
  }

  /** @throws {TypeError} for a name that another schema has, be it for the other form. */
  #claim({ root, origin, other }: DescribedSchema): void {
    const { components, names } = this.#claims
    translated({ root, origin }, root, components, names)
    const otherRoot = other?.()
    const io = origin.io === 'input' ? 'output' : 'input'
    if (otherRoot) translated({ root: otherRoot, origin: { ...origin, io } }, otherRoot, components, names)
  }

  #rootOf(schema: Schema, io: Io, hook: JsonSchemaHook | undefined): JsonSchema | undefined {
    const described = jsonSchemaOf(schema, io, hook)
    const isCut = described && io === 'output' && schema['~standard'].vendor === 'zod'
    const root = isCut ? this.#relax(described, () => jsonSchemaOf(schema, 'input', hook)) : described
    const name = this.#given.get(schema)
    if (root && name !== undefined)
      for (const names of [this.#names, this.#claims.names]) names.set(headOf(root), { name, isId: true })
    return root
  }

  #relax(output: JsonSchema, input: () => JsonSchema | undefined): JsonSchema {
    const known = this.#relaxed.get(output) ?? relaxed(output, input())
    this.#relaxed.set(output, known)
    return known
  }

  #inDialect(schema: SchemaObject): SchemaObject {
    return this.#dialect.isJsonSchema ? schema : openApi30(schema)
  }
}

/** A part in the words of the document; begun anew where one was found to contain itself. */
function translated(
  { root, origin }: DescribedSchema,
  part: unknown,
  components: SchemaComponents,
  names: Map<object, SchemaName>,
): SchemaObject {
  for (;;) {
    try {
      const found = new Translation(root, origin, components, names).of(part) as SchemaObject
      return part === root ? components.nameFor(found, origin.suggested, origin.io) : found
    } catch (thrown) {
      if (thrown !== RETRY) throw thrown
    }
  }
}

/** The schema of a response of which nothing was said. */
function isAnything(schema: Schema): boolean {
  return schema['~standard'].vendor === 'mazurka' && !('jsonSchema' in schema['~standard'])
}

/** What a document that is but a `$ref` is about. */
function headOf(root: JsonSchema): JsonSchema {
  const target = resolve(root, root.$ref)
  return isPlain(target) ? target : root
}
