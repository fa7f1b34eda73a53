/** Errors about parts of a path that do not exist. */
import { NotFound } from '../../exceptions/client-errors.ts'

/** A row that does not exist, or that the client cannot see. */
export function noSuchResource(type: string, id: string): NotFound {
  return new NotFound(`no resource of type ${type} with ID ${id.slice(0, 100)}`)
}

/** A name that is no relationship of the resource. */
export function noSuchRelation(name: string): NotFound {
  return new NotFound(`No such relation: ${name.slice(0, 100)}`)
}
