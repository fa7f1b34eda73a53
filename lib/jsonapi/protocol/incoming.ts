/** The Content-Type of request documents: 415 for parameters and extensions that are not supported. */
import { MediaType } from '../../http/media-type.ts'
import { Incoming, type MatchedContentType } from '../../negotiation/incoming.ts'
import { BoundedCache } from '../../registry/bounded-cache.ts'
import { JSONAPI_MIMETYPE, problemOf, type Support, urisOf } from './media-type.ts'

export class JsonApiIncoming extends Incoming {
  readonly #support: Support
  readonly #problems = new BoundedCache((field) => this.#problemOf(field))

  constructor(types: readonly string[], support: Support) {
    super(types)
    this.#support = support
  }

  override match(field?: string): MatchedContentType | undefined {
    const match = super.match(field)
    return match && this.#problems.get(field ?? '') === undefined ? match : undefined
  }

  override refusal(field?: string): string {
    return this.#problems.get(field ?? '') ?? super.refusal(field)
  }

  #problemOf(field: string): string | undefined {
    const mediaType = MediaType.parse(field)
    if (mediaType?.essence !== JSONAPI_MIMETYPE) return undefined
    const used = urisOf(mediaType.parameters.ext)
    const missing = this.#support.required.find((uri) => !used.includes(uri))
    return (
      problemOf(mediaType.parameters, this.#support) ??
      (missing && `The Content-Type must name the extension: ${JSONAPI_MIMETYPE}; ext="${missing}"`)
    )
  }
}
