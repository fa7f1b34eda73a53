/**
 * The JSON:API media type with its parameters: extensions and profiles, each a list of URIs.
 *
 *     application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"; profile="https://example.com/a https://example.com/b"
 *
 * JSON:API 1.1, "Content Negotiation".
 */
import { MediaType } from '../../http/media-type.ts'

export const JSONAPI_MIMETYPE = 'application/vnd.api+json'

/** URIs of the extensions and profiles that one document uses. */
export interface Applied {
  readonly ext: readonly string[]
  readonly profile: readonly string[]
}

export const NO_EXTENSIONS: Applied = { ext: [], profile: [] }

/** The extensions and profiles that an endpoint supports. */
export interface Support {
  /** Those that are required, too. */
  readonly extensions: readonly string[]
  /** Extensions that every document uses. */
  readonly required: readonly string[]
  readonly profiles: readonly string[]
  /** Whether a parameter `charset` is ignored. */
  readonly allowsCharset: boolean
}

type Parameters = MediaType['parameters']

/** Longer URIs of clients are cut in messages. */
const MAX_SHOWN = 200

/** Why an instance of the media type is not supported; undefined where it is. */
export function problemOf(
  parameters: Parameters,
  { extensions, allowsCharset }: Support,
): string | undefined {
  const known = allowsCharset ? ['ext', 'profile', 'charset'] : ['ext', 'profile']
  const other = Object.keys(parameters).find((name) => !known.includes(name))
  if (other !== undefined)
    return `The parameter '${other}' is not allowed: the media type has the parameters ext and profile alone`
  const unsupported = urisOf(parameters.ext).find((uri) => !extensions.includes(uri))
  return unsupported && `The extension ${unsupported.slice(0, MAX_SHOWN)} is not supported`
}

/** The extensions and profiles of a response: those of the instance, and the required ones. Unknown profiles are ignored. */
export function appliedOf(parameters: Parameters, { required, profiles }: Support): Applied {
  return {
    ext: [...new Set([...required, ...urisOf(parameters.ext)])],
    profile: urisOf(parameters.profile).filter((uri) => profiles.includes(uri)),
  }
}

/** The media type of a document. */
export function mediaTypeOf({ ext, profile }: Applied): string {
  return MediaType.of(JSONAPI_MIMETYPE)
    .with({
      ...(ext.length > 0 ? { ext: ext.join(' ') } : {}),
      ...(profile.length > 0 ? { profile: profile.join(' ') } : {}),
    })
    .toString()
}

/** The URIs of a parameter, each once. */
export function urisOf(value = ''): string[] {
  return [...new Set(value.split(' ').filter((uri) => uri !== ''))]
}
