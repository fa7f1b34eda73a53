/**
 * The head of a part: the name of its field, and for a file its name and type.
 *
 *     Content-Disposition: form-data; name="photo"; filename="C:\me.png"  →  field photo, file name me.png
 *
 * RFC 7578 §4.2 (Content-Disposition), §4.4 (Content-Type), §5.1 (names in UTF-8).
 */
import { BadRequest } from '../../exceptions/client-errors.ts'
import { splitList } from '../../http/field.ts'
import { MediaType } from '../../http/media-type.ts'

/** Header fields of a part: names in lower case, one character per byte. */
export type RawFields = Readonly<Record<string, readonly string[] | undefined>>

export class PartHead {
  readonly field: string
  /** Undefined for a field, and for a file without a usable name. */
  readonly filename: string | undefined
  /** The essence of its media type, lower case. */
  readonly type: string
  readonly isFile: boolean
  /** Whether a browser sends this head for an empty file input, if no bytes follow. */
  readonly isUnnamed: boolean

  private constructor(field: string, filename: string | undefined, type: MediaType | undefined) {
    this.field = field
    this.isFile = filename !== undefined || type?.essence === 'application/octet-stream'
    this.isUnnamed = this.isFile && !filename
    this.filename = filename === undefined ? undefined : baseNameOf(filename)
    this.type = type?.essence ?? (this.isFile ? 'application/octet-stream' : 'text/plain')
  }

  /** @throws {BadRequest} 400, when the field's name is missing, or `__proto__`. */
  static of(fields: RawFields): PartHead {
    const [disposition = ''] = fields['content-disposition'] ?? []
    const [kind = '', ...members] = splitList(disposition, ';')
    const parameters = new Map(members.map(parameterOf).reverse()) // the first of equal names wins
    const name = parameters.get('name')
    if (kind.toLowerCase() !== 'form-data' || name === undefined) {
      throw new BadRequest('A part has no field name')
    }
    const field = unescaped(utf8(name))
    if (field === '__proto__') throw new BadRequest('The form has a field named __proto__')
    const plain = parameters.get('filename')
    const filename =
      extended(parameters.get('filename*')) ?? (plain === undefined ? plain : unescaped(utf8(plain)))
    const type = MediaType.parse(fields['content-type']?.[0] ?? '')
    return new PartHead(field, filename, type?.isRange ? undefined : type)
  }
}

/** `name="value"`; clients that send a path do not escape its backslashes. */
function parameterOf(member: string): [name: string, value: string] {
  const equals = member.indexOf('=')
  if (equals < 0) return ['', '']
  const name = member.slice(0, equals).trim().toLowerCase()
  const value = member.slice(equals + 1).trim()
  if (!value.startsWith('"')) return [name, value]
  const end = value.endsWith('"') && value.length > 1 ? -1 : undefined
  return [name, value.slice(1, end).replace(/\\(["\\])/g, '$1')]
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}

/** Decodes quotes and line breaks in a name (HTML, "multipart/form-data encoding algorithm"). */
function unescaped(name: string): string {
  return name.replace(/%(?:22|0D|0A)/gi, decodeURIComponent)
}

/** `UTF-8''na%C3%AFve.txt` (RFC 8187 §3.2). RFC 7578 §4.2 forbids it, but clients send it. */
function extended(value: string | undefined): string | undefined {
  const [charset = '', , encoded] = value?.split("'") ?? []
  if (encoded === undefined || !/^utf-8$/i.test(charset)) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

const MAX_LENGTH = 255

/**
 * The last segment of a POSIX or Windows path, without control characters. RFC 7578 §4.2, RFC 2183 §2.3.
 *
 *     ../../etc/passwd → passwd     C:\me.png → me.png     .. → undefined
 */
function baseNameOf(path: string): string | undefined {
  const visible = path.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')
  const name = visible.slice(Math.max(visible.lastIndexOf('/'), visible.lastIndexOf('\\')) + 1).trim()
  if (name === '' || name === '.' || name === '..') return undefined
  return name.slice(0, MAX_LENGTH).replace(/[\ud800-\udbff]$/, '')
}
