/**
 * Pre- and postprocessors: functions of the application around each operation.
 *
 *     preprocessors: { GET_COLLECTION: [({ filters, request }) => { filters.push(ownRowsOf(request)) }] }
 *
 * A preprocessor may change what it gets, return another id, or throw; a postprocessor may change the document.
 */
import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { suggestion } from '../../registry/nearest.ts'
import type { Document } from '../document/document.ts'
import type { Database } from '../model/dialect.ts'
import type { FilterObject } from '../query/filter-object.ts'
import type { RawSortKey } from '../query/sort.ts'

/** Operations that preprocessors run before. */
export const PREPROCESSORS = [
  'GET_COLLECTION',
  'GET_RESOURCE',
  'GET_RELATION',
  'GET_RELATED_RESOURCE',
  'GET_RELATIONSHIP',
  'POST_RESOURCE',
  'PATCH_RESOURCE',
  'DELETE_RESOURCE',
  'POST_RELATIONSHIP',
  'PATCH_RELATIONSHIP',
  'DELETE_RELATIONSHIP',
] as const

/** Operations that postprocessors run after. */
export const POSTPROCESSORS = [
  'GET_COLLECTION',
  'GET_RESOURCE',
  'GET_TO_MANY_RELATION',
  'GET_TO_ONE_RELATION',
  'GET_RELATED_RESOURCE',
  'GET_TO_MANY_RELATIONSHIP',
  'GET_TO_ONE_RELATIONSHIP',
  'POST_RESOURCE',
  'PATCH_RESOURCE',
  'DELETE_RESOURCE',
  'POST_RELATIONSHIP',
  'PATCH_RELATIONSHIP',
  'DELETE_RELATIONSHIP',
] as const

export type PreprocessorKind = (typeof PREPROCESSORS)[number]
export type PostprocessorKind = (typeof POSTPROCESSORS)[number]

/** The argument of a processor; each operation has those members that it knows. */
export interface ProcessorContext {
  readonly request: IncomingMessage
  /** The database; in a write its transaction. */
  readonly db: Database
  /** The type of the collection. */
  readonly type: string
  resourceId?: string
  relationName?: string
  relatedResourceId?: string
  /** The whole document of the request. */
  data?: unknown
  /** Filter objects as the client sends them, those of simple filters included; checked. Others may name hidden fields. */
  filters?: FilterObject[]
  /** Of fields that the client sees. */
  sort?: RawSortKey[]
  single?: boolean
  /** The document of the response. */
  result?: Document | Record<string, never>
  wasDeleted?: boolean
}

export type Processor = (context: ProcessorContext) => unknown
export type Processors<Kind extends string> = Readonly<Partial<Record<Kind, readonly Processor[]>>>

/** @throws {TypeError} for an unknown operation, and for a value that is no list of functions. */
export function checkProcessors(where: string, processors: object, kinds: readonly string[]): void {
  for (const [kind, list] of Object.entries(processors)) {
    if (!kinds.includes(kind))
      throw new TypeError(`${where} cannot have '${kind}'${suggestion(kind, kinds)}: use ${kinds.join(', ')}`)
    const odd: unknown = Array.isArray(list) ? list.find((one) => typeof one !== 'function') : list
    if (odd !== undefined)
      throw new TypeError(`${where}, in '${kind}', takes a list of functions, not ${inspect(odd)}`)
  }
}

/** The processors of a manager before those of one API. */
export function joinProcessors<Kind extends string>(
  universal: Processors<Kind> | undefined,
  own: Processors<Kind> | undefined,
): Processors<Kind> {
  const kinds = Object.keys({ ...universal, ...own }) as Kind[]
  const joined: Partial<Record<Kind, readonly Processor[]>> = {}
  for (const kind of kinds) joined[kind] = [...(universal?.[kind] ?? []), ...(own?.[kind] ?? [])]
  return joined
}

/** The members that a return value of a preprocessor replaces, in its order. */
const REPLACED = ['resourceId', 'relationName', 'relatedResourceId'] as const

/**
 * Runs processors one after another. A preprocessor may return another id, or a list: the id, the name of the relationship, the
 * id of the related resource.
 *
 * @throws {TypeError} for a return value that is neither.
 */
export async function runProcessors(
  processors: readonly Processor[] | undefined,
  context: ProcessorContext,
): Promise<void> {
  for (const processor of processors ?? []) replace(context, await processor(context))
}

function replace(context: ProcessorContext, returned: unknown): void {
  if (returned === undefined || returned === null || context.resourceId === undefined) return
  const values = Array.isArray(returned) ? returned : [returned]
  for (const [index, value] of values.entries()) {
    const member = REPLACED[index]
    const isKnown = member !== undefined && context[member] !== undefined
    if (!isKnown || !(typeof value === 'string' || typeof value === 'number'))
      throw new TypeError(
        `A preprocessor returned ${inspect(returned)}: return an id, or a list of an id, the name of a relationship and the id of its resource`,
      )
    context[member] = String(value)
  }
}
