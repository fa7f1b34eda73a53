/** application/x-www-form-urlencoded: values by name, a list for a repeated name. */

import { BadRequest } from '../exceptions/client-errors.ts'
import { hasMoreParameters, type NamedValues, parseParameters } from '../http/parameters.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import type { ParseFunction } from './parser.ts'

export interface FormOptions {
  /** Fields of a form, at most; Infinity: no limit. Default 1,000. */
  readonly maxFields?: number
}

const KEYS: Keys<FormOptions> = { maxFields: 'count' }

/** A form as an object. @throws {BadRequest} 400, for too many fields, or one named `__proto__`. */
export const form = /* @__PURE__ */ factory(
  'form',
  (options: FormOptions = {}): ParseFunction<NamedValues> => {
    checkOptions('form', options, KEYS)
    const { maxFields = 1000 } = options
    return async (content) => {
      const text = await content.text()
      if (hasMoreParameters(text, maxFields))
        throw new BadRequest(`The form has more than ${maxFields} fields`)
      const fields = parseParameters(text)
      if (Object.hasOwn(fields, '__proto__')) throw new BadRequest('The form has a field named __proto__')
      return fields
    }
  },
)
