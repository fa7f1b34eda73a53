/**
 * Names of media types for the query, where Accept cannot be set: in a link, in the address bar.
 *
 *     formats: { csv: 'text/csv' }  ·  ?format=csv  →  text/csv, whatever Accept is
 */
import { MediaType } from '../http/media-type.ts'
import { checkObject, checkValues } from '../registry/options.ts'

/** Media types by their names in the query. */
export class Formats {
  /** The query parameter. */
  readonly parameter: string
  readonly types: ReadonlyMap<string, string>

  constructor(parameter: string, types: ReadonlyMap<string, string>) {
    this.parameter = parameter
    this.types = types
  }

  /**
   * The formats of the options.
   *
   * @param where subject of messages.
   * @throws {TypeError} for an empty name or parameter, and for a value that is not a media type.
   */
  static of(where: string, formats: Readonly<Record<string, string>>, parameter = 'format'): Formats {
    checkObject(`${where}, in 'formats',`, formats)
    checkValues(where, { formatParameter: parameter }, { formatParameter: 'string' })
    if (parameter === '') throw new TypeError(`${where} has an empty formatParameter`)
    if (Object.hasOwn(formats, '')) throw new TypeError(`${where} has an empty name in 'formats'`)
    const types = Object.entries(formats).map(([name, type]) => [name, String(MediaType.of(type))] as const)
    return new Formats(parameter, new Map(types))
  }

  /** The value of the parameter in a request's target, of several the first; undefined without it. */
  nameIn(target: string): string | undefined {
    const start = target.indexOf('?')
    return start < 0 ? undefined : (new URLSearchParams(target.slice(start)).get(this.parameter) ?? undefined)
  }
}
