/**
 * `$ref` and `$dynamicRef` within one document.
 *
 *     #   #/$defs/Pet   #/properties/a~1b/items   #pet   pet.json#/items   https://example.org/pet
 *
 * JSON Schema 2020-12 Core §8.2 (base URIs and anchors), §8.2.3 (references); RFC 6901 §6 (pointers as fragments).
 */
import { parseFragment } from '../json/json-pointer.ts'
import { isPlain, type PlainRecord } from './record.ts'

/** The schemas of a document with a URI of their own. */
interface Index {
  /** Schemas with `$id`, and those with an anchor: `https://example.org/pet`, `https://example.org/pet#tag`. */
  readonly byUri: Map<string, PlainRecord>
  /** The first schema of each `$id` and anchor as it is written, for references that no URI leads to. */
  readonly asWritten: Map<string, PlainRecord>
  /** Base URIs. */
  readonly bases: WeakMap<object, string>
}

const indexes = new WeakMap<object, Index>()

/**
 * The target of a reference; undefined for a missing target, and for another document.
 *
 * @param from The schema with the reference: the `$id`s around it are its base. Default: the root.
 */
export function resolve(root: object, reference: unknown, from: object = root): unknown {
  if (typeof reference !== 'string') return undefined
  const tokens = parseFragment(reference)
  if (tokens && from === root) return follow(root, tokens)
  const { byUri, asWritten } = indexOf(root)
  const [uri, fragment] = addressOf(root, reference, from)
  const inner = parseFragment(fragment || '#')
  const found = inner ? follow(byUri.get(uri), inner) : byUri.get(uri + fragment)
  // Some libraries write pointers from the root, whatever `$id` is around them.
  return found ?? asWritten.get(reference) ?? (tokens && follow(root, tokens))
}

/** The URI of the document that a reference leads to, and the fragment. @param from as in {@link resolve}. */
export function addressOf(root: object, reference: string, from: object): readonly [string, string] {
  const { bases } = indexOf(root)
  const end = `${reference}#`.indexOf('#')
  return [absolute(reference.slice(0, end), bases.get(from) ?? bases.get(root)), reference.slice(end)]
}

/** The targets of a schema's `$ref` and `$dynamicRef`; undefined for a missing one. */
export function targetsOf(root: object, schema: PlainRecord): unknown[] {
  const { $ref, $dynamicRef } = schema
  const targets = $ref === undefined ? [] : [resolve(root, $ref, schema)]
  if ($dynamicRef !== undefined) targets.push(resolveDynamic(root, $dynamicRef, schema))
  return targets
}

/** Core §8.2.3.2, without a dynamic scope: only its outermost schema, the root, is always known. */
function resolveDynamic(root: object, reference: unknown, from: object): unknown {
  const target = resolve(root, reference, from)
  const name = isPlain(target) ? target.$dynamicAnchor : undefined
  if (typeof name !== 'string' || !String(reference).endsWith(`#${name}`)) return target
  const { byUri, bases } = indexOf(root)
  const outermost = byUri.get(`${bases.get(root)}#${name}`)
  return outermost?.$dynamicAnchor === name ? outermost : target
}

function follow(from: unknown, tokens: readonly string[]): unknown {
  let target = from
  for (const token of tokens) {
    if (!(isPlain(target) || Array.isArray(target)) || !Object.hasOwn(target, token)) return undefined
    target = (target as PlainRecord)[token]
  }
  return target
}

/** Base URI of a document without an absolute one. */
export const UNNAMED = 'schema:/'
/** Keywords whose members have any names, and those whose value is no schema. */
const MAPS = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', 'dependencies'],
  ...['$defs', 'definitions'],
])
const DATA = new Set(['const', 'enum', 'default', 'examples'])

function indexOf(root: object): Index {
  const index = indexes.get(root) ?? { byUri: new Map(), asWritten: new Map(), bases: new WeakMap() }
  if (!indexes.has(root)) add(index, root, UNNAMED, false)
  indexes.set(root, index)
  return index
}

function add(index: Index, part: unknown, outer: string, isMap: boolean): void {
  if (Array.isArray(part)) for (const item of part) add(index, item, outer, false)
  if (!isPlain(part) || index.bases.has(part)) return
  const base = isMap ? outer : addNames(index, part, outer)
  index.bases.set(part, base)
  for (const name of Object.keys(part))
    if (isMap || !DATA.has(name)) add(index, part[name], base, !isMap && MAPS.has(name))
}

/** Adds the `$id` and the anchors of a schema. @returns Its base URI. */
function addNames({ byUri, asWritten }: Index, schema: PlainRecord, outer: string): string {
  const addTo = (map: Map<string, PlainRecord>, key: string) => map.has(key) || map.set(key, schema)
  const { $id, $anchor, $dynamicAnchor } = schema
  const base = typeof $id === 'string' && !$id.startsWith('#') ? absolute($id, outer) : outer
  if (base !== outer || byUri.size === 0) addTo(byUri, base)
  if (typeof $id === 'string') addTo(asWritten, $id)
  for (const anchor of [$anchor, $dynamicAnchor]) {
    if (typeof anchor !== 'string') continue
    addTo(byUri, `${base}#${anchor}`)
    addTo(asWritten, `#${anchor}`)
  }
  return base
}

/** A URI without its fragment, by RFC 3986 §5; one that cannot be resolved stays. */
export function absolute(uri: string, base = UNNAMED): string {
  if (uri === '') return base
  const text = URL.canParse(uri, base) ? new URL(uri, base).href : uri
  return text.replace(/#.*/s, '')
}

/** The name of the definition that a `$ref` refers to: `Pet` for `#/$defs/Pet`; undefined for other targets. */
export function definitionName(reference: unknown): string | undefined {
  const [keyword, name, ...rest] = (typeof reference === 'string' && parseFragment(reference)) || []
  return (keyword === '$defs' || keyword === 'definitions') && rest.length === 0 ? name : undefined
}
