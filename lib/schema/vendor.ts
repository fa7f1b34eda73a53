/**
 * Options of the schema libraries for their JSON Schema output.
 *
 * By default most libraries reject the whole schema when one member is a Date, a bigint or a File, and arktype
 * omits it. Each has its own options to describe them.
 */

/** Keyword for {@link jsonSchemaOf}: marks strings that represent a Date or bigint. */
export const KIND = '~kind'

/** The type that such a string is converted to. */
export type Kind = 'date' | 'bigint'

type Description = Record<string, unknown>

const dateText = (): Description => ({ type: 'string', format: 'date-time', [KIND]: 'date' })
const bigintText = (): Description => ({ type: 'string', pattern: '^-?[0-9]+$', [KIND]: 'bigint' })
const binary = (): Description => ({ type: 'string', format: 'binary' })

const BY_NAME: Readonly<Record<string, () => Description>> = {
  date: dateText,
  bigint: bigintText,
  file: binary,
  blob: binary,
}

function byClass(ofClass: unknown): Description | undefined {
  if (ofClass === Date) return dateText()
  const name = typeof ofClass === 'function' ? ofClass.name : ''
  return name === 'File' || name === 'Blob' ? binary() : undefined
}

/** The `libraryOptions` of a vendor; undefined when it needs none. */
export function libraryOptionsOf(vendor: string, io: 'input' | 'output'): Description | undefined {
  if (vendor === 'zod') return { unrepresentable: 'any', override: io === 'output' ? openZod : overrideZod }
  if (vendor === 'arktype') return { fallback: ARKTYPE }
  if (vendor !== 'valibot') return undefined
  return {
    errorMode: 'ignore',
    overrideSchema: ofValibot,
    ...(io === 'output' ? { overrideAction: ofValibotAction } : {}),
  }
}

/** Metadata of the developer is already in the JSON Schema and takes precedence. */
function overrideZod({ zodSchema, jsonSchema }: { zodSchema: ZodLike; jsonSchema: Description }): void {
  const description = BY_NAME[zodSchema._zod?.def?.type ?? '']?.()
  if (description) Object.assign(jsonSchema, { ...description, ...jsonSchema })
  // every integer of zod has these bounds, whether the developer sets some or not
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}

/**
 * An output without `additionalProperties: false`, which zod adds to every object: clients have to accept additional members,
 * and output and input are more often equal. That of a strict object stays, and the developer's.
 */
function openZod(context: { zodSchema: ZodLike; jsonSchema: Description }): void {
  overrideZod(context)
  const { zodSchema, jsonSchema } = context
  const { type, catchall } = zodSchema._zod?.def ?? {}
  if (type !== 'object' || catchall || jsonSchema.additionalProperties !== false) return
  if (zodSchema.meta?.()?.additionalProperties !== false) delete jsonSchema.additionalProperties
}

interface ZodLike {
  readonly _zod?: { readonly def?: { readonly type?: string; readonly catchall?: unknown } }
  meta?(): Description | undefined
}

function ofValibot({ valibotSchema }: { valibotSchema: ValibotLike }): Description | undefined {
  const { type, class: ofClass } = valibotSchema
  return type === 'instance' ? byClass(ofClass) : BY_NAME[type]?.()
}

interface ValibotLike {
  readonly type: string
  readonly class?: unknown
}

const TRANSFORMED: Readonly<Record<string, () => Description>> = {
  to_date: dateText,
  to_bigint: bigintText,
  to_number: () => ({ type: 'number' }),
  to_boolean: () => ({ type: 'boolean' }),
  to_string: () => ({ type: 'string' }),
  stringify_json: () => ({ type: 'string' }),
  transform: ofAnything,
  raw_transform: ofAnything,
  parse_json: ofAnything,
  find_item: ofAnything,
  map_items: ofAnything,
  reduce_items: ofAnything,
}

function ofAnything(): Description {
  return {}
}

/** By default valibot describes the input of a transformation as its output. */
function ofValibotAction(context: {
  valibotAction: { kind: string; type: string }
}): Description | undefined {
  const { kind, type } = context.valibotAction
  return kind === 'transformation' ? TRANSFORMED[type]?.() : undefined
}

interface ArktypeContext {
  readonly base: Description
  readonly domain?: string
  readonly proto?: unknown
}

const ARKTYPE = {
  date: dateText,
  domain: ({ base, domain }: ArktypeContext) => (domain === 'bigint' ? bigintText() : base),
  proto: ({ base, proto }: ArktypeContext) => byClass(proto) ?? base,
  default: ({ base }: ArktypeContext) => base,
}
