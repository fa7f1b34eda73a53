/** The attributes of a document as values of columns. */
import { codecOf } from '../model/codec.ts'
import { ValueError } from '../model/value.ts'
import type { Attribute, Resource } from '../resource/resource.ts'
import type { ProxyList } from './change.ts'
import type { WriteContext } from './context.ts'
import { failure, type Issues, type Path } from './issues.ts'
import { columnOf } from './row.ts'

export interface AttributeValues {
  readonly columns: Record<string, unknown>
  readonly lists: ProxyList[]
}

/** The values of known attributes; the errors of all of them are collected. */
export function attributeValues(
  context: WriteContext,
  resource: Resource,
  attributes: Readonly<Record<string, unknown>>,
  issues: Issues,
): AttributeValues {
  const values: AttributeValues = { columns: {}, lists: [] }
  for (const [name, value] of Object.entries(attributes)) {
    const attribute = resource.attributes.get(name)
    if (!attribute?.isWritable) continue
    const path = ['data', 'attributes', name]
    try {
      assign(context, resource, attribute, value, path, values)
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      issues.add(failure(400, path, `The attribute "${name}" ${error.message}`))
    }
  }
  return values
}

function assign(
  context: WriteContext,
  resource: Resource,
  attribute: Attribute,
  value: unknown,
  path: Path,
  { columns, lists }: AttributeValues,
): void {
  const { column, computed, proxy } = attribute
  if (column) columns[column.name] = parse(context, attribute, value)
  else if (proxy) lists.push({ proxy, values: parseList(context, proxy.attribute, value), path })
  else if (computed?.set) {
    parse(context, attribute, value)
    for (const [name, part] of Object.entries(computed.set(value))) {
      columns[name] = parse(context, { type: columnOf(resource.model.columns, name), isNullable: true }, part)
    }
  }
}

/** The value for the driver. Null is a value of JSON itself where the column cannot be NULL. @throws {ValueError} */
function parse(
  { dialect }: WriteContext,
  { type, isNullable }: Pick<Attribute, 'type' | 'isNullable'>,
  value: unknown,
): unknown {
  const isNull = value === null && (isNullable || type.kind !== 'json')
  const parsed = isNull ? null : codecOf(type).parse(value, type, dialect)
  if (parsed === null && !isNullable) throw new ValueError('must not be null')
  return parsed
}

function parseList(context: WriteContext, attribute: Attribute, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new ValueError('must be a list')
  return value.map((item) => parse(context, attribute, item))
}
