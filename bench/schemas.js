/** The schemas of all servers, in zod and in JSON Schema, and the checks by hand for servers without their own. */
import { Ajv } from 'ajv'
import { z } from 'zod'
import { HttpError, readings } from './work.js'

const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Content of `POST /checked`; `Reading` is the schema of its response, and `Rows` that of `GET /rows`. */
export const NewReading = z.object({
  station: z.string().min(1).max(100),
  at: z.string().regex(AT),
  celsius: z.number().min(-100).max(100),
})
export const Reading = NewReading.extend({ id: z.int() })
export const Rows = z.array(
  Reading.extend({ humidity: z.int(), pressure: z.number(), wind: z.string(), note: z.string() }),
)

/** The same as JSON Schemas. */
export const newReading = {
  type: 'object',
  properties: {
    station: { type: 'string', minLength: 1, maxLength: 100 },
    at: { type: 'string', pattern: AT.source },
    celsius: { type: 'number', minimum: -100, maximum: 100 },
  },
  required: ['station', 'at', 'celsius'],
}
export const reading = extend(newReading, { id: { type: 'integer' } })
export const rows = {
  type: 'array',
  items: extend(reading, {
    humidity: { type: 'integer' },
    pressure: { type: 'number' },
    wind: { type: 'string' },
    note: { type: 'string' },
  }),
}

const ajv = new Ajv()
export const isNewReading = ajv.compile(newReading)
const isReading = ajv.compile(reading)
const areRows = ajv.compile(rows)

/** @returns the new reading, by zod. @throws {HttpError} 422. */
export function createByZod(content) {
  const { data, success } = NewReading.safeParse(content)
  if (!success) throw new HttpError(422, 'Not a reading')
  return Reading.parse({ id: 101, ...data })
}

/** @returns the new reading, by Ajv. @throws {HttpError} 422. */
export function createByAjv(content) {
  if (!isNewReading(content)) throw new HttpError(422, 'Not a reading')
  return createdByAjv(content)
}

/** @returns the new reading of a content that is valid; the response is checked by Ajv. */
export function createdByAjv(content) {
  return checkedByAjv(isReading, { id: 101, ...content })
}

export function rowsByZod() {
  return Rows.parse(readings)
}

export function rowsByAjv() {
  return checkedByAjv(areRows, readings)
}

function checkedByAjv(check, data) {
  if (!check(data)) throw new HttpError(500, ajv.errorsText(check.errors))
  return data
}

function extend(schema, properties) {
  return {
    ...schema,
    properties: { ...schema.properties, ...properties },
    required: [...schema.required, ...Object.keys(properties)],
  }
}
