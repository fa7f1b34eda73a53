/**
 * What a handler returns when data alone does not say it all.
 *
 *     return serializeResponse(created, { status: 201, headers: { location: '/temperatures/7' } })
 */
import { fieldsOf, type HeadersInit } from '../http/headers.ts'
import type { Renderer, RenderFunction } from '../renderers/renderer.ts'

export interface RepresentationOptions {
  /** Skips negotiation: this type is sent even to a client that refuses it. */
  readonly contentType?: string
  /** 200 to 599. Default: the endpoint's. */
  readonly status?: number
  /** Renders in place of the blueprint's content renderer. */
  readonly renderer?: Renderer | RenderFunction
  /** Fields to send along; they win over the walk's own. */
  readonly headers?: HeadersInit
}

/** Data on its way to become a response. */
export class Representation<T = unknown> {
  readonly data: T
  readonly options: RepresentationOptions

  constructor(data: T, options: RepresentationOptions) {
    this.data = data
    this.options = options
  }
}

/**
 * 201 with the address of what was created (RFC 9110 §15.3.2).
 *
 *     return created(api.urlFor('show', pet), pet)
 */
export function created<T>(
  location: string,
  data: T,
  options: RepresentationOptions = {},
): Representation<T> {
  const headers = { location, ...fieldsOf(options.headers) }
  return serializeResponse(data, { status: 201, ...options, headers })
}

/**
 * Data, and how to send it. Plain data may be returned as it is; this adds a status, header fields, a type
 * or a renderer.
 *
 * @throws {TypeError} for a status that is not an integer from 200 to 599.
 */
export function serializeResponse<T>(data: T, options: RepresentationOptions = {}): Representation<T> {
  const { status } = options
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new TypeError(`A response has a status from 200 to 599, not ${String(status)}`)
  }
  return new Representation(data, options)
}
