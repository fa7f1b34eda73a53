/**
 * Pre- and postprocessors: functions of the application around each operation.
 *
 *     preprocessors: { GET_COLLECTION: [({ filters, request }) => { filters?.push(ownRowsOf(request)) }] }
 *
 * A preprocessor may change what it gets, return another id, or throw; a postprocessor may change the document, and what it
 * returns is ignored.
 */
import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { suggestion } from '../../registry/nearest.ts'
import type { Document } from '../document/document.ts'
import { type ValidationClass, validationErrors } from '../errors/validation-errors.ts'
import type { Database } from '../model/dialect.ts'
import type { FilterObject } from '../query/filter-object.ts'
import type { RawSortKey } from '../query/sort.ts'
import { runUserCode } from '../write/user-code.ts'

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
  /** The database, with its plugins; in a write its transaction. */
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
  /** The document of the response. Postprocessors may change its members. */
  readonly result?: Document | Record<string, never>
  wasDeleted?: boolean
}

/**
 * A function around an operation. A preprocessor of an operation on one resource returns nothing, another id as a string, or a
 * list of strings: the id, the name of the relationship, the id of the related resource. All others return what they like.
 */
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

/** The part of an API that has its processors. */
interface Processing {
  readonly preprocessors: Processors<PreprocessorKind>
  readonly postprocessors: Processors<PostprocessorKind>
  readonly options: {
    readonly processorTimeoutSeconds?: number | undefined
    readonly validationExceptions?: readonly ValidationClass[]
  }
}

/** The members that a return value of a preprocessor replaces, in its order. */
const REPLACED = ['resourceId', 'relationName', 'relatedResourceId'] as const

/**
 * Runs preprocessors one after another. Before an operation on one resource they may return another id, or a list: the id, the
 * name of the relationship, the id of the related resource.
 *
 * @throws {BadRequest} 400, for an error of the application's own validation.
 * @throws {TypeError} for a return value that is neither.
 * @throws {Error} 500, for one that takes longer than the limit.
 */
export async function runPreprocessors(
  { preprocessors, options }: Processing,
  kind: PreprocessorKind,
  context: ProcessorContext,
): Promise<void> {
  const { processorTimeoutSeconds, validationExceptions = [] } = options
  for (const processor of preprocessors[kind] ?? []) {
    const run = async () => processor(context)
    const runChecked = () =>
      run().catch((error) => {
        throw validationErrors(error, validationExceptions, context.data ?? null) ?? error
      })
    const returned = await runUserCode(runChecked, processorTimeoutSeconds)
    if (returned === undefined || returned === null || context.resourceId === undefined) continue
    const values: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
    for (const [index, value] of values.entries()) {
      const member = REPLACED[index]
      if (member === undefined || context[member] === undefined || typeof value !== 'string')
        throw new TypeError(
          `${nameOf(processor)} of preprocessors.${kind} returned ${inspect(returned)}: return nothing, an id as a string, or a list of an id, the name of a relationship and the id of its resource`,
        )
      context[member] = value
    }
  }
}

/**
 * Runs postprocessors one after another. What they return is ignored.
 *
 * @throws {TypeError} for one that puts another document in place of the result.
 * @throws {Error} 500, for one that takes longer than the limit.
 */
export async function runPostprocessors(
  { postprocessors, options }: Processing,
  kind: PostprocessorKind,
  context: ProcessorContext,
): Promise<void> {
  const { result } = context
  for (const processor of postprocessors[kind] ?? []) {
    await runUserCode(() => processor(context), options.processorTimeoutSeconds)
    if (context.result !== result)
      throw new TypeError(
        `${nameOf(processor)} of postprocessors.${kind} has replaced 'result': change its members`,
      )
  }
}

function nameOf({ name }: Processor): string {
  return name === '' ? 'A function' : `The function '${name}'`
}
