/**
 * A media type or a media range.
 *
 *     Application/Vnd.Temps+JSON; Version=2  →  type application, subtype vnd.temps+json, suffix json
 *
 * RFC 9110 §8.3.1 (media types), §12.5.1 (ranges); RFC 6838 §4.2.8 (suffixes).
 */
import { format, parse } from 'content-type'
import { isToken } from './field.ts'

/** RFC 7578. */
export const MULTIPART = 'multipart/form-data'
/** RFC 6902 §6. */
export const JSON_PATCH = 'application/json-patch+json'

export class MediaType {
  /** Lower case: `text`, or `*` in a range. */
  readonly type: string
  /** Lower case: `csv`, `vnd.temps+json`; in a range also `*` and `*+json`. */
  readonly subtype: string
  /** `type/subtype`, without parameters. */
  readonly essence: string
  /** Names in lower case, values unchanged except for the charset. */
  readonly parameters: Readonly<Record<string, string>>
  #text: string | undefined

  private constructor(essence: string, slash: number, parameters: Readonly<Record<string, string>>) {
    this.type = essence.slice(0, slash)
    this.subtype = essence.slice(slash + 1)
    this.essence = essence
    this.parameters = parameters
  }

  /** Parses a client's text. Undefined for text that is neither a media type nor a range. Never throws. */
  static parse(text: string): MediaType | undefined {
    const { type: essence, parameters } = parse(text) // in lower case
    const slash = essence.indexOf('/')
    if (slash < 1 || !isToken(essence.slice(0, slash)) || !isToken(essence.slice(slash + 1))) return undefined
    if (essence.startsWith('*/') && essence[2] !== '*') return undefined // RFC 9110 §12.5.1: `*/x` is not a range
    if (!Object.entries(parameters).every(isParameter)) return undefined
    if (parameters.charset) parameters.charset = parameters.charset.toLowerCase() // RFC 9110 §8.3.2
    return new MediaType(essence, slash, parameters)
  }

  /**
   * Parses a developer's text; `*+json` is short for any type with that suffix.
   *
   * @throws {TypeError} that names the value.
   */
  static of(text: string): MediaType {
    const parsed = typeof text === 'string' ? MediaType.parse(text.replace(/^\*?\+/, '*/*+')) : undefined
    if (!parsed) throw new TypeError(`${JSON.stringify(text)} is not a media type such as 'text/csv'`)
    return parsed
  }

  /** The structured syntax suffix, after the last `+`: `json` in `application/problem+json`. */
  get suffix(): string | undefined {
    const plus = this.subtype.lastIndexOf('+')
    return plus < 0 ? undefined : this.subtype.slice(plus + 1)
  }

  /** Whether this is `application/json` or has the `+json` suffix: always UTF-8 (RFC 8259 §8.1). */
  get isJson(): boolean {
    return this.essence === 'application/json' || this.suffix === 'json'
  }

  /** Whether it matches more than one type: `text/*`, `application/*+json`. */
  get isRange(): boolean {
    return this.subtype === '*' || this.subtype.startsWith('*+')
  }

  /**
   * How specific a range is (RFC 9110 §12.5.1, the order of precedence): any type, any type with a suffix, `type/*`,
   * `type/*+suffix`, one type. Of two of a kind the one with more parameters is more specific.
   */
  get specificity(): number {
    const ofSubtype = this.subtype === '*' ? 0 : this.isRange ? 1 : 2
    const kind = (this.type === '*' ? 0 : 3) + ofSubtype
    return kind * MANY + Object.keys(this.parameters).length
  }

  /** Whether this range includes the type of `offer`, whatever their parameters are. */
  coversType({ type, subtype, suffix }: MediaType): boolean {
    if (this.type !== '*' && this.type !== type) return false
    if (this.subtype.startsWith('*+')) return this.subtype.slice(2) === suffix
    return this.subtype === '*' || this.subtype === subtype
  }

  /** Whether this range includes `offer`. The offer needs every parameter of the range. */
  covers(offer: MediaType): boolean {
    return this.coversType(offer) && offer.carries(this.parameters)
  }

  /** Whether it has all these parameters; values are case-insensitive. */
  carries(parameters: Readonly<Record<string, string>>): boolean {
    return Object.entries(parameters).every(
      ([name, value]) => this.parameters[name]?.toLowerCase() === value.toLowerCase(),
    )
  }

  /** A copy with other parameters. */
  with(parameters: Readonly<Record<string, string>>): MediaType {
    return new MediaType(this.essence, this.type.length, parameters)
  }

  /** The `Content-Type` for content of this type: `text/*` gets `charset=utf-8`. */
  toContentType(): string {
    const isComplete = this.type !== 'text' || 'charset' in this.parameters
    return (isComplete ? this : this.with({ ...this.parameters, charset: 'utf-8' })).toString()
  }

  toString(): string {
    this.#text ??= format({ type: this.essence, parameters: this.parameters })
    return this.#text
  }
}

/** More than the parameters of a range: they never outweigh its kind. */
const MANY = 1_000_000

/** Whether a parameter can be written (RFC 9110 §5.6.6); `content-type` parses more than it formats. */
function isParameter([name, value]: [string, string]): boolean {
  return isToken(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}
