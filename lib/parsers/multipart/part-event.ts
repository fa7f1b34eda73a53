/**
 * The parts of a content, one after the other: a head, what it holds, its end.
 *
 * Nothing is read before it is asked for, and never more than a chunk.
 *
 * RFC 7578.
 */
import { tooMany } from './form-refusal.ts'
import { PartHead } from './part-head.ts'
import { END, type PartEvent, PartScanner } from './part-scanner.ts'

/** At most so many of each. */
export interface PartLimits {
  readonly maxParts: number
  readonly maxFields: number
  readonly maxFiles: number
}

/**
 * Reads content part by part; file inputs that were left empty are no parts.
 *
 * @throws {BadRequest} 400, when it is malformed or ends early.
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
