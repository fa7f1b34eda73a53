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
  /** References to parts, by kind, name and text. */
  readonly #references = new Map<string, string>()

  /** @param reserved References to components of the developer's: `#/components/responses/NotFound`. */
  constructor(reserved: Iterable<string>) {
    this.#reserved = new Set(reserved)
  }

  /**
   * A `$ref` to the component; a different part of the same name gets a number: `NotAcceptable2`. The part itself,
   * if the name is the developer's.
   */
  share(kind: Kind, name: string, part: JsonSchema): JsonSchema {
    if (this.#reserved.has(`#/components/${kind}/${name}`)) return part
    const text = JSON.stringify(part)
    const id = `${kind}/${name}:${text}`
    const $ref = this.#references.get(id) ?? this.#add(kind, name, { part, text })
    this.#references.set(id, $ref)
    return { $ref }
  }

  #add(kind: Kind, name: string, component: Component): string {
    for (let count = 1; ; count++) {
      const key = count === 1 ? name : `${name}${count}`
      const $ref = `#/components/${kind}/${key}`
      if (this.#reserved.has($ref)) continue
      const known = this.#components[kind].get(key)
      if (!known) this.#components[kind].set(key, component)
      if (!known || known.text === component.text) return $ref
    }
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
