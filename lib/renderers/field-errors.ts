/**
 * Errors as `{ status, message, errors: [{ field, message }] }`, the shape of Invenio-REST.
 *
 *     api.exceptionRenderer = fieldErrors()
 *     422  →  {"status":422,"message":"1 validation error","errors":[{"field":"owner.name","message":"Required"}]}
 */
import type { HttpException } from '../exceptions/http-exception.ts'
import type { ErrorItem } from '../http/problem.ts'
import { parseFragment } from '../json/json-pointer.ts'
import { jsonText } from '../json/json-text.ts'
import { factory } from '../registry/factory.ts'
import type { JsonSchema } from '../schema/json-schema.ts'
import { PluggableRenderer } from './pluggable-renderer.ts'
import { exceptionRenderer, problemWithId } from './problem.ts'
import type { Renderer } from './renderer.ts'

const TEXT = { type: 'string' }
const FIELD_ERROR: JsonSchema = {
  type: 'object',
  properties: {
    field: {
      ...TEXT,
      description: 'Name of the parameter, or path of the member: `tags.0`. Empty for all content.',
    },
    message: TEXT,
    code: { type: ['string', 'number'] },
  },
  required: ['field', 'message'],
}
const SCHEMA: JsonSchema = {
  title: 'FieldErrors',
  type: 'object',
  properties: {
    status: { type: 'integer', minimum: 400, maximum: 599 },
    message: TEXT,
    errors: { type: 'array', items: FIELD_ERROR },
    error_id: { ...TEXT, description: 'Identifier of the report.' },
  },
  required: ['status', 'message'],
}

const FIELD_ERRORS: Renderer<HttpException> = {
  schema: SCHEMA,
  render(exception, context) {
    const {
      type: _,
      title,
      status,
      detail,
      instance: __,
      errors = [],
      error_id: id,
      message: ___, // the member of the shape wins
      ...others
    } = problemWithId(exception, context)
    return jsonText({
      status,
      message: detail || title,
      ...(errors.length > 0 ? { errors: errors.map(fieldError) } : {}),
      ...(id === undefined ? {} : { error_id: id }),
      ...others,
    })
  },
}

function fieldError({ detail, pointer, parameter = '', code }: ErrorItem): object {
  const field = pointer === undefined ? parameter : (parseFragment(pointer) ?? [pointer]).join('.')
  return { field, message: detail, ...(code === undefined ? {} : { code }) }
}

/**
 * An exception renderer: `application/json` in this shape, also for clients without Accept; the other types as in the default
 * renderer. Extension members follow after `error_id`; `type` and `instance` are left out.
 */
export const fieldErrors = /* @__PURE__ */ factory('fieldErrors', (): PluggableRenderer => {
  const renderer = new PluggableRenderer().renders('application/json', FIELD_ERRORS)
  for (const type of exceptionRenderer.types) {
    const known = exceptionRenderer.rendererFor(type)
    if (known && type !== 'application/json') renderer.renders(type, known)
  }
  return renderer
})
