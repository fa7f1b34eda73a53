/** The outcome of a request, for its log and its events. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { streamOf } from '../parsers/unread.ts'
import { routeOf } from '../routing/path-parameter.ts'
import { Exchange } from '../walk/exchange.ts'

const routes = new WeakMap<object, string>()

/** The route of the endpoint that serves a request; undefined where none does. */
export function currentRoute(request: IncomingMessage): string | undefined {
  const endpoint = Exchange.of(request)?.endpoint
  if (!endpoint?.isRouted) return undefined
  const known = routes.get(endpoint) ?? routeOf(endpoint.path)
  routes.set(endpoint, known)
  return known
}

interface Outcome {
  /** The status that was sent; undefined when none was. */
  readonly status: number | undefined
  /** Whether the response is not complete: the client has left, or the content has failed. */
  readonly isAborted: boolean
}

/** The outcome when the response has closed. */
export function outcomeOf(response: ServerResponse): Outcome {
  const stream = streamOf(response) // HTTP/2 emits `finish` for aborted streams too
  const isComplete = stream
    ? stream.writableFinished && stream.rstCode === 0 && !stream.aborted
    : response.writableFinished
  return { status: response.headersSent ? response.statusCode : undefined, isAborted: !isComplete }
}

/** Time since a start of `performance.now()`, to the microsecond. */
export function millisecondsSince(start: number): number {
  return Math.round((performance.now() - start) * 1000) / 1000
}
