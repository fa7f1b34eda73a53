/**
 * OpenTelemetry: the span that is active when a request arrives gets its name, route, media type and failure. Spans are
 * made by the instrumentation of your choice; `@opentelemetry/api` is loaded when the option asks for it.
 *
 *     new Api(app, { title, version, openTelemetry: true })        span `GET /users/{id}`, http.route, …
 *
 * Semantic conventions for HTTP spans: a 4xx leaves the status of a server span unset, a 5xx sets ERROR.
 */
import type { IncomingMessage } from 'node:http'
import { optionalPackage } from '../registry/optional-package.ts'
import { checkChoice } from '../registry/options.ts'
import { routeOf } from '../routing/path-parameter.ts'
import type { Surrounding } from '../walk/surrounding.ts'

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Whether the active span of OpenTelemetry gets route, media type and failure. Inside an Api; default false. */
    readonly openTelemetry?: boolean
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Whether the active span of OpenTelemetry gets route, media type and failure. Default: the Api's. */
    readonly openTelemetry?: boolean
  }
}

interface Span {
  isRecording(): boolean
  setAttribute(name: string, value: string | readonly string[]): unknown
  updateName(name: string): unknown
  setStatus(status: { readonly code: number }): unknown
  recordException(error: unknown): void
}

/** The members of `@opentelemetry/api` that are used here. */
interface OpenTelemetry {
  readonly trace: { getActiveSpan(): Span | undefined }
  readonly context: { active(): { getValue(key: symbol): unknown } }
  createContextKey(description: string): symbol
  readonly SpanStatusCode: { readonly ERROR: number }
}

/** The key under which the instrumentation of `node:http` keeps the route for its metrics, as `@opentelemetry/core` has it. */
const RPC_METADATA = 'OpenTelemetry SDK Context Key RPC_METADATA'

/** The span of each request that is being served. */
const spans = new WeakMap<IncomingMessage, Span>()

export const OPEN_TELEMETRY = {
  name: 'OpenTelemetry',
  option: 'openTelemetry',
  surround(endpoint) {
    const option: unknown = endpoint.nearest('openTelemetry')
    checkChoice('An Api, blueprint or endpoint', 'openTelemetry', option, [true, false])
    if (!option) return
    const { trace, context, createContextKey, SpanStatusCode } = optionalPackage<OpenTelemetry>(
      '@opentelemetry/api',
      "The option 'openTelemetry'",
    )
    const metadataKey = createContextKey(RPC_METADATA)
    const route = endpoint.isRouted ? routeOf(endpoint.path) : undefined
    const setError = (span: Span) => span.setStatus({ code: SpanStatusCode.ERROR })

    endpoint.on('identify/nameSpan', function nameSpan({ request }) {
      const span = trace.getActiveSpan()
      if (!span?.isRecording()) return
      spans.set(request, span)
      if (route === undefined) return
      span.setAttribute('http.route', route)
      span.updateName(`${request.method} ${route}`)
      const metadata = context.active().getValue(metadataKey) as { route?: string } | undefined
      if (metadata) metadata.route = route
    })
    endpoint.on('encode/describeSpan', function describeSpan({ request, rendered }) {
      const span = spans.get(request)
      if (!span || !rendered) return
      const type = rendered.body === null ? undefined : rendered.fields['content-type']
      if (type !== undefined) span.setAttribute('http.response.header.content-type', [type].flat())
      if (rendered.status >= 500) setError(span)
    })
    endpoint.failureObservers.push((error, request) => {
      const span = spans.get(request)
      if (!span) return
      span.recordException(error)
      setError(span)
    })
  },
} satisfies Surrounding
