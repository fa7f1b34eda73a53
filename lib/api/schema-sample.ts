/** A value that a schema describes, for example requests: its own example, else the simplest value of its type. */
import { resolve } from '../schema/reference.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Deeper members are left out: schemas may be recursive. */
const MAX_DEPTH = 4

const TEXTS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'user@example.com',
  uri: 'https://example.com',
  uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
}

/**
 * @param document whose components `$ref` leads to.
 * @param above the `$ref` of the schemas that this one is a part of: one of them again is left out.
 */
export function sampleOf(
  schema: unknown,
  document: object,
  depth = 0,
  above: readonly unknown[] = [],
): unknown {
  if (typeof schema !== 'object' || schema === null) return null
  const { $ref, ...given } = schema as JsonObject
  if (above.includes($ref)) return null
  const within = $ref === undefined ? above : [...above, $ref]
  const all =
    $ref === undefined ? given : { ...(resolve(document, $ref) as JsonObject | undefined), ...given }
  const { examples, example, default: usual, const: only, enum: values, anyOf, oneOf, allOf } = all
  const [known] = [only, example, [examples].flat()[0], usual, [values].flat()[0]].filter(
    (value) => value !== undefined,
  )
  if (known !== undefined) return known
  for (const choices of [anyOf, oneOf]) {
    if (Array.isArray(choices)) return sampleOf(choices[0], document, depth, within)
  }
  if (Array.isArray(allOf))
    return Object.assign({}, ...allOf.map((part) => sampleOf(part, document, depth, within)))
  return typedSample(all, document, depth)
}

function typedSample(schema: JsonObject, document: object, depth: number): unknown {
  const { type, format, items, properties = {}, minimum } = schema
  switch ([type ?? (Object.keys(properties as object).length > 0 ? 'object' : undefined)].flat()[0]) {
    case 'integer':
    case 'number':
      return minimum ?? 1
    case 'boolean':
      return true
    case 'array':
      return depth >= MAX_DEPTH ? [] : [sampleOf(items, document, depth + 1)]
    case 'object':
      if (depth >= MAX_DEPTH) return {}
      return Object.fromEntries(
        Object.entries(properties as JsonObject).map(([name, member]) => [
          name,
          sampleOf(member, document, depth + 1),
        ]),
      )
    case 'string':
      return TEXTS[String(format)] ?? 'text'
    default:
      return null
  }
}
