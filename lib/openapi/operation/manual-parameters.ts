/** Parameter Objects of the developer's, merged with those generated from schemas. */
import { given } from '../../registry/options.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { JSON_TYPE, type Parameter } from './parameter.ts'

/**
 * Merges a manual parameter over the generated one of the same name and location; the others come first.
 *
 * @param manual of several sources; a later one overrides an earlier one.
 */
export function mergeParameters(
  generated: readonly (Parameter | JsonSchema)[],
  manual: readonly JsonSchema[],
): (Parameter | JsonSchema)[] {
  const merged = [...generated]
  const added: JsonSchema[] = []
  for (const parameter of manual) {
    const list = [merged, added].find((all) => all.some((other) => isSameParameter(other, parameter)))
    const index = list?.findIndex((other) => isSameParameter(other, parameter)) ?? -1
    if (list) list[index] = override(list[index] as Parameter, parameter)
    else added.push(parameter)
  }
  return [...added, ...merged]
}

/** A parameter has either content, with its examples, or a schema and a style (OpenAPI 3.1.1 §4.8.12.2). */
function override(generated: Parameter, own: JsonSchema): Parameter | JsonSchema {
  const { schema: _, style: __, explode: ___, content, ...others } = generated
  if (own.content !== undefined) return { ...others, ...own }
  const media = content?.[JSON_TYPE]
  if (!media) return { ...generated, ...own }
  if (own.schema !== undefined || own.style !== undefined) return { ...others, ...media, ...own }
  const { example, examples, ...rest } = own
  return { ...others, ...rest, content: { [JSON_TYPE]: { ...media, ...given({ example, examples }) } } }
}

/** Whether name and location are equal; names of header fields are case-insensitive. */
export function isSameParameter(one: Parameter | JsonSchema, other: Parameter | JsonSchema): boolean {
  if (one.name === undefined || one.in !== other.in) return false
  if (one.in !== 'header') return one.name === other.name
  return String(one.name).toLowerCase() === String(other.name).toLowerCase()
}
