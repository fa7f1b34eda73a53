/** A Polka app, and the differences between its versions. Types only. */
import type { ServerResponse } from 'node:http'
import type { PolkaRequest } from '../routing/request-target.ts'
import type { Next } from '../walk/hook.ts'
import type { ListeningApp } from './app-server.ts'
import type { Routes } from './routes.ts'

export type Listener = (request: PolkaRequest, response: ServerResponse, next?: Next) => unknown

/** A target as Polka parses it. */
export interface ParsedTarget {
  readonly pathname: string
  /** With its `?`. Polka 0.5: null without one. */
  readonly search: string | null
  readonly query?: unknown
}

/** The method and the target of a request, as they were routed. RFC 9112 §3. */
export type RequestLine = Pick<PolkaRequest, 'method' | 'url'>

/** The members of a Polka app that are used here. */
export interface PolkaApp extends ListeningApp {
  use(...handlers: Listener[]): unknown
  parse?(request: PolkaRequest, ...more: unknown[]): ParsedTarget
  handler?(request: PolkaRequest, response: ServerResponse, given?: unknown): unknown
  /** Polka 1: the handler of an app that is mounted in another one. */
  readonly attach?: Listener
  onNoMatch?: Listener
  onError?(error: unknown, ...all: Parameters<Listener>): unknown
}

/** A handler that may be an app mounted in another one, and the path that it gets. */
export interface SubApp {
  /** The app; of Polka 1 its `attach`, or another handler. */
  readonly app: object
  readonly path: string
}

/** The differences between the versions of Polka. */
export interface Router {
  /** Adds a registration, behind the others. */
  add(registration: Routes): void
  /** Remembers the target that the app routes. */
  keepTarget(request: PolkaRequest): void
  /** Writes that target on the request again. */
  restoreTarget(request: PolkaRequest): void
  /** The apps that are mounted at a path. */
  subAppsAt(path: string): readonly SubApp[]
  /** Whether a request comes to the registration of an index before it comes to middleware. */
  isFirst(index: number): boolean
  /** Writes the members that Polka writes on a request, apart from `originalUrl` and `params`. */
  writeTarget(request: PolkaRequest, target: ParsedTarget): void
  /**
   * Continues behind the registration of an index: with the routes of the line as it was, and the request as its handler
   * has left it.
   */
  passOn(index: number, line: RequestLine, ...all: Required<Parameters<Listener>>): unknown
}
