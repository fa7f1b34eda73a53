/**
 * Renderers: from data to content. They never write to the response.
 */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { HeadersInit } from '../http/headers.ts'
import type { JsonSchema } from '../schema/json-schema.ts'

export type { JsonSchema }

/** The request that a renderer renders for. */
export interface RenderContext {
  /** The negotiated media type, as registered: `text/csv`; of a fallback as the client names it. */
  readonly contentType: string
  /** The status that will be sent: 200 to 599. */
  readonly status: number
  readonly request: IncomingMessage
  readonly endpoint: EndpointInfo
  /** Aborted when the client leaves before the response is complete. */
  readonly signal: AbortSignal
  /** JSON Schema (2020-12) of the data, where the endpoint declares a response. */
  readonly schema?: JsonSchema | undefined
  /** The id that `onError` has returned for the error: its `error_id`, which a frozen exception cannot have. */
  readonly errorId?: string | undefined
}

/** Content: complete, or in chunks that are sent with backpressure. */
export type Content =
  | string
  | Uint8Array
  | Readable
  | ReadableStream<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** The result of a renderer: content, or content with its own status, header fields and media type. */
export type Rendered =
  | Content
  | {
      readonly body: Content
      readonly status?: number
      readonly headers?: HeadersInit
      /** Replaces the `Content-Type` of the chosen type, parameters and all. */
      readonly contentType?: string
    }

/**
 * A renderer as a function. Like a method it may ask for data of a type of its own: `(rows: Reading[]) => …` is a
 * renderer of an endpoint that returns readings.
 */
export type RenderFunction<T = unknown> = Renderer<T>['render'] & {
  /** Header fields of each of its responses, see {@link Renderer.headers}. */
  readonly headers?: HeadersInit
}

/**
 * Turns data into content of one media type.
 *
 * Data may be any value; for a collection it may also be an (async) iterable or a
 * `ReadableStream`, which collection renderers stream row by row.
 */
export interface Renderer<T = unknown> {
  /** Header fields of all its responses. They are also sent where nothing is rendered: 304, and HEAD of a stream. */
  readonly headers?: HeadersInit | undefined
  /** JSON Schema of the content, for the documentation of an exception renderer. */
  readonly schema?: JsonSchema
  render(data: T, context: RenderContext): Rendered | Promise<Rendered>
}
