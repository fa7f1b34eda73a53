/** Whether an answer is one that the document names: its status, its type, its fields, its content. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { DocumentedOperation } from './operations.ts'
import { type Found, Sampler } from './sample.ts'
import type { Answered } from './wire.ts'

/** Said of messages, connections and caches, not of what is asked for; and what keeps browsers from guessing. */
export const GENERAL: readonly string[] = [
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  ...['cache-control', 'x-accel-buffering', 'content-security-policy', 'x-content-type-options'],
]

/** Looks like text to whoever has not asked for data: nothing in it can be told apart. */
const FOR_PEOPLE = ['text/html', 'text/plain', 'text/markdown']

export interface Verdict {
  /** What is wrong with the answer; empty when nothing is. */
  readonly faults: readonly string[]
  /** Whether only `default` names its status. */
  readonly isByDefault: boolean
  /** Without parameters; empty where there is no content. */
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

  /** Whether a schema of the document takes a value. */
  takes(schema: Found, value: unknown): boolean {
    return this.#fault(schema, value) === undefined
  }

  judge({ responses }: DocumentedOperation, { status, fields, content }: Answered): Verdict {
    const type = String(fields['content-type'] ?? '').split(';')[0] as string
    const own = responses[status]
    const told = own ?? responses.default
    const isByDefault = own === undefined
    if (!told) return { faults: [`the status ${status} is not named`], isByDefault, type }
    if (isByDefault && status < 400)
      return { faults: [`the success ${status} is not named`], isByDefault, type }
    const faults = [
      ...this.#fieldFaults(told.headers ?? {}, fields),
      ...this.#contentFaults(told.content ?? {}, type, content),
    ]
    return { faults, isByDefault, type }
  }

  #fieldFaults(headers: Found, fields: Answered['fields']): string[] {
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
      const fault = json ? this.#fault(json, JSON.parse(String(value))) : this.#fault(schema, String(value))
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

/** With its references into the document. */
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

/** The data behind content; undefined where it is written for people. */
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

/** Cells hold text: what they say is read as their column has it, and an empty one is nothing. */
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
