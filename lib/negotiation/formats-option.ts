/** The options `formats` and `formatParameter` of blueprints and endpoints. */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { MediaType } from '../http/media-type.ts'
import { checkValues } from '../registry/options.ts'
import type { Formats } from './formats.ts'

/** The keys of the options. */
export const FORMAT_OPTIONS = ['formats', 'formatParameter'] as const

/** The names whose types some endpoint has, by the options of a blueprint, until its endpoints are compiled. */
const served = new WeakMap<Readonly<BlueprintOptions>, Set<string>>()

/**
 * The formats of an endpoint, which it also documents: of a blueprint's those whose types it has.
 *
 * @param types the endpoint's; none where nothing is negotiated.
 * @throws {TypeError} for a wrong option, and for a type that is not sent: by the endpoint, or by any endpoint of the
 *   blueprint.
 */
export function formatsOf(endpoint: Endpoint, types: readonly string[]): Formats | undefined {
  const { name, blueprint, settings, isRouted } = endpoint
  const formats = endpoint.nearest('formats')
  const named = endpoint.nearest('formatParameter')
  if (formats === undefined && named === undefined) return undefined
  const where = isRouted ? `The endpoint '${name}'` : `The blueprint '${blueprint}'`
  const parameter = named ?? 'format'
  checkValues(
    where,
    { formats, formatParameter: parameter },
    { formats: 'object', formatParameter: 'string' },
  )
  if (parameter === '' || (formats && '' in formats))
    throw new TypeError(`${where} has an empty name in formats or formatParameter`)
  if (!formats) return undefined
  const source = settings.find((options) => options.formats === formats)
  const names = source && served.get(source)
  const isLast = !isRouted && source === settings[0] // the endpoints of the blueprint are compiled
  const known = new Map<string, string>()
  for (const [format, text] of Object.entries(formats)) {
    const type = String(MediaType.of(text))
    if (isRouted && types.includes(type)) known.set(format, type)
    else if (!source || (isLast && names && !names.has(format)))
      throw new TypeError(`${where} has the format '${format}', but never sends ${type} (option 'outgoing')`)
  }
  if (source && isRouted) served.set(source, new Set([...(names ?? []), ...known.keys()]))
  else if (isLast && source) served.delete(source)
  if (known.size === 0) return undefined
  endpoint.reservedParameters = [...(endpoint.reservedParameters ?? []), parameter]
  const description = 'Media type of the response, in place of Accept'
  const schema = { type: 'string', enum: [...known.keys()] }
  endpoint.documented.push({ parameters: [{ name: parameter, in: 'query', description, schema }] })
  return { parameter, types: known }
}
