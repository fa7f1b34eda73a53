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
  const counts = { fields: 0, files: 0 }
  let unnamed: PartHead | undefined
  for await (const event of rawEvents(content, boundary, limits.maxParts)) {
    if (unnamed) {
      const head = unnamed
      unnamed = undefined
      if (event === END) continue
      count(head, counts, limits)
      yield head
    }
    if (event instanceof PartHead) {
      if (event.isUnnamed) unnamed = event
      else count(event, counts, limits)
    }
    if (!unnamed) yield event
  }
}

function count(head: PartHead, counts: { fields: number; files: number }, limits: PartLimits): void {
  if (head.isFile && ++counts.files > limits.maxFiles) throw tooMany('files', limits.maxFiles)
  if (!head.isFile && ++counts.fields > limits.maxFields) throw tooMany('fields', limits.maxFields)
}

async function* rawEvents(
  content: AsyncIterable<Buffer>,
  boundary: string,
  maxParts: number,
): AsyncGenerator<PartEvent, void, undefined> {
  const scanner = new PartScanner(boundary, maxParts)
  for await (const chunk of content) yield* scanner.scan(chunk)
  yield* await scanner.end()
}
