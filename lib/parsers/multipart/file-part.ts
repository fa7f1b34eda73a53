/** A file while it arrives. */
import { Readable } from 'node:stream'
import type { PartHead } from './part-head.ts'

/** Undefined at the end. */
type Pull = () => Promise<Buffer | undefined>

/** Bytes as the client sends them, no faster than they are taken. */
export class FilePart extends Readable {
  /** The name of the form's field. */
  readonly field: string
  /** The client's name for it: the last segment of a path, at most 255 characters; undefined when it has none. */
  readonly filename: string | undefined
  /** The media type the client claims, in lower case, without parameters. Default `application/octet-stream`. */
  readonly type: string
  readonly #pull: Pull

  constructor({ field, filename, type }: PartHead, pull: Pull) {
    super()
    this.field = field
    this.filename = filename
    this.type = type
    this.#pull = pull
    this.on('error', () => {}) // whoever iterates over the files is told as well
  }

  override _read(): void {
    this.#pull().then(
      (chunk) => this.push(chunk ?? null),
      (error) => this.destroy(error),
    )
  }
}
