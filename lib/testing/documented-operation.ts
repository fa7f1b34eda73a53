/** The place in an OpenAPI document that speaks of an answer. */
import { parseFragment, pointerOf } from '../json/json-pointer.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'

/** A part of a document, and where it stands; references are followed. */
export interface Part {
  readonly value: Readonly<Record<string, unknown>>
  readonly path: readonly string[]
}

/** The operation of a method at a path, with or without the path of a server before it. */
export function operationAt(document: OpenApiDocument, method: string, pathname: string): Part | undefined {
  const own = method.toLowerCase()
  const names = method === 'HEAD' ? [own, 'get'] : [own, `x-${own}`]
  const templates = Object.keys(document.paths)
    .map((template) => ({ template, wanted: segmentsOf(template) }))
    .sort((a, b) => literalsIn(b.wanted) - literalsIn(a.wanted))
  for (const isLong of [false, true]) {
    for (const segments of placesOf(document, pathname).map(segmentsOf)) {
      for (const { template, wanted } of templates) {
        if (!matches(wanted, segments, isLong)) continue
        const item = partAt(document, ['paths', template])
        const [found] = names.flatMap((name) => (item && partIn(document, item, name)) ?? [])
        if (found && (!isLong || takesSlashes(document, found, wanted.at(-1) ?? ''))) return found
      }
    }
  }
  return undefined
}

/** The response of a status: its own, that of its class, or `default`, which is no success where one is told. */
export function responseIn(document: OpenApiDocument, operation: Part, status: number): Part | undefined {
  const responses = partIn(document, operation, 'responses')
  if (!responses) return undefined
  const found =
    partIn(document, responses, String(status)) ?? partIn(document, responses, `${String(status)[0]}XX`)
  if (found) return found
  const tellsSuccess = Object.keys(responses.value).some((key) => key.startsWith('2'))
  return status < 400 && tellsSuccess ? undefined : partIn(document, responses, 'default')
}

/** A member of a part; undefined when it has none of that name. */
export function partIn(document: OpenApiDocument, { value, path }: Part, name: string): Part | undefined {
  return Object.hasOwn(value, name) ? partAt(document, [...path, name]) : undefined
}

/** Where a part stands, as people read it. */
export function placeOf({ path }: Part): string {
  return decodeURI(pointerOf(path))
}

function partAt(document: OpenApiDocument, path: readonly string[]): Part | undefined {
  let place = path
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const value = place.reduce<unknown>((tree, name) => (tree as Record<string, unknown>)?.[name], document)
    if (typeof value !== 'object' || value === null) return undefined
    const { $ref } = value as { $ref?: unknown }
    const target = typeof $ref === 'string' ? parseFragment($ref) : undefined
    if (!target) return { value: value as Part['value'], path: place }
    place = target
  }
  return undefined
}

/** References to references; a circle of them leads nowhere. */
const MAX_HOPS = 32

/** The path itself, and what is left of it behind the paths of the servers. */
function placesOf({ servers = [] }: OpenApiDocument, pathname: string): string[] {
  const prefixes = servers.map(({ url }) => {
    const text = String(url)
    return (URL.canParse(text) ? new URL(text).pathname : text).replace(/\/$/, '')
  })
  const below = prefixes.filter((prefix) => prefix !== '' && pathname.startsWith(`${prefix}/`))
  return [pathname, ...below.map((prefix) => pathname.slice(prefix.length))]
}

/** Decoded; a slash at the end makes no difference. */
function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, '').split('/').map(decoded)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** @param isLong whether a parameter at the end takes all that is left, slashes and all. */
function matches(wanted: readonly string[], segments: readonly string[], isLong: boolean): boolean {
  const isOpen = isLong && /^\{[^{}]+\}$/.test(wanted.at(-1) ?? '')
  if (isOpen ? segments.length < wanted.length : segments.length !== wanted.length) return false
  return wanted.every((segment, index) => fits(segment, segments[index] ?? ''))
}

/** A segment may have parameters among its letters: `{id}.json`. */
function fits(wanted: string, segment: string): boolean {
  const texts = wanted.split(/\{[^{}]+\}/)
  if (texts.length === 1) return wanted === segment
  const literal = texts.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${literal.join('.+')}$`, 's').test(segment)
}

/** OpenAPI has no word for a parameter with slashes in it: what is no text cannot have any. */
function takesSlashes(document: OpenApiDocument, operation: Part, segment: string): boolean {
  const parameters = partIn(document, operation, 'parameters')
  return Object.keys(parameters?.value ?? {}).some((index) => {
    const { in: location, name, schema } = (parameters && partIn(document, parameters, index))?.value ?? {}
    const { type, format } = (schema ?? {}) as { type?: unknown; format?: unknown }
    return location === 'path' && `{${name}}` === segment && type === 'string' && format === undefined
  })
}

function literalsIn(segments: readonly string[]): number {
  return segments.filter((segment) => !segment.includes('{')).length
}
