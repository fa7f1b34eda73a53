/** application/octet-stream, image/png, …: data that is bytes already. */

import { bytesOf } from '../json/bytes.ts'
import { factory } from '../registry/factory.ts'
import type { Content, Renderer, RenderFunction } from './renderer.ts'
import { isSource } from './source.ts'
import { ValidatedRows } from './validated-rows.ts'

/**
 * Bytes and text as they are, whole, as a Blob, or in chunks: a stream, or an async iterable such as `Readable.from(buffers)`.
 *
 *     outgoing: { 'application/vnd.ms-excel': bytes() }
 *
 * The default renderer has it for `application/octet-stream`, `application/pdf`, `application/zip`, `image/*`,
 * `audio/*`, `video/*` and `font/*`. Other data is a TypeError: a 500.
 */
export const bytes = /* @__PURE__ */ factory('bytes', (): RenderFunction => {
  return (data, { contentType }) => {
    if (typeof data === 'string') return data
    const content = bytesOf(data)
    if (content) return content
    if (data instanceof Blob) return data.stream()
    if (data instanceof ValidatedRows) return bytesOfRows(data, contentType)
    if (isSource(data)) return data as Content // its chunks are checked when they are written
    throw new TypeError(`The data for ${contentType} is neither bytes nor text: return a Buffer or a stream`)
  }
})

const dataRenderers = new WeakSet<RenderFunction>()

/** Marks a renderer of values: bytes are sent as they are in its place. */
export function dataRenderer(render: RenderFunction): RenderFunction {
  dataRenderers.add(render)
  return render
}

/** Chunks that a schema has validated. @throws {TypeError} for one that is no bytes: their form in JSON is text, base64. */
async function* bytesOfRows(rows: ValidatedRows, contentType: string): AsyncGenerator<Uint8Array> {
  for await (const row of rows) {
    const chunk = bytesOf(row)
    if (!chunk) throw new TypeError(`The response schema of ${contentType} has made a chunk that is no bytes`)
    yield chunk
  }
}

/** Whether bytes are passed to a renderer: to those of users, and to {@link bytes}. */
export function takesBytes(renderer: Renderer | undefined): boolean {
  return renderer !== undefined && !dataRenderers.has(renderer.render as RenderFunction)
}
