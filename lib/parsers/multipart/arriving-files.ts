/** The files of a form, one after the other, each while it arrives. */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { FilePart } from './file-part.ts'
import type { StreamedFiles } from './files-option.ts'
import type { FormFields, Sink } from './form-field.ts'
import { expectType, fileTooLarge } from './form-refusal.ts'
import { PartHead } from './part-head.ts'
import { END, type PartEvent } from './part-scanner.ts'

/** Can be iterated over once. A file that was not read when the next is asked for is skipped. */
export class ArrivingFiles implements AsyncIterable<FilePart> {
  readonly #events: AsyncGenerator<PartEvent, void, undefined>
  readonly #fields: FormFields
  readonly #types: readonly string[] | undefined
  readonly #maxBytes: number
  /** The file that comes next: its head was seen. */
  #head: PartHead | undefined
  /** The last file handed over, and whether more of it is to come. */
  #part: FilePart | undefined
  #isOpen = false
  #size = 0
  /** Events are asked for one after the other. */
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

  /** Nothing more is wanted: what is still to come is let go. Whoever asks for it all the same is told. */
  stop(): void {
    this.#head = undefined
    this.#failure ??= new BadRequest('The content ends early', { cause: new Error('Nobody waits for it') })
    this.#events.return().catch(() => {}) // not waited for: a slow client may keep it
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
      if (this.#size > this.#maxBytes) throw fileTooLarge(this.#part?.field ?? '', this.#maxBytes)
      return event
    }
    if (event !== END) throw this.#failure
    this.#isOpen = false
    return undefined
  }

  async #skip(part: FilePart): Promise<void> {
    await this.#reading
    if (this.#isOpen) part.destroy(new Error('The next file was asked for'))
    while (this.#isOpen && this.#failure === undefined) await this.#pull().catch(() => {})
    if (this.#failure !== undefined) throw this.#failure
  }
}
