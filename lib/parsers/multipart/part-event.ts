/**
 * The parts of a form as events: the head of a part, its bytes, its end.
 *
 * Reads one chunk at a time, when the next event is requested.
 *
 * RFC 7578.
 */
import { tooMany } from './form-error.ts'
import { PartHead } from './part-head.ts'
import { END, type PartEvent, PartScanner } from './part-scanner.ts'

/** Limits on the number of parts. */
interface PartLimits {
  readonly maxParts: number
  readonly maxFields: number
  readonly maxFiles: number
}

/**
 * Reads content part by part, without the parts of empty file inputs.
 *
 * @throws {BadRequest} 400, for malformed or incomplete content.
 * @throws {ContentTooLarge} 413, for too many parts.
 */
export async function* partEvents(
  content: AsyncIterable<Buffer>,
  boundary: string,
  limits: PartLimits,
): AsyncGenerator<PartEvent, void, undefined> {
  const scanner = new PartScanner(boundary, limits.maxParts)
  const named = new NamedParts(limits)
  for await (const chunk of content) for (const event of named.of(scanner.scan(chunk))) yield event
  for (const event of named.of(await scanner.end())) yield event
}

/** Counts the parts, and leaves out those of empty file inputs. */
class NamedParts {
  readonly #limits: PartLimits
  readonly #counts = { fields: 0, files: 0 }
  /** The head of a file without a name, until it is known whether bytes follow. */
  #unnamed: PartHead | undefined

  constructor(limits: PartLimits) {
    this.#limits = limits
  }

  *of(events: readonly PartEvent[]): Generator<PartEvent, void, undefined> {
    for (const event of events) {
      const head = this.#unnamed
      this.#unnamed = undefined
      if (head && event === END) continue
      if (head) yield this.#counted(head)
      if (!(event instanceof PartHead)) yield event
      else if (event.isUnnamed) this.#unnamed = event
      else yield this.#counted(event)
    }
  }

  /** @throws {ContentTooLarge} 413, for too many parts. */
  #counted(head: PartHead): PartHead {
    const { maxFiles, maxFields } = this.#limits
    if (head.isFile && ++this.#counts.files > maxFiles) throw tooMany('files', maxFiles)
    if (!head.isFile && ++this.#counts.fields > maxFields) throw tooMany('fields', maxFields)
    return head
  }
}
