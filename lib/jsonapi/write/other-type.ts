/** Rows that a discriminator would give to a type of their own. */
import { memberError } from '../errors/issue.ts'
import type { Row } from '../reading/selection.ts'
import type { Resource } from '../resource/resource.ts'
import type { Change } from './change.ts'

/** @throws {HttpException} 409 for a written row of another type: the type of a resource is that of its URL, and stays. */
export function refuseOtherType(
  resource: Resource,
  row: Row,
  { attributes }: Pick<Change, 'attributes'>,
): void {
  if (resource.ofRow(row) === resource) return
  const { discriminator } = resource.model
  const attribute = [...resource.attributes.values()].find(
    ({ column, name }) => column?.name === discriminator?.column && attributes.has(name),
  )
  const path = attribute ? ['data', 'attributes', attribute.name] : ['data']
  throw memberError(409, path, `The resource would be of another type than "${resource.type}"`)
}
