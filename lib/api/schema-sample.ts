/** A value that a schema describes, for example requests: its own example, else the simplest value of its type. */
import { listOf } from '../schema/record.ts'
import { resolve } from '../schema/reference.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Deeper members are left out: schemas may be recursive. */
const MAX_DEPTH = 4
/** Items of a list that needs more. */
const MAX_ITEMS = 10
/** Values of a sample: of larger ones, fewer levels are shown. */
const MAX_VALUES = 1000

const TEXTS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'user@example.com',
  uri: 'https://example.com',
  uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
}

/** @param document whose components `$ref` leads to. */
export function sampleOf(schema: unknown, document: object): unknown {
  for (let depth = 0; ; depth++) {
    const sampling = { document, values: 0, isLast: depth === MAX_DEPTH - 1 }
    const sample = sampleAt(schema, sampling, depth)
    if (sampling.values <= MAX_VALUES || sampling.isLast) return sample
  }
}

interface Sampling {
  readonly document: object
  /** Values so far. */
  values: number
  /** Whether it has one level, however many values. */
  readonly isLast: boolean
}

/** @param above the `$ref` of the schemas that this one is a part of: one of them again is left out. */
function sampleAt(
  schema: unknown,
  sampling: Sampling,
  depth: number,
  above: readonly unknown[] = [],
): unknown {
  const { document } = sampling
  if (++sampling.values > MAX_VALUES && !sampling.isLast) return null // fewer levels are tried
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
    if (Array.isArray(choices)) return sampleAt(choices[0], sampling, depth, within)
  }
  if (Array.isArray(allOf))
    return Object.assign({}, ...allOf.map((part) => sampleAt(part, sampling, depth, within)))
  return typedSample(all, sampling, depth)
}

function typedSample(schema: JsonObject, sampling: Sampling, depth: number): unknown {
  const { type, format, items, minItems, properties = {}, minimum } = schema
  const first = listOf(schema.prefixItems)
  const length = first.length || Math.min(Number(minItems) || 1, MAX_ITEMS)
  switch ([type ?? (Object.keys(properties as object).length > 0 ? 'object' : undefined)].flat()[0]) {
    case 'integer':
    case 'number':
      return minimum ?? 1
    case 'boolean':
      return true
    case 'array':
      if (depth >= MAX_DEPTH) return []
      return Array.from({ length }, (_, index) => sampleAt(first[index] ?? items, sampling, depth + 1))
    case 'object':
      if (depth >= MAX_DEPTH) return {}
      return Object.fromEntries(
        Object.entries(properties as JsonObject).map(([name, member]) => [
          name,
          sampleAt(member, sampling, depth + 1),
        ]),
      )
    case 'string':
      return TEXTS[String(format)] ?? 'text'
    default:
      return null
  }
}
