/**
 * All rows of a list in batches, between which neither a connection nor a transaction is held.
 *
 * A batch follows the last row of the one before, by its values in the order. A unique key has an index that leads there. For
 * any other order the database may have to look at all rows, so one statement finds the ids of many of them, and the rows are
 * read by their ids. Where that finds others than these rows, as some are gone or their ids are not equal to themselves, the
 * batch is read by the order again.
 */
import { sliceOf } from '../query/cursor.ts'
import type { CursorPage, Place } from '../query/page.ts'
import type { Scope } from '../query/scope.ts'
import { isUnique } from '../query/sort.ts'
import type { Resource } from '../resource/resource.ts'
import { keyText } from './keys.ts'
import { type PageRows, pageRows, type RowQuery } from './page-rows.ts'
import { identifierSelection, type Row, type Selection } from './selection.ts'

/** Rows of one statement. */
const BATCH = 500

/** Ids of one statement, at most, and the characters of all places that are read with them. */
const MOST_IDS = 10_000
const MOST_CHARACTERS = 1_000_000

/** The number of ids grows by this factor, as long as the client reads on. */
const GROWTH = 4

/** The rows of all batches, in order. Each is read when it is asked for, with the values of that time. */
export async function* rowBatches(
  scope: Scope,
  resource: Resource,
  selection: Selection,
  query: RowQuery,
): AsyncGenerator<readonly Row[]> {
  const isByKey = query.sort.slice(0, 1).some(isUnique)
  const read = async (columns: Selection, size: number, after: Place | undefined) => {
    const page: CursorPage & { kind: 'cursor' } = { kind: 'cursor', size, after, before: undefined }
    const found = await pageRows(scope, resource, columns, query, page)
    const { rows, next } = sliceOf(found.rows, page, found.placeOf)
    if (next !== undefined && isSame(next, after))
      throw new Error(
        'The database takes a row for one that follows it in the order: the rows would never end',
      )
    return { rows, next, size: isByKey ? BATCH : sizeAfter(found, size), placeOf: found.placeOf }
  }
  const readAt = async (places: readonly Place[]) =>
    (await pageRows(scope, resource, selection, { ...query, places }, { kind: 'all' })).rows
  let { rows, next, size } = await read(selection, BATCH, undefined)
  yield rows
  while (next !== undefined) {
    if (size > BATCH) {
      const ids = await read(identifierSelection(resource), size, next)
      let end = ids.next
      size = ids.size
      for (let from = 0; from < ids.rows.length; from += BATCH) {
        const wanted = ids.rows.slice(from, from + BATCH)
        const places = wanted.map(ids.placeOf)
        rows = await readAt(places)
        if (!haveSameIds(rows, wanted, resource)) {
          end = next
          size = BATCH
          break
        }
        yield rows
        next = places.at(-1)
      }
      next = end
    } else {
      ;({ rows, next, size } = await read(selection, BATCH, next))
      yield rows
    }
  }
}

function isSame(place: Place, other: Place | undefined): boolean {
  return JSON.stringify(place) === JSON.stringify(other)
}

function haveSameIds(rows: readonly Row[], others: readonly Row[], { idNames }: Resource): boolean {
  const idOf = (row: Row) => keyText(idNames.map((name) => row[name]))
  const ids = new Set(rows.map(idOf))
  return rows.length === others.length && others.every((row) => ids.has(idOf(row)))
}

/** The number of ids to read after these rows. */
function sizeAfter({ rows, placeOf }: PageRows, size: number): number {
  const characters = rows.reduce((sum, row) => sum + JSON.stringify(placeOf(row)).length, 1)
  const fitting = Math.floor((MOST_CHARACTERS * rows.length) / characters)
  return Math.max(BATCH, Math.min(GROWTH * size, fitting, MOST_IDS))
}
