/** The part of a document that one of its schemas needs: itself, and all that references lead to, at the same places. */
import { parseFragment } from '../json/json-pointer.ts'
import { isPlain, type PlainRecord, put } from '../schema/record.ts'

/** Keywords that name a schema, or lead to one by its name: they need the whole document. */
const BY_NAME = ['$id', '$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveAnchor', '$recursiveRef']

/**
 * The document reduced to a schema; the whole document where a reference is no JSON Pointer that leads to a schema, or
 * schemas have names.
 */
export function partFor(document: PlainRecord, pointer: string): PlainRecord {
  const part: PlainRecord = {}
  const containers = new Set<object>([part])
  const references = new Set([pointer])
  for (const reference of references) {
    const tokens = parseFragment(reference) ?? []
    const target = tokens.reduce<unknown>(
      (found, token) => (isContainer(found) && Object.hasOwn(found, token) ? found[token] : undefined),
      document,
    )
    const isSchema = tokens.length > 0 && (isPlain(target) || typeof target === 'boolean')
    if (!isSchema || !addReferences(target, references)) return document
    place(part, tokens, target, containers)
  }
  return part
}

/** Adds the references in a part of a schema to a set. @returns False for a schema with a name, and a reference to one. */
function addReferences(part: unknown, references: Set<string>): boolean {
  if (!isContainer(part)) return true
  if (!Array.isArray(part)) {
    if (BY_NAME.some((keyword) => keyword in part)) return false
    if (typeof part.$ref === 'string') references.add(part.$ref)
  }
  return Object.values(part).every((inner) => addReferences(inner, references))
}

/** Puts a value at the place that it has in the document. */
function place(part: PlainRecord, tokens: readonly string[], value: unknown, containers: Set<object>): void {
  let container = part
  for (const token of tokens.slice(0, -1)) {
    if (!Object.hasOwn(container, token)) {
      const inner: PlainRecord = {}
      containers.add(inner)
      put(container, token, inner)
    }
    container = container[token] as PlainRecord
    if (!containers.has(container)) return // has all of the document there
  }
  put(container, tokens.at(-1) as string, value)
}

function isContainer(value: unknown): value is PlainRecord {
  return isPlain(value) || Array.isArray(value)
}
