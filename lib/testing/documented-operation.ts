/** Look-up of operations and responses in an OpenAPI document. */
import { fragmentOf, parseFragment } from '../json/json-pointer.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import { oncePerObject } from '../registry/once-per-object.ts'
import { escapeText } from '../routing/converter.ts'

/** An object of a document with its path; a `$ref` is resolved. */
export interface DocumentNode {
  readonly value: Readonly<Record<string, unknown>>
  readonly path: readonly string[]
}

/** Operation of a method at a path; the path may begin with the path of a server. */
export function operationAt(
  document: OpenApiDocument,
  method: string,
  pathname: string,
): DocumentNode | undefined {
  const key = method.toLowerCase()
  const keys = method === 'HEAD' ? [key, 'get'] : [key, `x-${key}`]
  const templates = templatesOf(document)
  for (const allowsSlashes of [false, true]) {
    for (const segments of pathsBelowServers(document, pathname).map(segmentsOf)) {
      for (const { template, pattern } of templates) {
        if (!matches(pattern, segments, allowsSlashes)) continue
        const item = nodeAt(document, ['paths', template])
        const [found] = keys.flatMap((name) => (item && memberOf(document, item, name)) ?? [])
        if (found && (!allowsSlashes || acceptsSlashes(document, found, pattern.at(-1) ?? ''))) return found
      }
    }
  }
  return undefined
}

/** The path templates of a document in the order of their search. */
const templatesOf = /* @__PURE__ */ oncePerObject(({ paths }: OpenApiDocument) =>
  Object.keys(paths)
    .map((template) => ({ template, pattern: segmentsOf(template), order: orderOf(template) }))
    .sort((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order))),
)

/**
 * Response of a status: of the status itself, of its class (`2XX`), or `default`, which covers successes only
 * when the operation documents none.
 */
export function responseIn(
  document: OpenApiDocument,
  operation: DocumentNode,
  status: number,
): DocumentNode | undefined {
  const responses = memberOf(document, operation, 'responses')
  if (!responses) return undefined
  const found =
    memberOf(document, responses, String(status)) ?? memberOf(document, responses, `${String(status)[0]}XX`)
  if (found) return found
  const documentsSuccess = Object.keys(responses.value).some((key) => key.startsWith('2'))
  return status < 400 && documentsSuccess ? undefined : memberOf(document, responses, 'default')
}

/** Member of an object, its `$ref` resolved; undefined if it has no such member. */
export function memberOf(
  document: OpenApiDocument,
  { value, path }: DocumentNode,
  name: string,
): DocumentNode | undefined {
  return Object.hasOwn(value, name) ? nodeAt(document, [...path, name]) : undefined
}

/** Readable JSON Pointer of an object. */
export function locationOf({ path }: DocumentNode): string {
  return decodeURI(fragmentOf(path))
}

function nodeAt(document: OpenApiDocument, path: readonly string[]): DocumentNode | undefined {
  let current = path
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const value = current.reduce<unknown>((tree, name) => (tree as Record<string, unknown>)?.[name], document)
    if (typeof value !== 'object' || value === null) return undefined
    const { $ref } = value as { $ref?: unknown }
    const target = typeof $ref === 'string' ? parseFragment($ref) : undefined
    if (!target) return { value: value as DocumentNode['value'], path: current }
    current = target
  }
  return undefined
}

/** Limit of chained references: they may be circular. */
const MAX_HOPS = 32

/** The path itself, and the rest of it after the path of each server that it begins with. */
function pathsBelowServers({ servers = [] }: OpenApiDocument, pathname: string): string[] {
  const prefixes = servers.map(({ url }) => {
    const text = String(url)
    return (URL.canParse(text) ? new URL(text).pathname : text).replace(/\/$/, '')
  })
  const matching = prefixes.filter((prefix) => prefix !== '' && pathname.startsWith(`${prefix}/`))
  return [pathname, ...matching.map((prefix) => pathname.slice(prefix.length))]
}

/** Decoded segments, without a trailing slash. */
function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/').map(decode)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** @param allowsSlashes whether a parameter at the end matches all remaining segments. */
function matches(pattern: readonly string[], segments: readonly string[], allowsSlashes: boolean): boolean {
  const isOpen = allowsSlashes && /^\{[^{}]+\}$/.test(pattern.at(-1) ?? '')
  if (isOpen ? segments.length < pattern.length : segments.length !== pattern.length) return false
  return pattern.every((segment, index) => matchesSegment(segment, segments[index] ?? ''))
}

/** A segment may contain parameters and text: `{id}.json`. */
function matchesSegment(pattern: string, segment: string): boolean {
  const texts = pattern.split(/\{[^{}]+\}/)
  if (texts.length === 1) return pattern === segment
  const literal = texts.map(escapeText)
  return new RegExp(`^${literal.join('.+')}$`, 's').test(segment)
}

/** Whether a path parameter may contain slashes: OpenAPI cannot express that; any plain string may, and any list. */
function acceptsSlashes(document: OpenApiDocument, operation: DocumentNode, segment: string): boolean {
  const parameters = memberOf(document, operation, 'parameters')
  return Object.keys(parameters?.value ?? {}).some((index) => {
    const { in: location, name, schema } = (parameters && memberOf(document, parameters, index))?.value ?? {}
    const { type, format } = (schema ?? {}) as { type?: unknown; format?: unknown }
    const isText = type === 'array' || (type === 'string' && format === undefined)
    return location === 'path' && `{${name}}` === segment && isText
  })
}

/**
 * A text by which templates are sorted as routes are searched: at the first segment that differs, text comes before a segment
 * with text and parameters, that before a parameter, and a longer path before one that ends.
 */
function orderOf(template: string): string {
  const ranks = segmentsOf(template).map((segment) => {
    const parameters = segment.match(/\{[^{}]+\}/g) ?? []
    return parameters[0] === segment ? LAST : parameters.length
  })
  return `${ranks.join('')}~`
}

/** The rank of a segment that is one parameter. */
const LAST = 9
