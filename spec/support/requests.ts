/** Requests made from what a document says of an operation. */
import type { DocumentedOperation } from './operations.ts'
import { type Found, SampleFile, type Sampler } from './sample.ts'
import type { AskedFor } from './wire.ts'

/** What is to be said; all else is as the document has it. */
export interface Wanted {
  /** Values of the path's parameters by name. */
  readonly path?: Readonly<Record<string, string>>
  /** Of parameters by location and name (`query page`), as text; null: it is left out. */
  readonly parameters?: Readonly<Record<string, string | null>>
  /** Whether what is not required is said, too. */
  readonly isFull?: boolean
  readonly accept?: string | undefined
  /** One of those the operation takes. */
  readonly type?: string | undefined
  /** The content, before it is written in its type. Default: an example. */
  readonly value?: Found
  readonly fields?: Readonly<Record<string, string>>
  /** Sent as it is. */
  readonly bytes?: string
  readonly promisedBytes?: number
  readonly hasNoContent?: boolean
  /** Said beside the parameters. */
  readonly query?: string
  /** Whether the handler is made to fail. */
  readonly isBroken?: boolean
}

export async function requestFor(
  operation: DocumentedOperation,
  sampler: Sampler,
  wanted: Wanted = {},
): Promise<AskedFor> {
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

/** A parameter as it is written; undefined where it is left out. Conditions are only for who asks for them. */
function textOf(
  { name, in: location, schema, required }: Found,
  sampler: Sampler,
  wanted: Wanted,
): string | undefined {
  const said = location === 'path' ? wanted.path?.[name] : undefined
  const asked = wanted.parameters?.[`${location} ${name}`]
  if (asked === null) return undefined
  if (asked !== undefined || said !== undefined) return asked ?? encodeURIComponent(said as string)
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
  { type: asked, value, bytes, isFull }: Wanted,
): Promise<Content> {
  const type = asked ?? Object.keys(operation.taken)[0]
  if (type === undefined) return bytes === undefined ? NOTHING : { type, content: Buffer.from(bytes) }
  if (bytes !== undefined)
    return { type: /multipart/.test(type) ? `${type}; boundary=x` : type, content: Buffer.from(bytes) }
  const { schema, encoding = {}, examples = {} } = operation.taken[type] ?? {}
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

/** Of the first type that is told of its field. */
function fileOf({ type }: SampleFile, encoding: Found): Blob {
  const told: string = encoding?.contentType ?? type
  return new Blob(['file'], { type: told.split(',')[0]?.replace('*', 'png') ?? type })
}
