/**
 * Result of a request as far as its method, path and header fields decide it.
 *
 * The answer comes from the walk's own functions: 404, 405, 406, 415 and 428 in their order, or the handler.
 */

import { hasRoute } from '../app/app-route.ts'
import { type NoMatch, noMatch } from '../app/no-match.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { HttpException } from '../exceptions/http-exception.ts'
import { reasonOf } from '../http/problem.ts'
import type { Explanation } from '../negotiation/explanation.ts'
import type { Match } from '../routing/route-table.ts'
import { dryRun } from '../walk/dry-run.ts'
import { nameOf } from './routes.ts'
import type { Source } from './source.ts'

/** The request to explain. */
interface ExplainQuery {
  readonly method: string
  /** Percent-encoded, without a query. */
  readonly path: string
  /** With its `?`; empty without one. */
  readonly search: string
  readonly accept: string | undefined
  /** Content-Type of the request; undefined without content. */
  readonly contentType: string | undefined
}

export interface Decision {
  readonly method: string
  readonly path: string
  /** Undefined when the handler, or a route of the app, runs: it decides the status. */
  readonly status: number | undefined
  /** Why, in a sentence. */
  readonly reason: string
  /** Name of the app whose own route answers, where no endpoint does. */
  readonly app?: string
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

/** Asks the route tables, and the steps of the endpoint that need nothing but header fields. */
export async function decide(sources: readonly Source[], query: ExplainQuery): Promise<Decision> {
  const { method, path } = query
  const all = sources.map(({ routes }) => routes)
  const match = all.map(({ compiled }) => compiled.table.find(method, path)).find((one) => one !== undefined)
  if (match) return { method, path, ...(await decisionOf(match, query)) }
  const [app] = sources[0]?.apps.find(([, one]) => hasRoute(one, method, path)) ?? []
  if (app !== undefined) {
    const reason = `The app '${app}' itself has a route for it: no endpoint of a blueprint answers`
    return { method, path, status: undefined, reason, app }
  }
  const { answer } = noMatch(all, method, path, { isCustom: false, isLast: true }) as NoMatch
  const { status } = answer
  if (answer instanceof HttpException)
    return { method, path, status, reason: answer.message, ...allowOf(answer.headers) }
  const { fields } = answer
  const reason =
    fields.allow === undefined ? 'The server as a whole answers' : `Allowed methods: ${fields.allow}`
  return { method, path, status, reason, ...allowOf(fields) }
}

async function decisionOf(
  { endpoint, params }: Match<Endpoint>,
  { path, search, accept, contentType: type }: ExplainQuery,
): Promise<Omit<Decision, 'method' | 'path'>> {
  const { outgoing, incoming } = endpoint
  const negotiation = endpoint.explain(accept === undefined ? {} : { accept }, search)
  const fields = {
    ...(accept === undefined ? {} : { accept }),
    ...(type === undefined ? {} : { 'content-type': type, 'content-length': '1' }),
  }
  const { offer, contentTypeMatch, error } = await dryRun(endpoint, fields, path + search)
  const isFirst = !error && outgoing !== undefined && negotiation.contentType === undefined
  const lenient = isFirst ? "; the first type is sent, because notAcceptable is 'default'" : ''
  const content = type === undefined || !incoming ? undefined : { type, incoming }
  return {
    status: error?.status,
    reason: error && error.status !== 406 ? error.message : negotiation.reason + lenient,
    endpoint: { name: nameOf(endpoint), method: endpoint.method, path: endpoint.path, params },
    steps: endpoint.steps,
    ...(error || outgoing ? { contentType: offer.contentType } : {}),
    negotiation,
    ...(content && {
      content: {
        contentType: content.type,
        supported: content.incoming.types,
        match: contentTypeMatch?.entry,
      },
    }),
  }
}

function allowOf({ allow }: Readonly<Record<string, unknown>>): Pick<Decision, 'allow'> {
  return allow === undefined ? {} : { allow: String(allow).split(', ') }
}

/** A status with its reason phrase. */
export function statusLine(status: number): string {
  return `${status} ${reasonOf(status)}`
}
