/** Checks responses against a document: status, media type, header fields and content. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { DocumentedOperation } from './operations.ts'
import { type Found, Sampler } from './sample.ts'
import type { WireResponse } from './wire.ts'

/** Header fields of messages, connections, caches and browsers, which no document describes. */
export const GENERAL: readonly string[] = [
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  ...['cache-control', 'x-accel-buffering', 'content-security-policy', 'x-content-type-options'],
  ...['access-control-allow-credentials', 'cross-origin-opener-policy', 'cross-origin-resource-policy'],
  ...['origin-agent-cluster', 'referrer-policy', 'x-dns-prefetch-control', 'x-download-options'],
  ...['x-frame-options', 'x-permitted-cross-domain-policies', 'x-xss-protection'],
]

/** Media types for people, whose content has no data to check. */
const FOR_PEOPLE = ['text/html', 'text/plain', 'text/markdown']

export interface Verdict {
  /** All differences from the document. */
  readonly faults: readonly string[]
  /** Whether only `default` covers the status. */
  readonly isByDefault: boolean
  /** The media type without parameters; empty without content. */
  readonly type: string
}

export class Judge {
  readonly #ajv: Ajv2020
  readonly #sampler: Sampler
  readonly #compiled = new Map<unknown, ReturnType<Ajv2020['compile']>>()

  constructor(document: Found) {
    this.#ajv = new Ajv2020({ strict: false, validateFormats: true })
    ;(addFormats as unknown as (ajv: Ajv2020) => void)(this.#ajv)
    this.#ajv.addSchema({ ...document, $id: 'document:' })
    this.#sampler = new Sampler(document)
  }

  /** Whether a value conforms to a schema of the document. */
  accepts(schema: Found, value: unknown): boolean {
    return this.#fault(schema, value) === undefined
  }

  judge({ responses }: DocumentedOperation, { status, fields, content }: WireResponse): Verdict {
    const type = String(fields['content-type'] ?? '').split(';')[0] as string
    const own = responses[status]
    const response = own ?? responses.default
    const isByDefault = own === undefined
    if (!response) return { faults: [`the status ${status} is not named`], isByDefault, type }
    if (isByDefault && status < 400)
      return { faults: [`the success ${status} is not named`], isByDefault, type }
    const faults = [
      ...this.#fieldFaults(response.headers ?? {}, fields),
      ...this.#contentFaults(response.content ?? {}, type, content),
    ]
    return { faults, isByDefault, type }
  }

  #fieldFaults(headers: Found, fields: WireResponse['fields']): string[] {
    const named = new Map(
      Object.entries<Found>(headers).map(([name, header]) => [
        name.toLowerCase(),
        this.#sampler.whole(header),
      ]),
    )
    const strange = Object.keys(fields).filter((name) => !named.has(name) && !GENERAL.includes(name))
    const missing = [...named].filter(([name, { required }]) => required && fields[name] === undefined)
    const wrong = [...named].flatMap(([name, { schema, content }]) => {
      const value = fields[name]
      if (value === undefined) return []
      const json = content?.['application/json']?.schema
      const text = schema?.type === 'integer' ? Number(value) : String(value)
      const fault = json ? this.#fault(json, JSON.parse(String(value))) : this.#fault(schema, text)
      return fault === undefined ? [] : [`the field ${name} ${fault}`]
    })
    return [
      ...strange.map((name) => `the field ${name} is not named`),
      ...missing.map(([name]) => `the field ${name} is missing`),
      ...wrong,
    ]
  }

  #contentFaults(named: Found, type: string, content: Buffer): string[] {
    if (type in named) {
      const { schema } = named[type]
      const value = dataIn(type, content.toString(), this.#sampler.whole(schema), this.#sampler)
      const fault = value === undefined ? undefined : this.#fault(schema, value)
      return fault === undefined ? [] : [`the content as ${type} ${fault}`]
    }
    const ranges = Object.keys(named).filter((range) => range.endsWith('/*'))
    if (ranges.some((range) => range === '*/*' || type.startsWith(range.slice(0, -1)))) return []
    const isEmpty = type === '' && content.length === 0
    if (isEmpty && Object.keys(named).length === 0) return []
    return [isEmpty ? 'content is named and missing' : `the type ${type} is not named`]
  }

  #fault(schema: Found, value: unknown): string | undefined {
    const known = this.#compiled.get(schema)
    const validate = known ?? this.#ajv.compile(rooted(schema) as object)
    if (!known) this.#compiled.set(schema, validate)
    if (validate(value)) return undefined
    return `does not fit: ${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(value)?.slice(0, 200)}`
  }
}

/** A copy whose references lead into the document. */
function rooted(schema: Found): Found {
  if (Array.isArray(schema)) return schema.map(rooted)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries<Found>(schema).map(([name, part]) => [
      name,
      name === '$ref' && typeof part === 'string' ? `document:${part}` : rooted(part),
    ]),
  )
}

/** The data in the content; undefined for media types for people. */
function dataIn(type: string, text: string, schema: Found, sampler: Sampler): unknown {
  if (/[/+]json$/.test(type)) return JSON.parse(text)
  if (/[/+]x-ndjson$/.test(type))
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  if (type === 'text/event-stream')
    return [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data = '']) => JSON.parse(data))
  if (type === 'text/csv') return rowsOf(text, sampler.whole(schema?.items))
  return FOR_PEOPLE.includes(type) && schema?.type !== 'string' ? undefined : text
}

/** Cells are text: parsed by the type of their column; an empty one is null. */
function rowsOf(text: string, { properties = {}, required = [] }: Found): unknown[] {
  const [head = '', ...lines] = text.trimEnd().split(/\r?\n/)
  const columns = head.split(',')
  const valueIn = (cell: string, type: Found) => {
    if (cell === '' && ![type].flat().includes('string')) return null
    if (cell === '') return null
    return [type].flat().some((one) => ['integer', 'number', 'boolean'].includes(one))
      ? JSON.parse(cell)
      : cell
  }
  return lines.map((line) =>
    Object.fromEntries(
      line.split(',').flatMap((cell, index) => {
        const name = columns[index] as string
        const value = valueIn(cell, properties[name]?.type)
        return value === null && !required.includes(name) ? [] : [[name, value]]
      }),
    ),
  )
}
