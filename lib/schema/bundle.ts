/**
 * A JSON Schema together with the schemas it refers to, as one document.
 *
 *     { $ref: 'pet#' }  →  { $ref: '#/$defs/pet', $defs: { pet: { properties: … } } }
 *
 * It is for descriptions alone. Every target of another document becomes a definition of its own, without the `$id`s of
 * its document, which would be the base of the new references.
 */
import { fragmentOf, parseFragment } from '../json/json-pointer.ts'
import type { JsonSchema } from './json-schema.ts'
import { isPlain, put } from './record.ts'
import { absolute, addressOf, resolve, UNNAMED } from './reference.ts'
import { freeName, mapSchemas, mapSubschemas } from './subschema.ts'

/** The schema of a URI or a key; undefined for an unknown one. */
type FindSchema = (uri: string) => unknown

/** Keywords that would change the base of a reference, and those that no new reference leads to. */
const DROPPED = ['$id', '$schema', '$anchor', '$dynamicAnchor', '$recursiveAnchor', '$defs', 'definitions']
/** Keywords of the objects in which documents keep their definitions, also those of OpenAPI. */
const COLLECTIONS: readonly unknown[] = ['$defs', 'definitions', 'schemas']

/** The schema with the documents it refers to as definitions; itself where all its references lead into it. */
export function bundle(root: JsonSchema, find: FindSchema): JsonSchema {
  return new Bundle(root, find).make()
}

class Bundle {
  readonly #root: JsonSchema
  readonly #find: FindSchema
  /** Documents by the schema they consist of, with their URI as `$id`. */
  readonly #documents = new Map<unknown, JsonSchema>()
  /** References to the definitions, by their targets. */
  readonly #references = new Map<unknown, string>()
  readonly #definitions: Record<string, unknown> = {}
  #isChanged = false

  constructor(root: JsonSchema, find: FindSchema) {
    this.#root = withIds(root)
    this.#find = find
    this.#documents.set(root, this.#root)
  }

  make(): JsonSchema {
    const copy = this.#copyOf(this.#root, this.#root) as JsonSchema
    if (!this.#isChanged) return this.#root
    const own = isPlain(copy.$defs) ? copy.$defs : {}
    return { ...copy, $defs: { ...own, ...this.#definitions } }
  }

  /** @param document of the part, to which its references are relative. */
  #copyOf(part: unknown, document: JsonSchema): unknown {
    if (!isPlain(part)) return part
    const isOfRoot = document === this.#root
    const map = isOfRoot ? mapSchemas : mapSubschemas
    const copy = map(part, (inner) => this.#copyOf(inner, document))
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = part[keyword]
      if (typeof reference !== 'string') continue
      const isDynamic = keyword !== '$ref' && this.#isOutermost(reference, document)
      copy[keyword] = isDynamic
        ? reference.replace(/^.*#/s, '#')
        : this.#referenceTo(reference, part, document)
      if (copy[keyword] !== reference) this.#isChanged = true
    }
    if (!isOfRoot) for (const keyword of DROPPED) delete copy[keyword]
    return copy
  }

  /**
   * Whether a dynamic reference leads to the root, as the outermost schema: JSON Schema 2020-12 Core §8.2.3.2, 2019-09 Core
   * §8.2.4.2.
   */
  #isOutermost(reference: string, { $recursiveAnchor }: JsonSchema): boolean {
    const { $dynamicAnchor, $recursiveAnchor: ofRoot } = this.#root
    if (reference === '#') return $recursiveAnchor === true && ofRoot === true
    return typeof $dynamicAnchor === 'string' && reference.endsWith(`#${$dynamicAnchor}`)
  }

  #referenceTo(reference: string, from: JsonSchema, document: JsonSchema): string {
    const inner = resolve(document, reference, from)
    if (inner !== undefined && document === this.#root) return reference
    const [uri, fragment] = addressOf(document, reference, from)
    const home = inner === undefined ? this.#documentAt(uri, reference) : document
    if (!home) return reference
    if (home === this.#root && resolve(home, fragment || '#') !== undefined) return fragment || '#'
    const target = inner ?? resolve(home, fragment || '#') ?? this.#find(nameOf(uri) + fragment)
    return target === undefined ? reference : this.#define(target, home, uri + fragment)
  }

  /** The document of a URI; undefined for an unknown one. @param reference as it is written. */
  #documentAt(uri: string, reference: string): JsonSchema | undefined {
    const names = [nameOf(uri), `/${nameOf(uri)}`, reference.replace(/#.*/s, '')]
    let found: unknown
    for (const name of names) found ??= name === '' ? undefined : this.#find(name)
    const schema = typeof found === 'boolean' ? (found ? {} : { not: {} }) : found
    if (!isPlain(schema)) return undefined
    const known = this.#documents.get(schema)
    if (known) return known
    const written = withIds(schema)
    const id = String(written.$id)
    const document = { ...written, $id: URL.canParse(id) ? absolute(id) : uri } // a key may be another URI
    this.#documents.set(schema, document)
    return document
  }

  #define(target: unknown, home: JsonSchema, uri: string): string {
    const known = this.#references.get(target)
    if (known !== undefined) return known
    const { $defs, definitions } = this.#root
    const name = freeName(keyOf(uri), [this.#definitions, $defs, definitions])
    const reference = fragmentOf(['$defs', name])
    this.#references.set(target, reference)
    put(this.#definitions, name, true) // reserves the name, and its place
    put(this.#definitions, name, this.#copyOf(target, home))
    return reference
  }
}

/** The schema with the `id`s of draft-04 as `$id`s; itself where it has none. */
function withIds(schema: JsonSchema): JsonSchema {
  const renamed = (part: unknown): unknown => {
    if (!isPlain(part)) return part
    const copy = mapSchemas(part, renamed)
    const { id, ...others } = copy
    return typeof id === 'string' ? { $id: id, ...others } : copy
  }
  return JSON.stringify(schema).includes('"id":"') ? (renamed(schema) as JsonSchema) : schema
}

/** The URI as it is written in a document without a base. */
function nameOf(uri: string): string {
  return uri.startsWith(UNNAMED) ? uri.slice(UNNAMED.length) : uri
}

/** The key of a definition: of the document, the anchor, or the definition in it; empty for other parts. */
function keyOf(uri: string): string {
  const [path = '', fragment = ''] = uri.split('#')
  const tokens = parseFragment(`#${fragment}`)
  if (!tokens) return fragment
  if (tokens.length > 0) return COLLECTIONS.includes(tokens.at(-2)) ? (tokens.at(-1) ?? '') : ''
  return path
    .replace(/[/:?]+$/, '')
    .replace(/^.*[/:]/s, '')
    .replace(/(\.schema)?\.json$/, '')
}
