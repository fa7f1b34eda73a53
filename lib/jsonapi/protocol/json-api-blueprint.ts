/**
 * The blueprint of a JSON:API: its media type, the rules of its parameters, and its error documents.
 *
 *     const people = new JsonApiBlueprint('people')
 *     people.get('/people', { profiles: [CURSOR_PAGINATION] }, (request) => ({ data: [] }))
 *
 * JSON:API 1.1, "Content Negotiation".
 */
import type { BlueprintOptions } from '../../blueprint/blueprint-options.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { RestBlueprint } from '../../blueprint/rest-blueprint.ts'
import { MIMEMap } from '../../negotiation/mime-map.ts'
import { Outgoing } from '../../negotiation/outgoing.ts'
import { oncePerObject } from '../../registry/once-per-object.ts'
import { checkValues } from '../../registry/options.ts'
import { PluggableRenderer } from '../../renderers/pluggable-renderer.ts'
import type { DocumentedPart } from '../../walk/documented-part.ts'
import { errorRenderer } from '../errors/error-document.ts'
import { JsonApiIncoming } from './incoming.ts'
import { JSONAPI_MIMETYPE, NO_EXTENSIONS, type Support } from './media-type.ts'
import { JsonApiOutgoing, withApplied } from './outgoing.ts'

export interface JsonApiBlueprintOptions extends BlueprintOptions {
  /** Whether a parameter `charset` of the media type is ignored, as some HTTP libraries add it; else 415 and 406. Default false. */
  readonly allowCharset?: boolean
}

/** Options of the endpoints of a JSON:API. */
interface JsonApiEndpointOptions {
  /** URIs of extensions that documents may use. Default none. */
  readonly extensions?: readonly string[]
  /** URIs of extensions that request documents must use, and responses use. */
  readonly requiredExtensions?: readonly string[]
  /** URIs of the profiles that responses apply where a client asks for them. */
  readonly profiles?: readonly string[]
  /** Added to the documentation of the endpoint. */
  readonly documented?: DocumentedPart
}

export class JsonApiBlueprint extends RestBlueprint {
  declare readonly '~options': RestBlueprint['~options'] & JsonApiEndpointOptions
  readonly #allowsCharset: boolean

  /** @throws {TypeError} as other blueprints. */
  constructor(name: string, options: JsonApiBlueprintOptions = {}) {
    super(name, options)
    checkValues(`The blueprint '${name}'`, options, { allowCharset: 'boolean' })
    this.#allowsCharset = options.allowCharset ?? false
    this.incoming = new MIMEMap().addMimetype(JSONAPI_MIMETYPE)
    this.outgoing = new MIMEMap().addMimetype(JSONAPI_MIMETYPE)
    this.exceptionRenderer = new PluggableRenderer().renders(JSONAPI_MIMETYPE, errorRenderer)
  }

  protected override prepare(endpoint: Endpoint<JsonApiBlueprint['~options']>): void {
    super.prepare(endpoint)
    endpoint.mixin(
      'JsonApi',
      ['extensions', 'requiredExtensions', 'profiles', 'documented'],
      ['allowCharset'],
    )
    const { extensions = [], requiredExtensions: required = [], profiles = [], documented } = endpoint.options
    if (documented) endpoint.documented.push(documented)
    const allowsCharset = this.#allowsCharset
    const support: Support = { extensions: [...extensions, ...required], required, profiles, allowsCharset }
    if (endpoint.incoming) endpoint.incoming = new JsonApiIncoming(endpoint.incoming.types, support)
    if (endpoint.outgoing) {
      endpoint.outgoing = new JsonApiOutgoing(endpoint.outgoing, support)
      endpoint.defaultOffer = endpoint.outgoing.first ?? endpoint.defaultOffer
    }
    endpoint.errorTypes = endpoint.errorTypes && errorTypesOf(endpoint.errorTypes)
  }
}

/** The types of errors with their `Vary`: one object for all endpoints of a blueprint, as documents remember responses by it. */
const errorTypesOf = /* @__PURE__ */ oncePerObject(
  ({ offers }: Outgoing) => new Outgoing(offers.map((offer) => withApplied(offer, NO_EXTENSIONS))),
)
