/**
 * Result of a request as far as its method, path and header fields decide it.
 *
 * The walk without a request: 404, 405, 406 and 415 in its order, or the handler.
 */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { reasonOf } from '../http/problem.ts'
import type { Explanation } from '../negotiation/outgoing.ts'
import { isMalformed } from '../routing/request-target.ts'
import { type Match, RouteTable } from '../routing/route-table.ts'
import { nameOf } from './routes.ts'
import type { Source } from './source.ts'

/** The request to explain. */
export interface ExplainQuery {
  readonly method: string
  /** Percent-encoded, without a query. */
  readonly path: string
  readonly accept: string | undefined
  /** Content-Type of the request; undefined without content. */
  readonly contentType: string | undefined
}

export interface Decision {
  readonly method: string
  readonly path: string
  /** Undefined when the handler runs: it decides the status. */
  readonly status: number | undefined
  /** Why, in a sentence. */
  readonly reason: string
  /** Undefined when no endpoint matches. */
  readonly endpoint?: {
    readonly name: string
    readonly method: string
    readonly path: string
    /** Path parameters, converted. */
    readonly params: Readonly<Record<string, unknown>>
  }
  /** Steps of the endpoint in their order, `phase/name` each; undefined without an endpoint. */
  readonly steps?: readonly string[]
  /** Allowed methods, when none of them is the request's. */
  readonly allow?: readonly string[]
  /** Media type of the response, also of a problem; undefined when the handler writes the response itself. */
  readonly contentType?: string
  /** Weights of the offered types; undefined without an endpoint. */
  readonly negotiation?: Explanation
  /** Content of the request: its type, the supported types, and the entry of `incoming` that matches. */
  readonly content?: {
    readonly contentType: string
    readonly supported: readonly string[]
    readonly match: string | undefined
  }
}

export function decide(sources: readonly Source[], query: ExplainQuery): Decision {
  const { method, path } = query
  const refuse = (status: number, reason: string): Decision => ({ method, path, status, reason })
  if (isMalformed(path)) return refuse(400, 'Malformed percent-encoding in the path')
  const tables = sources.map(
    ({ endpoints, blueprint }) => new RouteTable(endpoints, blueprint.settings.strict ?? false),
  )
  const match = tables.map((table) => table.find(method, path)).find((found) => found !== undefined)
  if (match) return walk(match, query)
  const matching = tables.flatMap((table) => table.endpointsAt(path))
  if (matching.length === 0) return refuse(404, `No endpoint matches ${path}`)
  const allow = allowOf(matching)
  const allowed = `Allowed methods: ${allow.join(', ')}`
  return { ...refuse(method === 'OPTIONS' ? 204 : 405, allowed), allow }
}

function walk(match: Match<Endpoint>, query: ExplainQuery): Decision {
  const { endpoint, params } = match
  const { method, path } = query
  const negotiation = endpoint.explain(query.accept === undefined ? {} : { accept: query.accept })
  const content = contentOf(endpoint, query)
  const { status, reason, contentType } = outcome(endpoint, query, negotiation, content)
  return {
    method,
    path,
    status,
    reason,
    endpoint: { name: nameOf(endpoint), method: endpoint.method, path: endpoint.path, params },
    steps: endpoint.steps,
    ...(contentType === undefined ? {} : { contentType }),
    negotiation,
    ...(content ? { content } : {}),
  }
}

type Outcome = Pick<Decision, 'status' | 'reason'> & { readonly contentType: string | undefined }

function outcome(
  endpoint: Endpoint,
  { accept }: ExplainQuery,
  { contentType, reason }: Explanation,
  content: Decision['content'],
): Outcome {
  const { outgoing, errorTypes, defaultOffer, owner } = endpoint
  const errorType =
    (errorTypes?.best(accept) ?? errorTypes?.offers[0])?.contentType ?? 'application/problem+json'
  const isRefused = outgoing !== undefined && contentType === undefined
  if (isRefused && owner.settings.notAcceptable !== 'default')
    return { status: 406, reason, contentType: errorType }
  if (content && content.match === undefined) {
    const supported = `Supported media types: ${content.supported.join(', ') || 'none'}`
    return { status: 415, reason: supported, contentType: errorType }
  }
  if (!isRefused) return { status: undefined, reason, contentType }
  const lenient = `${reason}; the first type is sent, because notAcceptable is 'default'`
  return { status: undefined, reason: lenient, contentType: defaultOffer.contentType }
}

/** Undefined without content, and where any content is accepted. */
function contentOf({ incoming }: Endpoint, { contentType }: ExplainQuery): Decision['content'] {
  if (contentType === undefined || !incoming) return undefined
  return { contentType, supported: incoming.types, match: incoming.match(contentType)?.entry }
}

/** Methods with HEAD for each GET, and OPTIONS. */
function allowOf(endpoints: readonly Endpoint[]): readonly string[] {
  const methods = endpoints.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  return [...new Set([...methods, 'OPTIONS'])]
}

/** A status with its reason phrase. */
export function statusLine(status: number): string {
  return `${status} ${reasonOf(status)}`
}
