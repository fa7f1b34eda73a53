/** Requests made from the description of an operation. */
import type { DocumentedOperation } from './operations.ts'
import { type Found, SampleFile, type Sampler } from './sample.ts'
import type { WireRequest } from './wire.ts'

/** Parts of a request; all others are made from the document. */
export interface Wanted {
  /** Values of path parameters by name. */
  readonly path?: Readonly<Record<string, string>>
  /** Texts of parameters by location and name (`query page`); null omits the parameter. */
  readonly parameters?: Readonly<Record<string, string | null>>
  /** Whether optional parameters and members are included. */
  readonly isFull?: boolean
  readonly accept?: string | undefined
  /** The media type of the content: one that the operation accepts. */
  readonly type?: string | undefined
  /** The data of the content. Default: an example. */
  readonly value?: Found
  readonly fields?: Readonly<Record<string, string>>
  /** Content that is sent as it is. */
  readonly bytes?: string
  readonly promisedBytes?: number
  readonly hasNoContent?: boolean
  /** Appended to the query of the parameters. */
  readonly query?: string
  /** Whether the handler fails. */
  readonly isBroken?: boolean
}

export async function requestFor(
  operation: DocumentedOperation,
  sampler: Sampler,
  wanted: Wanted = {},
): Promise<WireRequest> {
  const fields: Record<string, string> = { accept: wanted.accept ?? '*/*' }
  const query = new URLSearchParams()
  const cookies: string[] = []
  let target = operation.template
  for (const parameter of operation.parameters) {
    const text = textOf(parameter, sampler, wanted)
    if (text === undefined) continue
    const { name, in: location } = parameter
    if (location === 'path') target = target.replace(`{${name}}`, text)
    if (location === 'query') query.append(name, text)
    if (location === 'header') fields[name.toLowerCase()] = text
    if (location === 'cookie') cookies.push(`${name}=${encodeURIComponent(text)}`)
  }
  if (cookies.length > 0) fields.cookie = cookies.join('; ')
  const search = [query.toString(), wanted.query ?? ''].filter(Boolean).join('&')
  if (search) target += `?${search}`
  const { type, content } = wanted.hasNoContent ? NOTHING : await contentFor(operation, sampler, wanted)
  if (type !== undefined) fields['content-type'] = type
  const { promisedBytes } = wanted
  return {
    method: operation.method,
    target,
    fields: { ...fields, ...wanted.fields },
    content,
    ...(promisedBytes === undefined ? {} : { promisedBytes }),
  }
}

/** The text of a parameter; undefined to omit it. If-None-Match is sent only on request. */
function textOf(
  { name, in: location, schema, required }: Found,
  sampler: Sampler,
  wanted: Wanted,
): string | undefined {
  const inPath = location === 'path' ? wanted.path?.[name] : undefined
  const text = wanted.parameters?.[`${location} ${name}`]
  if (text === null) return undefined
  if (text !== undefined) return text
  if (inPath !== undefined) return encodeURIComponent(inPath)
  if (name === 'If-Match') return '*'
  if (name === 'If-None-Match' || (!required && !wanted.isFull)) return undefined
  return encoded(sampler.sample(schema, true), location)
}

function encoded(value: Found, location: string): string {
  const text = [value].flat().join(',')
  return location === 'path' ? encodeURIComponent(text) : text
}

interface Content {
  readonly type: string | undefined
  readonly content: Uint8Array | undefined
}

const NOTHING: Content = { type: undefined, content: undefined }

async function contentFor(
  operation: DocumentedOperation,
  sampler: Sampler,
  { type: wantedType, value, bytes, isFull }: Wanted,
): Promise<Content> {
  const type = wantedType ?? Object.keys(operation.contents)[0]
  if (type === undefined) return bytes === undefined ? NOTHING : { type, content: Buffer.from(bytes) }
  if (bytes !== undefined)
    return { type: /multipart/.test(type) ? `${type}; boundary=x` : type, content: Buffer.from(bytes) }
  const { schema, encoding = {}, examples = {} } = operation.contents[type] ?? {}
  const [example] = Object.values<Found>(examples)
  return written(
    type,
    value === undefined ? (example?.value ?? sampler.sample(schema, isFull)) : value,
    encoding,
  )
}

async function written(type: string, value: Found, encoding: Found): Promise<Content> {
  if (type === 'multipart/form-data') {
    const form = new FormData()
    for (const [name, part] of Object.entries<Found>(value))
      for (const one of [part].flat())
        form.append(name, one instanceof SampleFile ? fileOf(one, encoding[name]) : String(one))
    const whole = new Response(form)
    return {
      type: whole.headers.get('content-type') as string,
      content: Buffer.from(await whole.arrayBuffer()),
    }
  }
  const isJson = /[/+]json$/.test(type)
  return { type, content: Buffer.from(isJson ? JSON.stringify(value) : String(value)) }
}

/** A file of the first media type that the encoding of its field lists. */
function fileOf({ type }: SampleFile, encoding: Found): Blob {
  const types: string = encoding?.contentType ?? type
  return new Blob(['file'], { type: types.split(',')[0]?.replace('*', 'png') ?? type })
}
