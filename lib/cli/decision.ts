/**
 * What becomes of a request, as far as method, path and header fields tell.
 *
 * The walk without a request: 404, 405, 406 and 415 in its order, or on to the handler.
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { reasonOf } from '../http/problem.ts'
import type { Explanation } from '../negotiation/outgoing.ts'
import { isMalformed } from '../routing/request-target.ts'
import { type Match, RouteTable } from '../routing/route-table.ts'
import { nameOf } from './routes.ts'
import type { Source } from './source.ts'

/** What is asked. */
export interface Asked {
  readonly method: string
  /** Percent-encoded, without a query. */
  readonly path: string
  readonly accept: string | undefined
  /** Of the content; undefined where there is none. */
  readonly contentType: string | undefined
}

export interface Decision {
  readonly method: string
  readonly path: string
  /** Undefined where the handler is reached: the status is its own. */
  readonly status: number | undefined
  /** Why, in a sentence. */
  readonly reason: string
  /** Undefined where there is none. */
  readonly endpoint?: {
    readonly name: string
    readonly method: string
    readonly path: string
    /** What the path told. */
    readonly params: Readonly<Record<string, unknown>>
  }
  /** The methods there are, where another was meant. */
  readonly allow?: readonly string[]
  /** Of the answer, problems among them; undefined where the handler writes by itself. */
  readonly contentType?: string
  /** How the type was chosen; undefined without an endpoint. */
  readonly negotiation?: Explanation
  /** Of the content: the type that was given, what is taken, and the entry that takes it. */
  readonly content?: {
    readonly contentType: string
    readonly takes: readonly string[]
    readonly takenAs: string | undefined
  }
}

export function decide(sources: readonly Source[], asked: Asked): Decision {
  const { method, path } = asked
  const refuse = (status: number, reason: string): Decision => ({ method, path, status, reason })
  if (isMalformed(path)) return refuse(400, 'Malformed percent-encoding in the path')
  const tables = sources.map(
    ({ endpoints, blueprint }) => new RouteTable(endpoints, blueprint.settings.strict ?? false),
  )
  const match = tables.map((table) => table.find(method, path)).find((found) => found !== undefined)
  if (match) return walk(match, asked)
  const knowing = tables.flatMap((table) => table.endpointsAt(path))
  if (knowing.length === 0) return refuse(404, `No endpoint is at ${path}`)
  const allow = allowOf(knowing)
  if (method === 'OPTIONS') return { ...refuse(204, `Answered for all: Allow: ${allow.join(', ')}`), allow }
  return { ...refuse(405, `${method} is not one of ${allow.join(', ')}`), allow }
}

function walk(match: Match<Endpoint>, asked: Asked): Decision {
  const { endpoint, params } = match
  const { method, path } = asked
  const negotiation = endpoint.explain(asked.accept === undefined ? {} : { accept: asked.accept })
  const content = contentOf(endpoint, asked)
  const { status, reason, contentType } = outcome(endpoint, asked, negotiation, content)
  return {
    method,
    path,
    status,
    reason,
    endpoint: { name: nameOf(endpoint), method: endpoint.method, path: endpoint.path, params },
    ...(contentType === undefined ? {} : { contentType }),
    negotiation,
    ...(content ? { content } : {}),
  }
}

type Outcome = Pick<Decision, 'status' | 'reason'> & { readonly contentType: string | undefined }

function outcome(
  endpoint: Endpoint,
  { accept }: Asked,
  { contentType, reason }: Explanation,
  content: Decision['content'],
): Outcome {
  const { outgoing, errorTypes: failures, defaultOffer, owner: blueprint } = endpoint
  const told = (failures?.best(accept) ?? failures?.offers[0])?.contentType ?? 'application/problem+json'
  const isRefused = outgoing !== undefined && contentType === undefined
  if (isRefused && blueprint.settings.notAcceptable !== 'default')
    return { status: 406, reason, contentType: told }
  if (content && content.takenAs === undefined) {
    const takes = content.takes.length > 0 ? content.takes.join(', ') : 'no content'
    const unknown = `${content.contentType} is not taken: this takes ${takes}`
    return { status: 415, reason: unknown, contentType: told }
  }
  if (!isRefused) return { status: undefined, reason, contentType }
  const lenient = `${reason}, and the blueprint sends its first type all the same`
  return { status: undefined, reason: lenient, contentType: defaultOffer.contentType }
}

/** Undefined without content, and where anything is taken. */
function contentOf({ incoming }: Endpoint, { contentType }: Asked): Decision['content'] {
  if (contentType === undefined || !incoming) return undefined
  return { contentType, takes: incoming.types, takenAs: incoming.match(contentType)?.entry }
}

/** HEAD comes with GET, OPTIONS with everything. */
function allowOf(endpoints: readonly Endpoint[]): readonly string[] {
  const methods = endpoints.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...new Set([...methods, 'OPTIONS'])]
}

/** A status with its words. */
export function statusLine(status: number): string {
  return `${status} ${reasonOf(status)}`
}
