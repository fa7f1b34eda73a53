/**
 * What a renderer is: data in, content out. It never touches the response.
 */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { EndpointInfo } from '../blueprint/endpoint-options.ts'
import type { HeadersInit } from '../http/headers.ts'
import type { JsonSchema } from '../schema/json-schema.ts'

export type { JsonSchema }

/** What a renderer knows of the request it renders for. */
export interface RenderContext {
  /** The media type chosen, as it stands in the map: `text/csv`. */
  readonly contentType: string
  /** The status that will be sent: 200 to 599. */
  readonly status: number
  readonly request: IncomingMessage
  readonly endpoint: EndpointInfo
  /** JSON Schema (2020-12) of the data, where the endpoint declares a response. */
  readonly schema?: JsonSchema | undefined
}

/** Content: whole, or in chunks that are sent under backpressure. */
export type Content =
  | string
  | Uint8Array
  | Readable
  | ReadableStream<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** What a renderer answers: content, or content with its own status, fields and media type. */
export type Rendered =
  | Content
  | {
      readonly body: Content
      readonly status?: number
      readonly headers?: HeadersInit
      /** Replaces the `Content-Type` of the chosen type, parameters and all. */
      readonly contentType?: string
    }

/** The short form of a renderer. */
export type RenderFunction<T = unknown> = (data: T, context: RenderContext) => Rendered | Promise<Rendered>

/**
 * Turns data into content of one media type.
 *
 * Data may be any value; for a collection it may also be an (async) iterable or a
 * `ReadableStream`, which collection renderers stream row by row.
 */
export interface Renderer<T = unknown> {
  render(data: T, context: RenderContext): Rendered | Promise<Rendered>
}
