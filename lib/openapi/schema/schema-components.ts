/**
 * The schemas of a document that have names: each once, its form for requests apart only where it differs.
 *
 *     Pet with a default: input { name? }, output { name }  →  PetInput, Pet
 */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain } from '../../schema/record.ts'

/** What is taken, or what is made. */
export type Io = 'input' | 'output'

interface Form {
  readonly schema: JsonSchema
  /** Canonical, to be compared. */
  readonly text: string
  /** Whose schema it was first. */
  readonly where: string
}

type Forms = { [io in Io]?: Form }

/** Stands in `$ref` until all names are known. */
const TOKEN = /^~schema:(input|output):(.+)$/
const TOKENS = /~schema:(?:input|output):([^"\\]+)/g
/** Begins the name of a schema that is ours, and steps aside for one of the user's. */
const OURS = '~'

export class SchemaComponents {
  readonly #forms = new Map<string, Forms>()
  #differing: ReadonlySet<string> | undefined
  #size = 0

  /** What a schema says in place of another. */
  static refTo(name: string, io: Io): JsonSchema {
    return { $ref: `~schema:${io}:${name}` }
  }

  /** How many there are so far, forms apart. */
  get size(): number {
    return this.#size
  }

  /** Whether a name is free for this schema, or is this schema's already. */
  fits(name: string, io: Io, schema: JsonSchema): boolean {
    const known = this.#forms.get(name)?.[io]
    return !known || known.text === textOf(schema)
  }

  /** The schema, or what says it by a name, where this name is its own: one that contains itself from without. */
  nameFor<S extends JsonSchema | boolean>(schema: S, name: string, io: Io): S | JsonSchema {
    const known = this.#forms.get(name)?.[io]
    return known && known.text === textOf(schema) ? SchemaComponents.refTo(name, io) : schema
  }

  /** @throws {TypeError} for another schema of the same name, naming where both come from. */
  add(name: string, io: Io, schema: JsonSchema, where: string): JsonSchema {
    const forms = this.#forms.get(name) ?? {}
    this.#forms.set(name, forms)
    const text = textOf(schema)
    const known = forms[io]
    if (known && known.text !== text)
      throw new TypeError(`'${name}' names two different schemas: in ${known.where} and in ${where}`)
    if (!known) {
      forms[io] = { schema, text, where }
      this.#size++
      this.#differing = undefined
    }
    return SchemaComponents.refTo(name, io)
  }

  /** One of ours: `Problem`, or `ProblemDetails` where the user has a `Problem` of another shape. */
  addOurs(name: string, schema: JsonSchema): JsonSchema {
    return this.add(OURS + name, 'output', schema, 'mazurka')
  }

  /** The final `$ref` of a stand-in; undefined for any other text. */
  resolve(text: string): string | undefined {
    const [, io, name] = TOKEN.exec(text) ?? []
    return name === undefined ? undefined : `#/components/schemas/${this.#finalName(name, io as Io)}`
  }

  /** All of them under their final names, in the order of their first use. */
  entries(): [name: string, schema: JsonSchema][] {
    const found = new Map<string, JsonSchema>()
    for (const [name, forms] of this.#forms) {
      for (const io of ['output', 'input'] as const) {
        const form = forms[io]
        const finalName = this.#finalName(name, io)
        const isTaken = found.has(finalName) || (finalName !== name && this.#forms.has(finalName))
        if (form && isTaken && io === 'input' && this.#differs(name))
          throw new TypeError(
            `'${finalName}', the schema for requests in ${form.where}, has a name that is taken`,
          )
        if (form && !found.has(finalName)) found.set(finalName, form.schema)
      }
    }
    return [...found]
  }

  #finalName(name: string, io: Io): string {
    if (!name.startsWith(OURS)) return io === 'input' && this.#differs(name) ? `${name}Input` : name
    const plain = name.slice(OURS.length)
    const others = Object.values(this.#forms.get(plain) ?? {})
    const own = this.#forms.get(name)?.output?.text
    return others.every(({ text }) => text === own) ? plain : `${plain}Details`
  }

  #differs(name: string): boolean {
    this.#differing ??= this.#compare()
    return this.#differing.has(name)
  }

  /** The names whose forms differ, or lead to such. */
  #compare(): ReadonlySet<string> {
    const differing = new Set<string>()
    const both = [...this.#forms].filter(([, { input, output }]) => input && output)
    for (const [name, { input, output }] of both) {
      if (input?.text.replaceAll('~schema:input:', '~schema:output:') !== output?.text) differing.add(name)
    }
    for (let size = -1; size !== differing.size; ) {
      size = differing.size
      for (const [name, { output }] of both) {
        const named = [...(output?.text ?? '').matchAll(TOKENS)].map(([, other]) => other as string)
        if (named.some((other) => differing.has(other))) differing.add(name)
      }
    }
    return differing
  }
}

/** The same for schemas that say the same, in whatever order. */
function textOf(schema: JsonSchema | boolean): string {
  return JSON.stringify(schema, (key, value) => {
    if (key === 'required' && Array.isArray(value)) return [...value].sort()
    return isPlain(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  })
}
