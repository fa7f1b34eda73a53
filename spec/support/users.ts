/** Users, and schemas of them in seven libraries: each user has a password, no schema has. */
import { Readable } from 'node:stream'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { z } from 'zod'
import { type Schema, serializeResponse } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { csv, html, markdown, ndjson, sse } from '../../lib/renderers.ts'
import { type TestAppOptions, testApp } from './test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: specs try options that the compiler refuses
type Any = any

const renderers = {
  'text/csv': csv(),
  'application/x-ndjson': ndjson(),
  'text/html': html(),
  'text/markdown': markdown(),
  'text/event-stream': sse(),
}

/** Serves the endpoint `show`, at `/`, with any options and any handler, in all media types. */
export async function showApp(
  options: Any,
  handler: (request: Any, response: Any) => Any,
  settings: TestAppOptions = {},
) {
  const app = await testApp((api) => api.get('/', { name: 'show', ...options }, handler as Any), {
    renderers,
    ...settings,
  })
  const get = (accept = 'application/json', method = 'GET') => app.ask(`${method} /`, { accept })
  return { ...app, get }
}

export const SECRET = 'hunter2'
export const user = () => ({
  id: 1,
  name: 'Ada',
  password: SECRET,
  address: { city: 'Łódź', password: SECRET },
})
export const list = () => [user(), { ...user(), id: 2 }]

class Row {
  readonly id = 1
  readonly name = 'Ada'
  readonly password = SECRET
  readonly address = { city: 'Łódź', password: SECRET }
}

/** Schemas of one user and of a list of users, without passwords. */
export const libraries: Record<string, { readonly one: Schema; readonly many: Schema }> = (() => {
  const zodOne = z.object({ id: z.int(), name: z.string(), address: z.object({ city: z.string() }) })
  const valibotOne = v.object({ id: v.number(), name: v.string(), address: v.object({ city: v.string() }) })
  const arktypeOne = type({ id: 'number.integer', name: 'string', address: { city: 'string' } })
  const joiOne = Joi.object({
    id: Joi.number().required(),
    name: Joi.string().required(),
    address: Joi.object({ city: Joi.string().required() }).required(),
  })
  const json = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { type: 'string' },
      address: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
    required: ['id', 'name', 'address'],
  }
  return {
    zod: { one: zodOne, many: z.array(zodOne) },
    valibot: { one: toStandardJsonSchema(valibotOne), many: toStandardJsonSchema(v.array(valibotOne)) },
    'valibot without JSON Schema': { one: valibotOne, many: v.array(valibotOne) },
    arktype: { one: arktypeOne, many: arktypeOne.array() },
    joi: { one: joiOne, many: Joi.array().items(joiOne) },
    'jsonSchema (ajv)': { one: jsonSchema(json), many: jsonSchema({ type: 'array', items: json }) },
    'jsonSchema that refers': {
      one: jsonSchema({ $ref: '#/$defs/user', $defs: { user: json } }),
      many: jsonSchema({ type: 'array', items: { $ref: '#/$defs/user' }, $defs: { user: json } }),
    },
  }
})()

/** Every form in which a handler may return a list of users. */
export const lists: Record<string, () => unknown> = {
  'a list': list,
  'a list of class instances': () => [new Row(), new Row()],
  'a Set': () => new Set(list()),
  'a generator': () => list().values(),
  'an async generator': async function* () {
    yield* list()
  },
  'a web stream': () => ReadableStream.from(list()),
  'a Node object stream': () => Readable.from(list()),
  'a promise of a Representation': async () => serializeResponse(list(), { headers: { 'x-mine': '1' } }),
}

export const TYPES: readonly string[] = ['application/json', ...Object.keys(renderers)]
