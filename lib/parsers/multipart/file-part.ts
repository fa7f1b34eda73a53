/** A file of a form as a stream. */
import { Readable } from 'node:stream'
import type { PartHead } from './part-head.ts'

/** The next chunk; undefined at the end. */
type Pull = () => Promise<Buffer | undefined>

/** The bytes of a file as the client sends them, with backpressure. */
export class FilePart extends Readable {
  /** The name of the form's field. */
  readonly field: string
  /** The client's file name: the last segment of a path, at most 255 characters; undefined without one. */
  readonly filename: string | undefined
  /** The media type that the client states, in lower case, without parameters. Default `application/octet-stream`. */
  readonly type: string
  readonly #pull: Pull

  constructor({ field, filename, type }: PartHead, pull: Pull) {
    super()
    this.field = field
    this.filename = filename
    this.type = type
    this.#pull = pull
    this.on('error', () => {}) // the iteration over the files fails as well; avoids an unhandled 'error' event
  }

  override _read(): void {
    this.#pull().then(
      (chunk) => this.push(chunk ?? null),
      (error) => this.destroy(error),
    )
  }
}
