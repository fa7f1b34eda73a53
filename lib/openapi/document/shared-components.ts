/** Responses, header fields and parameters that several operations use: each one a component. */
import type { JsonSchema } from '../../schema/json-schema.ts'

type Kind = 'responses' | 'parameters' | 'headers'

interface Component {
  readonly part: JsonSchema
  readonly text: string
}

export class SharedComponents {
  readonly #components: Readonly<Record<Kind, Map<string, Component>>> = {
    responses: new Map(),
    parameters: new Map(),
    headers: new Map(),
  }
  readonly #reserved: ReadonlySet<string>

  /** @param reserved References to components of the developer's: `#/components/responses/NotFound`. */
  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set(reserved)
  }

  /** A `$ref` to the component; the part itself, if its name belongs to a different part. */
  share(kind: Kind, name: string, part: JsonSchema): JsonSchema {
    const $ref = `#/components/${kind}/${name}`
    if (this.#reserved.has($ref)) return part
    const known = this.#components[kind].get(name)
    if (!known) {
      this.#components[kind].set(name, { part, text: JSON.stringify(part) })
      return { $ref }
    }
    return known.part === part || known.text === JSON.stringify(part) ? { $ref } : part
  }

  /** The target of a `$ref` made by {@link share}; undefined for any other reference. */
  expand(reference: string): JsonSchema | undefined {
    const [, kind, name] = /^#\/components\/(responses|parameters|headers)\/(.+)$/.exec(reference) ?? []
    return name === undefined ? undefined : this.#components[kind as Kind].get(name)?.part
  }

  /** All of them by kind and name, in the order of first use. */
  toComponents(): Record<string, Record<string, JsonSchema>> {
    const byKind: Record<string, Record<string, JsonSchema>> = {}
    for (const [kind, named] of Object.entries(this.#components)) {
      if (named.size > 0)
        byKind[kind] = Object.fromEntries([...named].map(([name, { part }]) => [name, part]))
    }
    return byKind
  }
}
