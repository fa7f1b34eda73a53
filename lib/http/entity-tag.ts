/**
 * Entity tags: identifiers of a version of a representation.
 *
 *     ETag: "Zm9vYmFyYmF6cXV4MTIzNA-text/csv"     If-None-Match: W/"a", "b,c"     If-Match: *
 *
 * RFC 9110 §8.8.3 (ETag), §8.8.3.2 (comparison), §13.1.1 (If-Match), §13.1.2 (If-None-Match).
 */
import { hash } from 'node:crypto'
import { canonicalHash } from '../json/canonical-form.ts'
import { percentEncoded } from './encoded-field.ts'

/** RFC 9110 §8.8.3.2: the strong comparison never matches weak tags. */
export type Comparison = 'strong' | 'weak'

/** 132 bits of SHA-256 in base64url. */
const HASH_LENGTH = 22

const QUOTE = 0x22
const COMMA = 0x2c

export class EntityTag {
  /** The text between the quotes. */
  readonly opaque: string
  /** Whether representations with this tag are equivalent, but not equal byte by byte. */
  readonly isWeak: boolean
  readonly #text: string

  constructor(opaque: string, isWeak = false) {
    this.opaque = opaque
    this.isWeak = isWeak
    this.#text = isWeak ? `W/"${opaque}"` : `"${opaque}"`
  }

  /**
   * Parses a developer's text: `"x"`, `W/"x"`, or `x` for short.
   *
   * @throws {TypeError} that names the value, when it has characters that a tag cannot contain.
   */
  static of(text: string): EntityTag {
    const { weak, quoted } = /^(?<weak>W\/)?"(?<quoted>[^"]*)"$/.exec(text)?.groups ?? {}
    const opaque = quoted ?? text
    if (!isOpaque(opaque)) throw new TypeError(`${JSON.stringify(text)} is not an entity tag such as '"v1"'`)
    return new EntityTag(opaque, weak !== undefined)
  }

  /** Whether both identify the same version (RFC 9110 §8.8.3.2). */
  matches(other: EntityTag, comparison: Comparison): boolean {
    if (comparison === 'strong' && (this.isWeak || other.isWeak)) return false
    return this.opaque === other.opaque
  }

  toString(): string {
    return this.#text
  }
}

/**
 * Parses an If-Match or If-None-Match. An empty field counts as absent; members that are not tags are
 * skipped, and a list without valid members matches nothing.
 *
 * Scanned here, because in a tag a backslash escapes nothing, unlike in the quoted strings of other fields.
 *
 * @returns `*` for a field of only that, undefined without a field.
 */
export function parseTags(field: string | undefined): readonly EntityTag[] | '*' | undefined {
  const text = field?.trim() ?? ''
  if (text === '') return undefined
  if (isStar(text)) return '*'
  const tags: EntityTag[] = []
  let index = 0
  while (index < text.length) {
    const isWeak = text.startsWith('W/', index) // RFC 9110 §8.8.3: the prefix is case-sensitive
    const start = isWeak ? index + 2 : index
    const end = text.charCodeAt(start) === QUOTE ? text.indexOf('"', start + 1) : -1
    const next = end < 0 ? index : skipBlanks(text, end + 1)
    const isMember = end >= 0 && (next === text.length || text.charCodeAt(next) === COMMA)
    const opaque = text.slice(start + 1, end)
    if (isMember && isOpaque(opaque)) tags.push(new EntityTag(opaque, isWeak))
    index = nextMember(text, next)
  }
  return tags
}

/** Whether a trimmed field is `*` alone; field lines are joined by commas. */
export function isStar(text: string): boolean {
  return /^\*(?:[ \t]*,[ \t]*\*)*$/.test(text)
}

/** The start of the member after the next comma; the end of the text without one. */
function nextMember(text: string, from: number): number {
  const comma = text.indexOf(',', from)
  return comma < 0 ? text.length : skipBlanks(text, comma + 1)
}

function skipBlanks(text: string, from: number): number {
  let index = from
  while (text[index] === ' ' || text[index] === '\t') index++
  return index
}

/** RFC 9110 §8.8.3, etagc: visible characters except the quote, and obs-text. */
function isOpaque(text: string): boolean {
  return /^[\x21\x23-\x7e\x80-\xff]*$/.test(text)
}

/** A content coding at the end of a tag. RFC 9110 §8.4.1: x-gzip is gzip. */
const CODING = /--?(?:(?:x-)?gzip|br|zstd|deflate)$/

/**
 * A tag without the content coding that a proxy has appended to it.
 *
 *     "v1-gzip" (Apache mod_deflate), "v1--gzip" (Jetty)  →  "v1"
 */
export function withoutCoding(tag: EntityTag): EntityTag {
  return CODING.test(tag.opaque) ? new EntityTag(tag.opaque.replace(CODING, ''), tag.isWeak) : tag
}

/**
 * The tag of one representation of a state.
 *
 * In the variant `-` is encoded too, so that the last one of a tag separates state and variant.
 *
 * @param state its {@link stateHash}, or its {@link stateText}; or a whole tag, which is returned as it is.
 * @param variant media type and content coding of the representation, `text/csv` or `text/csv+gzip`.
 * @throws {TypeError} for a whole tag with characters that a tag cannot contain.
 */
export function tagOfHash(state: string, variant: string): EntityTag {
  return isWholeTag(state) ? EntityTag.of(state) : new EntityTag(state + suffixOf(variant))
}

function suffixOf(variant: string): string {
  if (variant !== last.variant) last = { variant, suffix: `-${encoded(variant).replaceAll('-', '%2D')}` }
  return last.suffix
}

/** The last variant: it is mostly that of the next tag. */
let last = { variant: '', suffix: '-' }

/**
 * The text of a state in its tags: the version of a database row, whose characters that a tag cannot contain, and those that
 * simple parsers misread, are percent-encoded; or a whole tag.
 */
export function stateText(state: string): string {
  return isWholeTag(state) ? state : encoded(state)
}

function encoded(text: string): string {
  if (/^[!#$&'*+\-./0-9:;=?@A-Z^_`a-z|~]*$/.test(text)) return text
  return text.replace(/[^!#$&'*+\-./0-9:;=?@A-Z^_`a-z|~]/gu, encode)
}

/** Each byte of its UTF-8 in two digits; a lone surrogate, which has none, as `%uD800`. */
function encode(character: string): string {
  if (!character.isWellFormed()) return `%u${character.charCodeAt(0).toString(16).toUpperCase()}`
  return percentEncoded(Buffer.from(character))
}

/** Hash of the state's JSON, 22 characters; the order of members makes no difference. */
export function stateHash(state: unknown): string {
  return canonicalHash(state).slice(0, HASH_LENGTH)
}

/** Hash of content, 22 characters: each byte of its UTF-8 makes a difference, and the text of fields beside it. */
export function contentHash(content: string | Uint8Array, fields = ''): string {
  const ofContent = hash('sha256', content, 'base64url')
  const text = fields === '' ? ofContent : hash('sha256', ofContent + fields, 'base64url')
  return text.slice(0, HASH_LENGTH)
}

/** Whether an identifier is a tag with its quotes: `"v1"` or `W/"v1"`. */
export function isWholeTag(state: string): boolean {
  return state.charCodeAt(state.length - 1) === QUOTE && /^(?:W\/)?".*"$/s.test(state)
}

/** Whether a tag is one of any representation of a state. @param state as in {@link tagOfHash}. */
export function isOfState(tag: EntityTag, state: string, comparison: Comparison): boolean {
  if (isWholeTag(state)) return EntityTag.of(state).matches(tag, comparison)
  const { opaque, isWeak } = tag
  const end = opaque.lastIndexOf('-')
  return (comparison === 'weak' || !isWeak) && end >= 0 && opaque.slice(0, end) === state
}
