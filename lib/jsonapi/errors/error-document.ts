/**
 * Error documents, for every client: an error is JSON:API whatever Accept is.
 *
 * JSON:API 1.1, "Errors".
 */
import type { HttpException } from '../../exceptions/http-exception.ts'
import { jsonText } from '../../json/json-text.ts'
import type { Renderer } from '../../renderers/renderer.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { type ErrorObject, errorObjectsOf } from './error-object.ts'

export interface ErrorDocument {
  readonly errors: readonly ErrorObject[]
  readonly jsonapi: { readonly version: '1.1' }
}

/** The error document of an exception. Of equal errors it has one. */
export function errorDocument(exception: HttpException, errorId?: string): ErrorDocument {
  const errors = new Map(errorObjectsOf(exception, errorId).map((object) => [jsonText(object), object]))
  return { errors: [...errors.values()], jsonapi: { version: '1.1' } }
}

const TEXT = { type: 'string' } as const
const OBJECT = { type: 'object' } as const

const ERROR_OBJECT: JsonSchema = {
  type: 'object',
  properties: {
    id: { ...TEXT, description: 'Identifier of this occurrence.' },
    links: { ...OBJECT, description: 'Links to the kind of error (type) and to this occurrence (about).' },
    status: { ...TEXT, description: 'HTTP status code.' },
    code: { ...TEXT, description: 'Code of this kind of error, for programs.' },
    title: { ...TEXT, description: 'Short text, the same for all errors of a kind.' },
    detail: { ...TEXT, description: 'Explanation of this occurrence.' },
    source: {
      type: 'object',
      properties: {
        pointer: { ...TEXT, description: 'JSON Pointer to a value of the request document.' },
        parameter: { ...TEXT, description: 'Name of a query parameter.' },
        header: { ...TEXT, description: 'Name of a header field.' },
      },
    },
    meta: OBJECT,
  },
}

/** JSON Schema of error documents. */
const ERROR_DOCUMENT: JsonSchema = {
  title: 'ErrorDocument',
  type: 'object',
  properties: {
    errors: { type: 'array', items: ERROR_OBJECT },
    jsonapi: { type: 'object', properties: { version: { const: '1.1' } } },
  },
  required: ['errors'],
}

/** Renders exceptions as error documents. */
export const errorRenderer: Renderer<HttpException> = {
  schema: ERROR_DOCUMENT,
  render: (exception, { errorId }) => jsonText(errorDocument(exception, errorId)),
}
