/**
 * Whether a schema of zod calls functions of its developer that may return a promise.
 *
 *     z.string().refine(async (name) => !(await db.has(name)))  →  'async'      z.string().min(2)  →  'sync'
 *
 * By default zod first validates each value synchronously, drops the promises that it meets, and validates again:
 * every database query would be made twice, and a rejection of the first would end the process.
 */
import { isPlain } from './record.ts'
import { handleRejections } from './rejections.ts'

/** 'perhaps': a function whose return value is not known before it is called. */
type Timing = 'sync' | 'perhaps' | 'async'

const known = new WeakMap<object, Timing>()

/** The timing of a schema of zod 3 or 4. It is found out once; an asynchronous schema then ends no process. */
export function timingOf(schema: object): Timing {
  const cached = known.get(schema)
  if (cached) return cached
  const parts = new Set<object>()
  const found = latestOf(schema, parts)
  if (found !== 'sync') for (const part of parts) handleRejections(part)
  known.set(schema, found)
  return found
}

type Definition = Readonly<Record<string, unknown>>

interface Part {
  /** Of zod 4. `innerType` is the schema that a lazy one has made; `getter` may make another one. */
  readonly _zod?: { readonly def?: Definition; readonly innerType?: unknown }
  /** Of zod 3. */
  readonly _def?: Definition
}

/** Members of definitions that contain schemas, in zod 3 or 4. */
const PARTS = [
  ...['shape', 'catchall', 'element', 'type', 'items', 'rest', 'keyType', 'valueType', 'options'],
  ...['left', 'right', 'in', 'out', 'innerType', 'schema', 'getter', 'checks'],
]

/** Members of definitions, or of an `effect` of zod 3, that are functions of the developer. */
const FUNCTIONS = ['fn', 'transform', 'reverseTransform', 'refinement']

function latestOf(part: unknown, visited: Set<object>): Timing {
  if (typeof part !== 'object' || part === null || visited.has(part)) return 'sync'
  visited.add(part)
  if (Array.isArray(part)) return latest(part.map((one) => latestOf(one, visited)))
  const { _zod, _def } = part as Part
  const definition = _zod?.def ?? _def
  if (!definition) return isPlain(part) ? latestOf(Object.values(part), visited) : 'sync'
  const parts = PARTS.flatMap((name) => (name in definition ? [partOf(definition[name])] : []))
  const found = [...parts, _zod?.innerType].map((inner) => latestOf(inner, visited))
  return latest([ownTiming(definition), ...found])
}

/** zod 3 has functions for the members of an object, both versions for a lazy schema. */
function partOf(part: unknown): unknown {
  return typeof part === 'function' ? part() : part
}

function ownTiming(definition: Definition): Timing {
  const { type, typeName, check, effect } = definition
  if (type === 'promise' || typeName === 'ZodPromise') return 'async'
  const functions = FUNCTIONS.map((name) => (isPlain(effect) ? effect : definition)[name])
  if (functions.some(isAsyncFunction)) return 'async'
  const calls = type === 'custom' || type === 'transform' || check === 'custom' || effect !== undefined
  return calls || definition.transform !== undefined ? 'perhaps' : 'sync'
}

function isAsyncFunction(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncFunction]'
}

function latest(timings: readonly Timing[]): Timing {
  if (timings.includes('async')) return 'async'
  return timings.includes('perhaps') ? 'perhaps' : 'sync'
}
