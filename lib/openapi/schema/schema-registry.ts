/** Registry of all schemas of a document: turns library schemas into Schema Objects. */
import type { UnknownPolicy } from '../../arguments/argument-reader.ts'
import { type JsonSchema, type JsonSchemaHook, jsonSchemaOf } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { Schema } from '../../schema/schema.ts'
import type { VersionFeatures } from '../document/open-api-version.ts'
import { openApi30 } from './open-api-30.ts'
import { relaxOutput } from './relaxed-output.ts'
import { type Io, SchemaComponents } from './schema-components.ts'
import { nameOf, type SchemaName, toComponentName } from './schema-name.ts'
import { type Origin, RETRY, Translation } from './translation.ts'
import { type PolicySchema, underPolicy } from './unknown-policy.ts'

/** A Schema Object of OpenAPI. */
export type SchemaObject = JsonSchema | boolean

/** The use of a library schema in the document. */
export interface SchemaOrigin extends Origin {
  /** Describes schemas whose library cannot. */
  readonly hook?: JsonSchemaHook | undefined
  /** Treatment of unknown members. Default: the schema library's own. */
  readonly policy?: UnknownPolicy | undefined
}

/** The JSON Schema of a library schema. */
export interface DescribedSchema {
  readonly root: JsonSchema
  readonly origin: Origin
  /** The JSON Schema of the other form: of the output if `root` is the input, and vice versa. */
  readonly otherForm?: () => JsonSchema | undefined
}

export class SchemaRegistry {
  readonly components = new SchemaComponents()
  readonly #features: VersionFeatures
  /** Generated names of subschemas, by object, so that a subschema keeps its name. */
  readonly #names = new Map<object, SchemaName>()
  readonly #written = new Map<object, SchemaObject>()
  readonly #relaxed = new WeakMap<object, JsonSchema>()
  readonly #givenNames = new Map<Schema, string>()
  /** Descriptions by hook, cached because names are kept by object. */
  readonly #described = new Map<Schema, Required<DescribedSchema> & { readonly origin: SchemaOrigin }>()
  /** Schemas under each policy. */
  readonly #policies = new Map<UnknownPolicy, WeakMap<object, PolicySchema>>()
  /** Both forms of each named schema, used or not, to find two schemas of one name. */
  readonly #allForms = { components: new SchemaComponents(), names: new Map<object, SchemaName>() }

  constructor(features: VersionFeatures) {
    this.#features = features
  }

  /** Sets the component name of a schema. */
  setName(schema: Schema, name: string): void {
    this.#givenNames.set(schema, name)
  }

  /** @throws {TypeError} for a schema without a JSON Schema, naming its use and its library. */
  describe(schema: Schema, origin: SchemaOrigin): DescribedSchema {
    const { hook, policy, io } = origin
    const { vendor } = schema['~standard']
    if (acceptsAnything(schema)) return { root: {}, origin }
    const keysAreIds = vendor === 'zod'
    const known = this.#described.get(schema)
    if (known && known.origin.hook === hook && known.origin.policy === policy && known.origin.io === io)
      return { root: known.root, origin: { ...origin, keysAreIds }, otherForm: known.otherForm }
    const root = this.#rootOf(schema, io, hook)
    if (!root) {
      const cure =
        vendor === 'valibot'
          ? 'npm install @valibot/to-json-schema, and wrap it by its toStandardJsonSchema; or '
          : ''
      throw new TypeError(
        `The schema of ${vendor} in ${origin.where} has no JSON Schema: ${cure}describe it in the blueprint's option jsonSchema`,
      )
    }
    const otherForm = () => this.#rootOf(schema, otherIo(io), hook)
    const described = {
      root: policy ? this.#underPolicy(root, policy, keysAreIds) : root,
      origin: { ...origin, keysAreIds },
      otherForm,
    }
    this.#described.set(schema, described)
    return described
  }

  /** A `$ref` for a named schema, else its Schema Object. @throws {TypeError} as {@link describe}. */
  refOrInline(schema: Schema, origin: SchemaOrigin): SchemaObject {
    return this.write(this.describe(schema, origin))
  }

  /** The Schema Object of a described schema, or of a subschema. */
  write(described: DescribedSchema, part: unknown = described.root): SchemaObject {
    const known = isPlain(part) ? this.#written.get(part) : undefined
    if (known !== undefined) return known
    const { size } = this.components
    const written = this.inVersion(translate(described, part, this.components, this.#names))
    if (this.components.size > size) this.#checkNames(described)
    if (isPlain(part)) this.#written.set(part, written)
    return written
  }

  /** The name of a schema. @param key its key in `$defs`. */
  nameOf(part: JsonSchema, key?: string, keysAreIds?: boolean): SchemaName | undefined {
    return this.#names.get(part) ?? nameOf(part, key, keysAreIds)
  }

  /** A component for a built-in schema. */
  addBuiltIn(name: string, schema: JsonSchema): SchemaObject {
    const known = this.#written.get(schema) ?? this.inVersion(this.components.addBuiltIn(name, schema))
    this.#written.set(schema, known)
    return known
  }

  /** A component of a built-in schema that may refer to itself. @param name with a number where it is taken. */
  addRecursive(name: string, schemaOf: (itself: JsonSchema) => JsonSchema): JsonSchema {
    const reserved = this.components.reserve(toComponentName(name))
    const itself = SchemaComponents.placeholder(reserved, 'output')
    return this.components.add(reserved, 'output', schemaOf(itself), 'mazurka')
  }

  /** The schema in the document's version of OpenAPI. */
  inVersion(schema: SchemaObject): SchemaObject {
    return this.#features.isJsonSchema ? schema : openApi30(schema)
  }

  /** All components; complete after everything else is written. */
  entries(): [name: string, schema: SchemaObject][] {
    return this.components.entries().map(([name, schema]) => [name, this.inVersion(schema)])
  }

  /** @throws {TypeError} for a name that another schema has, in either form. */
  #checkNames({ root, origin, otherForm }: DescribedSchema): void {
    const { components, names } = this.#allForms
    translate({ root, origin }, root, components, names)
    const otherRoot = otherForm?.()
    const io = otherIo(origin.io)
    if (otherRoot) translate({ root: otherRoot, origin: { ...origin, io } }, otherRoot, components, names)
  }

  #rootOf(schema: Schema, io: Io, hook: JsonSchemaHook | undefined): JsonSchema | undefined {
    const described = jsonSchemaOf(schema, io, hook)
    const isOfHook = hook && described !== jsonSchemaOf(schema, io)
    const isClosed = isOfHook && described && io === 'output' && schema['~standard'].vendor === 'zod'
    const root = isClosed ? this.#relax(described, () => jsonSchemaOf(schema, 'input', hook)) : described
    const name = this.#givenNames.get(schema)
    if (root && name !== undefined)
      for (const names of [this.#names, this.#allForms.names])
        names.set(withoutRef(root), { name, isId: true })
    return root
  }

  #underPolicy(root: JsonSchema, policy: UnknownPolicy, keysAreIds: boolean): JsonSchema {
    const cache = this.#policies.get(policy) ?? new WeakMap<object, PolicySchema>()
    this.#policies.set(policy, cache)
    const known =
      cache.get(root) ?? underPolicy(root, policy, (part, key) => this.nameOf(part, key, keysAreIds))
    cache.set(root, known)
    for (const [part, name] of known.names)
      for (const names of [this.#names, this.#allForms.names]) names.set(part, name)
    return known.root
  }

  #relax(output: JsonSchema, input: () => JsonSchema | undefined): JsonSchema {
    const known = this.#relaxed.get(output) ?? relaxOutput(output, input())
    this.#relaxed.set(output, known)
    return known
  }
}

/** Translates a subschema; restarts when a recursive schema got a name. */
function translate(
  { root, origin }: DescribedSchema,
  part: unknown,
  components: SchemaComponents,
  names: Map<object, SchemaName>,
): SchemaObject {
  const { size } = components
  for (;;) {
    components.removeAfter(size)
    try {
      const schema = new Translation(root, origin, components, names).translate(part) as SchemaObject
      return part === root ? components.refIfRegistered(schema, origin.suggestedName, origin.io) : schema
    } catch (thrown) {
      if (thrown !== RETRY) throw thrown
    }
  }
}

function otherIo(io: Io): Io {
  return io === 'input' ? 'output' : 'input'
}

/** Whether it is the default schema of a response that has none. */
function acceptsAnything(schema: Schema): boolean {
  return schema['~standard'].vendor === 'mazurka' && !('jsonSchema' in schema['~standard'])
}

/** The target of a root that is a `$ref`; else the root. */
function withoutRef(root: JsonSchema): JsonSchema {
  const target = resolve(root, root.$ref)
  return isPlain(target) ? target : root
}
