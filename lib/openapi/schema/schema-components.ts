/**
 * Named schemas of a document: one component each, or two if the input form differs from the output form.
 *
 *     Pet with a default: input { name? }, output { name }  →  PetInput, Pet
 */

import { randomUUID } from 'node:crypto'
import { oncePerObject } from '../../registry/once-per-object.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, put } from '../../schema/record.ts'

/** The form of a schema: the values it accepts, or the values it produces. */
export type Io = 'input' | 'output'

interface Form {
  readonly schema: JsonSchema
  /** Canonical text, for comparison. */
  readonly text: string
  /** The first use, for error messages. */
  readonly where: string
}

type Forms = { [io in Io]?: Form }

/** Begins a placeholder: no text of a developer, such as a description or an example, is one. */
const MARK = `~${/* @__PURE__ */ randomUUID()}`
/** The value of `$ref`, and those of a discriminator's `mapping`, until all names are final. */
const PLACEHOLDER = /* @__PURE__ */ new RegExp(`^${MARK}:(input|output):(.+)$`)
const PLACEHOLDERS = /* @__PURE__ */ new RegExp(`${MARK}:(?:input|output):([^"\\\\]+)`, 'g')
/** Prefix of built-in schemas, which change their name if the developer uses it for another schema. */
const BUILT_IN = '~'

export class SchemaComponents {
  readonly #formsByName = new Map<string, Forms>()
  #namesWithTwoForms: ReadonlySet<string> | undefined
  /** The forms in the order in which they were added. */
  readonly #added: { readonly name: string; readonly io: Io }[] = []

  static placeholder(name: string, io: Io): JsonSchema {
    return { $ref: `${MARK}:${io}:${name}` }
  }

  /** Number of forms added. */
  get size(): number {
    return this.#added.length
  }

  /** Whether the name is unused, or belongs to an equal schema. */
  isAvailable(name: string, io: Io, schema: JsonSchema): boolean {
    const known = this.#formsByName.get(name)?.[io]
    return !known || known.text === canonicalText(schema)
  }

  /** A `$ref` if the schema was registered under this name (recursive schemas), else the schema. */
  refIfRegistered<S extends JsonSchema | boolean>(schema: S, name: string, io: Io): S | JsonSchema {
    const known = this.#formsByName.get(name)?.[io]
    return known && known.text === canonicalText(schema) ? SchemaComponents.placeholder(name, io) : schema
  }

  /** @throws {TypeError} for a different schema of the same name, naming both uses. */
  add(name: string, io: Io, schema: JsonSchema, where: string): JsonSchema {
    const forms = this.#formsByName.get(name) ?? {}
    this.#formsByName.set(name, forms)
    const text = canonicalText(schema)
    const known = forms[io]
    if (known && known.text !== text)
      throw new TypeError(`'${name}' names two different schemas: in ${known.where} and in ${where}`)
    if (!known) {
      forms[io] = { schema, text, where }
      this.#added.push({ name, io })
      this.#namesWithTwoForms = undefined
    }
    return SchemaComponents.placeholder(name, io)
  }

  /** Removes the forms beyond a number of them. */
  removeAfter(size: number): void {
    for (const { name, io } of this.#added.splice(size)) {
      const forms = this.#formsByName.get(name)
      delete forms?.[io]
      if (Object.keys(forms ?? {}).length === 0) this.#formsByName.delete(name)
      this.#namesWithTwoForms = undefined
    }
  }

  /** A built-in schema: `Problem`, or `ProblemDetails` if the developer has a different `Problem`. */
  addBuiltIn(name: string, schema: JsonSchema): JsonSchema {
    return this.add(BUILT_IN + name, 'output', schema, 'mazurka')
  }

  /** Reserves a name for a built-in schema that is added later: `person`, or `person2` where it is taken. */
  reserve(name: string): string {
    let free = BUILT_IN + name
    for (let count = 2; this.#formsByName.has(free); count++) free = `${BUILT_IN}${name}${count}`
    this.#formsByName.set(free, {})
    return free
  }

  /** The final `$ref` of a placeholder; undefined for any other text. */
  finalRef(text: string): string | undefined {
    const [, io, name] = PLACEHOLDER.exec(text) ?? []
    return name === undefined ? undefined : `#/components/schemas/${this.#finalName(name, io as Io)}`
  }

  /** All of them by their final names, in the order of first use. */
  entries(): [name: string, schema: JsonSchema][] {
    const schemas = new Map<string, JsonSchema>()
    for (const [name, forms] of this.#formsByName) {
      for (const io of ['output', 'input'] as const) {
        const form = forms[io]
        const finalName = this.#finalName(name, io)
        const isUsed = schemas.has(finalName) || (finalName !== name && this.#formsByName.has(finalName))
        if (form && isUsed && io === 'input' && this.#hasTwoForms(name))
          throw new TypeError(
            `'${finalName}', the name of the request schema in ${form.where}, is the name of another schema`,
          )
        if (form && !schemas.has(finalName)) schemas.set(finalName, form.schema)
      }
    }
    return [...schemas]
  }

  #finalName(name: string, io: Io): string {
    if (!name.startsWith(BUILT_IN)) return io === 'input' && this.#hasTwoForms(name) ? `${name}Input` : name
    const plainName = name.slice(BUILT_IN.length)
    const others = Object.values(this.#formsByName.get(plainName) ?? {})
    const own = this.#formsByName.get(name)?.output?.text
    return others.every(({ text }) => text === own) ? plainName : `${plainName}Details`
  }

  #hasTwoForms(name: string): boolean {
    this.#namesWithTwoForms ??= this.#compareForms()
    return this.#namesWithTwoForms.has(name)
  }

  /** Names of schemas whose forms differ, directly or in a schema they refer to. */
  #compareForms(): ReadonlySet<string> {
    const differing = new Set<string>()
    const both = [...this.#formsByName].filter(([, { input, output }]) => input && output)
    for (const [name, { input, output }] of both) {
      if (input?.text.replaceAll(`${MARK}:input:`, `${MARK}:output:`) !== output?.text) differing.add(name)
    }
    for (let size = -1; size !== differing.size; ) {
      size = differing.size
      for (const [name, { output }] of both) {
        const references = [...(output?.text ?? '').matchAll(PLACEHOLDERS)].map(
          ([, other]) => other as string,
        )
        if (references.some((other) => differing.has(other))) differing.add(name)
      }
    }
    return differing
  }
}

/** Equal for schemas that differ only in the order of members or of `required`. */
const canonicalText = /* @__PURE__ */ oncePerObject((schema: JsonSchema | boolean): string =>
  JSON.stringify(canonical(schema)),
)

function canonical(part: unknown, name?: string): unknown {
  if (Array.isArray(part)) {
    const items = name === 'required' ? [...part].sort() : part
    return items.map((item) => canonical(item))
  }
  if (!isPlain(part)) return part
  const sorted: Record<string, unknown> = {}
  for (const member of Object.keys(part).sort()) put(sorted, member, canonical(part[member], member))
  return sorted
}
