/**
 * Events of requests on `node:diagnostics_channel`, for tools that watch from outside. Nothing is done without a
 * subscriber.
 *
 *     subscribe('mazurka:request:end', ({ route, status, durationMilliseconds }) => …)
 */
import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { onceClosed } from '../connection/connection.ts'
import { checkChoice } from '../registry/options.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { currentRoute, millisecondsSince, outcomeOf } from './outcome.ts'

/** Message of `mazurka:request:start`: an Api has received a request. */
export interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  /** Template of the path: `/users/{id}`; undefined where no endpoint matches. */
  readonly route: string | undefined
}

/** Message of `mazurka:request:failure`: an error of the server, once each, where `onError` is called. */
export interface RequestFailure {
  readonly request: IncomingMessage
  readonly error: unknown
}

/** Message of `mazurka:request:end`: the response has closed. */
export interface RequestEnd extends RequestStart {
  /** The status that was sent; undefined when none was. */
  readonly status: number | undefined
  /** Whether the response is not complete: the client has left, or the content has failed. */
  readonly isAborted: boolean
  readonly durationMilliseconds: number
}

const START = channel('mazurka:request:start')
const FAILURE = channel('mazurka:request:failure')
const END = channel('mazurka:request:end')

export const DIAGNOSTICS = {
  name: 'Diagnostics',
  option: 'diagnostics',
  surround(endpoint) {
    const option: unknown = endpoint.nearest('diagnostics')
    checkChoice('An Api, blueprint or endpoint', 'diagnostics', option, [true, false])
    if (option === false) return
    endpoint.on('identify/publishRequest', function publishRequest({ request, response }) {
      if (START.hasSubscribers || END.hasSubscribers) publish(request, response)
    })
    endpoint.failureObservers.push((error, request) => {
      if (FAILURE.hasSubscribers) FAILURE.publish({ request, error } satisfies RequestFailure)
    })
  },
} satisfies Surrounding

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Whether requests are published on `node:diagnostics_channel`. Inside an Api; default true. */
    readonly diagnostics?: boolean
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Whether requests of this endpoint are published on `node:diagnostics_channel`. Default: the Api's. */
    readonly diagnostics?: boolean
  }
}

function startOf(request: IncomingMessage, response: ServerResponse): RequestStart {
  return { request, response, method: request.method ?? 'GET', route: currentRoute(request) }
}

const PUBLISHED = Symbol('published')

function publish(request: IncomingMessage & { [PUBLISHED]?: true }, response: ServerResponse): void {
  if (request[PUBLISHED]) return // an Api around has passed the request on
  request[PUBLISHED] = true
  const start = performance.now()
  if (START.hasSubscribers) START.publish(startOf(request, response))
  if (!END.hasSubscribers) return
  onceClosed(response, () => {
    const message: RequestEnd = {
      ...startOf(request, response),
      ...outcomeOf(response),
      durationMilliseconds: millisecondsSince(start),
    }
    END.publish(message)
  })
}
