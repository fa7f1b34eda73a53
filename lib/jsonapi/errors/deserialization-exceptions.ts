/** Request documents that no row can be made of: one class per mistake. */
import { HttpException } from '../../exceptions/http-exception.ts'
import { fragmentOf, parsePointer } from '../../json/json-pointer.ts'

/** The place of a mistake in the request document. */
interface Place {
  /** JSON Pointer to a value that the document has: `/data/relationships/author`. */
  readonly pointer?: string
  /** The relationship whose linkage has it. */
  readonly relationship?: string
}

/** Thrown by deserializers; the response says `Failed to deserialize object: …`. */
export class DeserializationException extends HttpException {
  override readonly name: string = 'DeserializationException'

  /** @param detail the reason, for the client. */
  constructor(status = 400, detail?: string, { pointer }: Place = {}) {
    const text = `Failed to deserialize object${detail === undefined ? '' : `: ${detail}`}`
    const errors = [{ detail: text, pointer: fragmentOf(parsePointer(pointer ?? '') ?? []) }]
    super(status, text, pointer === undefined ? {} : { errors })
  }
}

/** The linkage of a to-many relationship is no list. */
export class NotAList extends DeserializationException {
  override readonly name: string = 'NotAList'
  constructor(place: Place = {}) {
    super(400, `data${within(place)} must be a list; maybe you intended to provide an empty list?`, place)
  }
}

/** A new resource brings an id, which the API does not allow. */
export class ClientGeneratedIDNotAllowed extends DeserializationException {
  override readonly name: string = 'ClientGeneratedIDNotAllowed'
  constructor(place: Place = {}) {
    super(403, 'Server does not allow client-generated IDs', place)
  }
}

/** The type of a resource is not that of the collection, or of the relationship. */
export class ConflictingType extends DeserializationException {
  override readonly name: string = 'ConflictingType'
  constructor(expected: string, given: string, place: Place = {}) {
    super(409, `expected type "${expected}" but got type "${given}"${within(place)}`, place)
  }
}

/** A relationship that the resource does not have. */
export class UnknownRelationship extends DeserializationException {
  override readonly name: string = 'UnknownRelationship'
  constructor(field: string, place: Place = {}) {
    super(400, `model has no relationship "${field}"`, place)
  }
}

/** An attribute that the resource does not have. */
export class UnknownAttribute extends DeserializationException {
  override readonly name: string = 'UnknownAttribute'
  constructor(field: string, place: Place = {}) {
    super(400, `model has no attribute "${field}"`, place)
  }
}

/** A document, or a relationship, without `data`. */
export class MissingData extends DeserializationException {
  override readonly name: string = 'MissingData'
  constructor(place: Place = {}) {
    super(400, `missing "data" element${within(place)}`, place)
  }
}

/** A resource, or an identifier, without `id`. */
export class MissingID extends DeserializationException {
  override readonly name: string = 'MissingID'
  constructor(place: Place = {}) {
    super(400, `missing "id" element${within(place)}`, place)
  }
}

/** A resource, or an identifier, without `type`. */
export class MissingType extends DeserializationException {
  override readonly name: string = 'MissingType'
  constructor(place: Place = {}) {
    super(400, `missing "type" element${within(place)}`, place)
  }
}

function within({ relationship }: Place): string {
  return relationship === undefined ? '' : ` in linkage object for relationship "${relationship}"`
}
