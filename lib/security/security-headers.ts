/**
 * Security headers on every response, errors included, made by `helmet` with defaults for an API.
 *
 *     new Api(app, { title, version, securityHeaders: true })
 *     app.use(securityHeaders())                                  // an app without an Api
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import { presetFields } from '../connection/served-response.ts'
import { clientOf } from '../proxy/client.ts'
import { optionalPackage } from '../registry/optional-package.ts'
import { checkObject, given } from '../registry/options.ts'
import { pageStyle } from '../renderers/page-style.ts'
import { styleSource } from '../renderers/style-source.ts'
import type { Middleware } from '../walk/hook.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { corsPolicy } from './cors-policy.ts'
import { checkHelmetOptions } from './helmet-options.ts'

/** Options of `helmet`: one for each field, `false` leaves the field out. */
export interface SecurityHeadersOptions {
  /**
   * Default: `default-src 'none'; frame-ancestors 'none'; style-src 'sha256-…'` with the style of the HTML pages of this
   * package. Values of keywords have quotes: `"'self'"`. Functions are a TypeError.
   */
  readonly contentSecurityPolicy?:
    | boolean
    | {
        readonly useDefaults?: boolean
        readonly directives?: Readonly<Record<string, unknown>>
        readonly reportOnly?: boolean
      }
  /** Any other option of `helmet`: `strictTransportSecurity`, `crossOriginResourcePolicy`, `xFrameOptions` … */
  readonly [option: string]: unknown
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Security headers, by `helmet`; false: none. Inside an Api; default none. */
    readonly securityHeaders?: boolean | SecurityHeadersOptions
  }
}

declare module '../blueprint/endpoint-options.ts' {
  interface EndpointOptions {
    /** Replaces the security headers of the Api for this endpoint; false: none. */
    readonly securityHeaders?: boolean | SecurityHeadersOptions
  }
}

const DEFAULTS: SecurityHeadersOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], styleSrc: [styleSource(pageStyle)] },
  },
}

export const SECURITY_HEADERS = {
  name: 'SecurityHeaders',
  option: 'securityHeaders',
  surround(endpoint) {
    const cors = endpoint.nearest('cors')
    const isOpen = cors !== undefined && cors !== false && corsPolicy(cors).isOpen
    const write = writerOf(endpoint.nearest('securityHeaders'), isOpen)
    if (!write) return
    endpoint.on('protect/setSecurityHeaders', function setFields({ request, response }) {
      write(request, response)
    })
  },
} satisfies Surrounding

/**
 * Middleware that sets the security headers, for an app without an Api.
 *
 * @throws {TypeError} for an option that `helmet` refuses, or when it is not installed.
 */
export function securityHeaders(options: boolean | SecurityHeadersOptions = true): Middleware {
  const write = writerOf(options)
  return function setSecurityHeaders(request, response, next) {
    write?.(request, response)
    next()
  }
}

type Write = (request: IncomingMessage, response: ServerResponse) => void

/** Writes the fields, if there are some. Strict-Transport-Security is for secure connections alone (RFC 6797 §7.2). */
function writerOf(
  options: boolean | SecurityHeadersOptions | undefined,
  isOpen?: boolean,
): Write | undefined {
  const pairs = fieldsOf(options, isOpen)
  const secure = pairs.flat()
  const open = pairs.filter(([name]) => name !== 'strict-transport-security').flat()
  if (secure.length === 0) return undefined
  return (request, response) => {
    const isSecure = secure.length > open.length && clientOf(request).scheme === 'https'
    presetFields(response, isSecure ? secure : open)
  }
}

/**
 * The fields that `helmet` sets with these options: the same for every request, so they are made once.
 *
 * @param isOpen whether pages of all origins may read the responses; they may then embed them, too.
 */
function fieldsOf(
  options: boolean | SecurityHeadersOptions | undefined,
  isOpen = false,
): readonly (readonly [string, string])[] {
  if (options === undefined || options === false) return []
  const own = options === true ? {} : options
  checkObject("The option 'securityHeaders'", own)
  const helmet = optionalPackage<(options: object) => Middleware>('helmet', "The option 'securityHeaders'")
  const names = Object.keys(helmet).filter((name) => name !== 'default')
  checkHelmetOptions(own, names)
  const response = new ServerResponse({ method: 'GET' } as never)
  try {
    const open = isOpen ? { crossOriginResourcePolicy: { policy: 'cross-origin' } } : {}
    helmet({ ...DEFAULTS, ...open, ...given(own) })({} as never, response, (error) => {
      if (error) throw error
    })
  } catch (error) {
    throw new TypeError(`The option 'securityHeaders': ${(error as Error).message}`, { cause: error })
  }
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)])
}
