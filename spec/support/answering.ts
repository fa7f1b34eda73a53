/** An endpoint that answers in many types, and users as seven schemas know them: without their passwords. */
import { Readable } from 'node:stream'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import Joi from 'joi'
import * as v from 'valibot'
import { z } from 'zod'
import { type BlueprintOptions, RestBlueprint, type Schema, serializeResponse } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { csv, html, markdown, ndjson, sse } from '../../lib/renderers.ts'
import { quiet } from './logger.ts'
import { type AnyPolka, polka } from './polka.ts'
import { serve } from './server.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse is what is tried here
type Any = any

/** An endpoint at `/` of any options and any handler, in all the types there are. */
export async function answering(
  options: Any,
  handler: (request: Any, response: Any) => Any,
  { polka: app = polka(), ...settings }: BlueprintOptions & { polka?: ReturnType<AnyPolka> } = {},
) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, ...settings })
  const renderers = {
    'text/csv': csv(),
    'application/x-ndjson': ndjson(),
    'text/html': html(),
    'text/markdown': markdown(),
    'text/event-stream': sse(),
  }
  for (const [type, renderer] of Object.entries(renderers)) {
    api.outgoing.addMimetype(type)
    api.contentRenderer.renders(type, renderer)
  }
  const verb = handler.length < 2 ? (request: Any) => handler(request, undefined) : handler
  api.get('/', { name: 'show', ...options }, verb as Any)
  api.register(app)
  const served = await serve(app)
  const get = async (accept = 'application/json', method = 'GET') => {
    const answer = await served.fetch('/', { method, headers: { accept } })
    return { answer, status: answer.status, text: await answer.text() }
  }
  const log = () => logger.lines.flat().map(String).join('\n')
  return { ...served, get, log, logger }
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

/** One user, and a list of users, of which none has a password. */
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

/** A list of users as handlers return them. */
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

export const TYPES: readonly string[] = [
  'application/json',
  'text/csv',
  'application/x-ndjson',
  'text/html',
  'text/markdown',
  'text/event-stream',
]
