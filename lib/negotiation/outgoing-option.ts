/** The options `outgoing` and `formats` of an endpoint → its offers, its fallback, and the names of its formats. */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { MediaType } from '../http/media-type.ts'
import { rendererOf } from '../renderers/pluggable-renderer.ts'
import { FALLBACK_RANGE, Fallback } from './fallback.ts'
import { Formats } from './formats.ts'
import type { NegotiationEndpointOptions } from './negotiation.ts'
import { type Offer, offer } from './offer.ts'
import { Outgoing } from './outgoing.ts'

type NegotiatedEndpoint = Endpoint<NegotiationEndpointOptions>

/** The offers of the types, with the fallback. @throws {TypeError} for any other range. */
export function outgoingOf(
  { name, options: { outgoing } }: NegotiatedEndpoint,
  types: readonly string[],
  formats: Formats | undefined,
): Outgoing<Offer> {
  const isRecord = typeof outgoing === 'object' && !Array.isArray(outgoing)
  const own = isRecord ? (outgoing as Renderers)[FALLBACK_RANGE] : undefined
  const fallback = own && types.includes(FALLBACK_RANGE) ? new Fallback(rendererOf(own)) : undefined
  const listed = fallback ? types.filter((type) => type !== FALLBACK_RANGE) : types
  const range = listed.find((type) => MediaType.of(type).isRange)
  if (range !== undefined)
    throw new TypeError(
      `The option 'outgoing' of '${name}' has the range '${range}', which cannot be sent: list media types; a fallback is { '*/*': renderer }`,
    )
  const offers = listed.map((type) => offer(type, undefined, types.length > 1))
  return new Outgoing(offers, { fallback, formats })
}

type Renderers = Extract<NegotiationEndpointOptions['outgoing'], Readonly<Record<string, unknown>>>

/** The names in `formats` whose types some endpoint has, by the options of a blueprint; until its endpoints are compiled. */
const servedNames = new WeakMap<object, Set<string>>()

/**
 * The formats of an endpoint, which it also documents: of a blueprint's those whose types it has.
 *
 * @param types the endpoint's; none where nothing is negotiated.
 * @throws {TypeError} for a type of its own formats that it does not have.
 */
export function formatsOf(endpoint: NegotiatedEndpoint, types: readonly string[]): Formats | undefined {
  const formats = endpoint.nearest('formats')
  if (formats === undefined || !endpoint.isRouted) return undefined
  const where = `The endpoint '${endpoint.name}'`
  const { parameter, types: all } = Formats.of(where, formats, endpoint.nearest('formatParameter'))
  const known = new Map([...all].filter(([, type]) => types.includes(type) && type !== FALLBACK_RANGE))
  if (endpoint.options.formats) throwIfUnserved(where, all, new Set(known.keys()))
  const settings = endpoint.settings.find((one) => one.formats === formats)
  if (settings) servedNames.set(settings, new Set([...(servedNames.get(settings) ?? []), ...known.keys()]))
  if (known.size === 0) return undefined
  endpoint.reservedParameters = [...(endpoint.reservedParameters ?? []), parameter]
  endpoint.documented.push({ parameters: [parameterOf(parameter, [...known.keys()])] })
  return new Formats(parameter, known)
}

/** Checks the formats of a blueprint when its endpoints are compiled. @throws {TypeError} for a type that none of them has. */
export function checkFormats({ blueprint, owner }: NegotiatedEndpoint): void {
  const { formats, formatParameter } = owner.settings
  if (formats === undefined && formatParameter === undefined) return
  const where = `The blueprint '${blueprint}'`
  const { types } = Formats.of(where, formats ?? {}, formatParameter)
  const names = servedNames.get(owner.settings)
  servedNames.delete(owner.settings)
  if (names) throwIfUnserved(where, types, names)
}

function throwIfUnserved(
  where: string,
  types: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): void {
  const odd = [...types].find(([name]) => !names.has(name))
  if (odd)
    throw new TypeError(
      `${where} has the format '${odd[0]}', whose type ${odd[1]} is never sent (option 'outgoing')`,
    )
}

function parameterOf(name: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  const description = 'Media type of the response, in place of Accept'
  return { name, in: 'query', description, schema: { type: 'string', enum: names } }
}
