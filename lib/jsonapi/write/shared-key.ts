/**
 * Foreign keys of a row that share columns with each other, or with its id: `(tenant, author_id)` and `(tenant, editor_id)`.
 * A change of one must not change the others unseen.
 */
import { exceptionOf } from '../../exceptions/abort.ts'
import { memberError } from '../errors/issue.ts'
import type { Model, Relation } from '../model/model.ts'
import { areSameColumns } from '../model/same-columns.ts'
import { keyText } from '../reading/keys.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { WriteContext } from './context.ts'
import type { Path } from './issues.ts'
import { columnOf, keyValues, selectByKeys, type Values } from './row.ts'

/** The columns of a foreign key. */
type KeyColumns = readonly string[]

interface KeyChange {
  /** The keys that the client has named. */
  readonly keys: readonly KeyColumns[]
  readonly values: Values
  /** Undefined: the row is new. */
  readonly row?: Row | undefined
  /** The columns of an id that the client has chosen. */
  readonly id?: Values
  /** The place of the values in the document; undefined: the request has none. */
  readonly pathOf?: (columns: KeyColumns) => Path
}

/** The relations whose keys have some of the columns, other than those of the keys themselves. */
export function sharing(
  { relations }: Model,
  keys: readonly KeyColumns[],
  columns: KeyColumns,
): readonly Relation[] {
  return Object.values(relations).filter(
    ({ isOwner, local }) =>
      isOwner &&
      local.some((name) => columns.includes(name)) &&
      !keys.some((key) => areSameColumns(key, local)),
  )
}

/**
 * NULL in columns of a key: those that no other key has, where there are any; those of the primary key never. Undefined where
 * none can be NULL.
 */
export function emptyKey(model: Model, key: KeyColumns): Values | undefined {
  const nullable = key.filter(
    (name) => columnOf(model.columns, name).isNullable && !model.primaryKey.includes(name),
  )
  const own = nullable.filter((name) => sharing(model, [key], [name]).length === 0)
  const names = own.length > 0 ? own : nullable
  return names.length > 0 ? Object.fromEntries(names.map((name) => [name, null])) : undefined
}

/**
 * Checks the links that a change has without naming them.
 *
 * @throws {HttpException} 409 for a link of the row that would be another one, 404 for a new one to a row that the client cannot
 * see, 403 for a new one by the id that the client cannot write.
 */
export async function checkShared(
  context: WriteContext,
  resource: Resource,
  { keys, values, row, id = {}, pathOf }: KeyChange,
): Promise<void> {
  const { model, lookup } = resource
  for (const { name, local, remote, target } of sharing(model, keys, Object.keys(values))) {
    const fail = (status: number, detail: string) =>
      pathOf ? memberError(status, pathOf(local), detail) : exceptionOf(status, detail)
    const isServed = lookup.ofModel(target) !== undefined
    const isWhole = local.every((column) => Object.hasOwn(values, column))
    const before = local.map((column) => row && keyValues(context, model.columns, local, row)[column])
    const after = local.map((column, index) =>
      Object.hasOwn(values, column) ? values[column] : before[index],
    )
    if (after.every((value, index) => isSame(value, before[index])) || (isWhole && !isServed)) continue
    if (isComplete(before) || (isComplete(after) && !isWhole)) {
      const other = resource.relationships.get(name)?.isReadable
        ? `The relationship "${name}" of type ${resource.type}`
        : 'Another relationship'
      throw fail(409, `${other} shares a column with this key, and would change with it`)
    }
    if (!isComplete(after)) continue
    if (local.some((column) => Object.hasOwn(id, column)) && !resource.isWritable(name))
      throw fail(403, 'The id has the key of a relationship that is read-only')
    const view = resource.related(target)
    const key = Object.fromEntries(remote.map((column, index) => [column, after[index]]))
    if (!view || (await selectByKeys(context, view, [key], { columns: remote })).length === 0)
      throw fail(404, 'A resource that this id refers to does not exist')
  }
}

/** Whether values of a column are the same; undefined is NULL. */
export function isSame(one: unknown, other: unknown): boolean {
  return isNull(one) || isNull(other) ? isNull(one) && isNull(other) : keyText([one]) === keyText([other])
}

function isComplete(key: readonly unknown[]): boolean {
  return !key.some(isNull)
}

function isNull(value: unknown): boolean {
  return value === undefined || value === null
}
