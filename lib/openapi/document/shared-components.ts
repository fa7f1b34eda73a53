/** Responses, header fields and parameters that many operations share: each once, where it is used at all. */
import type { JsonSchema } from '../../schema/json-schema.ts'

type Kind = 'responses' | 'parameters' | 'headers'

export class SharedParts {
  readonly #parts: Readonly<Record<Kind, Map<string, { readonly part: JsonSchema; readonly text: string }>>> =
    {
      responses: new Map(),
      parameters: new Map(),
      headers: new Map(),
    }
  readonly #reserved: ReadonlySet<string>

  /** @param reserved References whose names the developer has taken: `#/components/responses/NotFound`. */
  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set(reserved)
  }

  /** A `$ref` to it; or the part itself, where its name stands for another. */
  share(kind: Kind, name: string, part: JsonSchema): JsonSchema {
    const $ref = `#/components/${kind}/${name}`
    if (this.#reserved.has($ref)) return part
    const known = this.#parts[kind].get(name)
    if (!known) {
      this.#parts[kind].set(name, { part, text: JSON.stringify(part) })
      return { $ref }
    }
    return known.part === part || known.text === JSON.stringify(part) ? { $ref } : part
  }

  /** What a `$ref` of ours stands for. */
  expand(reference: string): JsonSchema | undefined {
    const [, kind, name] = /^#\/components\/(responses|parameters|headers)\/(.+)$/.exec(reference) ?? []
    return name === undefined ? undefined : this.#parts[kind as Kind].get(name)?.part
  }

  /** By kind and name, in the order of their first use. */
  toComponents(): Record<string, Record<string, JsonSchema>> {
    const found: Record<string, Record<string, JsonSchema>> = {}
    for (const [kind, parts] of Object.entries(this.#parts)) {
      if (parts.size > 0) found[kind] = Object.fromEntries([...parts].map(([name, { part }]) => [name, part]))
    }
    return found
  }
}
