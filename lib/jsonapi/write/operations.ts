/**
 * Atomic operations: several changes in one request and one transaction.
 *
 * Each operation runs through the same handlers as a request of its own. Pointers of errors begin with its place:
 * `/atomic:operations/1/data/attributes/name`.
 *
 * Extension https://jsonapi.org/ext/atomic.
 */
import { memberError } from '../errors/issue.ts'
import type { Mode } from './change.ts'
import type { LocalIds } from './context.ts'
import { Issues, isObject } from './issues.ts'
import { type Operation, parseAtomicOperation, type Target, type TargetOfUrl } from './operation.ts'
import { withinOperation } from './operation-error.ts'

/** The outcome of an operation. */
interface OperationOutcome {
  /** The id of a new resource. */
  readonly id?: string
  /** The document of the response that a request of its own would have. */
  readonly document?: { readonly data?: unknown; readonly meta?: unknown }
}

/** A result object of the response. */
interface OperationResult {
  readonly data?: unknown
  readonly meta?: unknown
}

/** The changes of single requests, for the operations of one request. */
export interface OperationHandlers {
  /** The resources that they have created so far. */
  readonly localIds: LocalIds
  readonly targetOfUrl: TargetOfUrl
  create(target: Target, document: unknown): Promise<OperationOutcome>
  update(target: Target, id: string, document: unknown): Promise<OperationOutcome>
  delete(target: Target, id: string): Promise<OperationOutcome>
  changeRelationship(
    target: Target,
    id: string,
    name: string,
    mode: Mode,
    document: unknown,
  ): Promise<OperationOutcome>
}

const NAME = 'atomic:operations'

/** Operations of a request, at most. */
const MAX_OPERATIONS = 1000

const MODES = { add: 'add', update: 'replace', remove: 'remove' } as const

/**
 * Runs the operations of a document in their order, within the transaction of the handlers.
 *
 * @returns One result per operation; undefined where all of them are empty, for a 204.
 * @throws {HttpException} of the first operation that fails; 400 with all errors of the form.
 */
export async function runOperations(
  document: unknown,
  handlers: OperationHandlers,
  maxOperations: number = MAX_OPERATIONS,
): Promise<readonly OperationResult[] | undefined> {
  const operations = parseOperations(document, handlers.targetOfUrl, maxOperations)
  const results: OperationResult[] = []
  for (const [index, operation] of operations.entries()) {
    try {
      results.push(resultOf(await run(operation, handlers)))
    } catch (error) {
      throw withinOperation(error, [NAME, index])
    }
  }
  return results.some((result) => Object.keys(result).length > 0) ? results : undefined
}

function parseOperations(document: unknown, targetOfUrl: TargetOfUrl, max: number): readonly Operation[] {
  if (!isObject(document)) throw memberError(400, [], 'The document must be a JSON object')
  const other = ['data', 'included', 'errors', 'atomic:results'].find((name) => name in document)
  if (other !== undefined) throw memberError(400, [other], `A document with operations has no "${other}"`)
  const list = document[NAME]
  if (!Array.isArray(list) || list.length === 0) {
    throw memberError(400, list === undefined ? [] : [NAME], `The "${NAME}" must be a list of operations`)
  }
  if (list.length > max) throw memberError(400, [NAME], `A request has at most ${max} operations`)
  const issues = new Issues()
  const operations = list.map((value, index) =>
    parseAtomicOperation(value, [NAME, index], targetOfUrl, issues),
  )
  issues.throwIfAny()
  return operations.filter((operation) => operation !== undefined)
}

async function run(
  { op, target, targetIn, data }: Operation,
  handlers: OperationHandlers,
): Promise<OperationOutcome> {
  const { relationship } = target
  if (op === 'add' && relationship === undefined) return add(target, data, handlers)
  const id = idOf(target, targetIn, handlers.localIds)
  if (relationship !== undefined) {
    return handlers.changeRelationship(target, id, relationship, MODES[op], { data })
  }
  if (op === 'remove') return handlers.delete(target, id)
  return handlers.update(target, id, { data: withId(data, handlers.localIds) })
}

async function add(target: Target, data: unknown, handlers: OperationHandlers): Promise<OperationOutcome> {
  const outcome = await handlers.create(target, { data })
  const lid = isObject(data) ? data.lid : undefined
  if (
    typeof lid === 'string' &&
    outcome.id !== undefined &&
    !handlers.localIds.define(target.type, lid, outcome.id)
  ) {
    throw memberError(400, ['data', 'lid'], 'An earlier operation has a resource with the same lid')
  }
  return outcome
}

/** The id of a target. @throws {HttpException} 400 for a `lid` that no earlier operation has. */
function idOf({ type, id, lid = '' }: Target, targetIn: Operation['targetIn'], localIds: LocalIds): string {
  const found = id ?? localIds.idOf(type, lid)
  if (found !== undefined) return found
  throw memberError(400, [targetIn, 'lid'], `No earlier operation has created a ${type} with this lid`)
}

/** The resource object of an update: a `lid` stands for the id. */
function withId(data: unknown, localIds: LocalIds): unknown {
  if (!isObject(data) || data.id !== undefined || typeof data.lid !== 'string') return data
  const { lid, ...members } = data
  const id = localIds.idOf(String(data.type), lid as string)
  return id === undefined ? data : { ...members, id }
}

function resultOf({ document }: OperationOutcome): OperationResult {
  if (!document) return {}
  const { data, meta } = document
  return { ...(data === undefined ? {} : { data }), ...(meta === undefined ? {} : { meta }) }
}
