/** Failures to make a resource object of a row: 500. */
import { HttpException } from '../../exceptions/http-exception.ts'

/** The resource that could not be serialized. */
interface FailedResource {
  readonly type?: string
  readonly id?: string
  /** Whether it was to be included. */
  readonly isIncluded?: boolean
}

/**
 * Thrown by serializers. The response names the resource; several are reported together, by `MultipleExceptions`.
 *
 * @param message for the client, in place of `Failed to serialize resource of type person and ID 1`.
 */
export class SerializationException extends HttpException {
  override readonly name: string = 'SerializationException'
  /** The row; never sent. Not enumerable, so that no logger prints it. */
  declare readonly instance: unknown
  readonly resource: FailedResource

  constructor(instance: unknown, message?: string, resource: FailedResource = {}, cause?: unknown) {
    super(500, message ?? failureOf(resource), cause === undefined ? {} : { cause })
    Object.defineProperty(this, 'instance', { value: instance })
    this.resource = resource
  }
}

function failureOf({ type, id, isIncluded }: FailedResource): string {
  const names = [type && `type ${type}`, id && `ID ${id}`].filter(Boolean).join(' and ')
  return `Failed to serialize ${isIncluded ? 'included ' : ''}resource${names && ` of ${names}`}`
}
