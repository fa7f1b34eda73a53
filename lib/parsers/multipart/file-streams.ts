/** The files of a form as streams, one after the other. */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { FilePart } from './file-part.ts'
import type { StreamedFiles } from './files-option.ts'
import { expectType, partTooLarge } from './form-error.ts'
import type { FormFields, Sink } from './form-field.ts'
import { PartHead } from './part-head.ts'
import { END, type PartEvent } from './part-scanner.ts'

/** Can be iterated over once. The rest of a file is skipped when the next one is requested. */
export class FileStreams implements AsyncIterable<FilePart> {
  readonly #events: AsyncGenerator<PartEvent, void, undefined>
  readonly #fields: FormFields
  readonly #types: readonly string[] | undefined
  readonly #maxBytes: number
  /** The head of the next file. */
  #head: PartHead | undefined
  /** The current file, and whether its end is still to be read. */
  #part: FilePart | undefined
  #isOpen = false
  #size = 0
  /** The last read; reads run one after the other. */
  #reading: Promise<unknown> = Promise.resolve()
  #failure: unknown

  constructor(
    events: AsyncGenerator<PartEvent, void, undefined>,
    fields: FormFields,
    { types, maxBytes }: StreamedFiles & { readonly maxBytes: number },
  ) {
    this.#events = events
    this.#fields = fields
    this.#types = types
    this.#maxBytes = maxBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FilePart, void, undefined> {
    try {
      while (this.#head) {
        const part = new FilePart(this.#head, () => this.#pull())
        this.#part = part
        this.#head = undefined
        this.#size = 0
        yield part
        await this.#skip(part)
        await this.seek()
      }
    } finally {
      this.stop()
    }
  }

  /** Reads the fields up to the next file. @throws as the content does, and 415 for the file's type. */
  async seek(): Promise<void> {
    let sink: Sink | undefined
    for (;;) {
      const { value: event } = await this.#events.next()
      if (event === undefined && this.#failure !== undefined) throw this.#failure
      if (event === undefined) return
      if (event instanceof PartHead && event.isFile) {
        expectType(event, this.#types)
        this.#head = event
        this.#isOpen = true
        return
      }
      if (event instanceof PartHead) sink = this.#fields.open(event)
      else if (event === END) await sink?.close()
      else await sink?.write(event)
    }
  }

  /** Discards the rest of the form. Later reads fail. */
  stop(): void {
    this.#head = undefined
    this.#failure ??= new BadRequest('The content ends early', {
      cause: new Error('The iteration was stopped'),
    })
    this.#events.return().catch(() => {}) // not awaited: a slow client may delay it
  }

  #pull(): Promise<Buffer | undefined> {
    const reading = this.#reading.then(() => this.#next())
    this.#reading = reading.catch((error) => {
      this.#failure ??= error
    })
    return reading
  }

  async #next(): Promise<Buffer | undefined> {
    const { value: event } = await this.#events.next()
    if (Buffer.isBuffer(event)) {
      this.#size += event.length
      if (this.#size > this.#maxBytes) throw partTooLarge('file', this.#part?.field ?? '', this.#maxBytes)
      return event
    }
    if (event !== END) throw this.#failure
    this.#isOpen = false
    return undefined
  }

  async #skip(part: FilePart): Promise<void> {
    await this.#reading
    if (this.#isOpen) part.destroy(new Error('The next file was requested'))
    while (this.#isOpen && this.#failure === undefined) await this.#pull().catch(() => {})
    if (this.#failure !== undefined) throw this.#failure
  }
}
