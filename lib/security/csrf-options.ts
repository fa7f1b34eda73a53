/** Options of the check against CSRF, and their defaults. */

import type { IncomingMessage } from 'node:http'
import { checkSynchronous, isBoolean, isTextOrUndefined, returned } from '../exceptions/returned.ts'
import { isKeptByBrowsers } from '../http/authorization.ts'
import { isToken } from '../http/field.ts'
import { isSafe } from '../http/method.ts'
import { checkChoice, checkOptions, type Keys } from '../registry/options.ts'
import { isAmbient } from '../walk/ambient.ts'
import type { HookRequest } from '../walk/hook.ts'
import type { CsrfTokenOptions } from './csrf-token.ts'
import { originOf } from './origin.ts'

export interface CsrfOptions {
  /** Secrets of 32 characters or more: the first signs tokens, all verify them. */
  readonly secrets: readonly string[]
  /**
   * The id of the session, or of who is logged in: tokens are valid for it alone. Undefined or empty: a visitor without a
   * session, whose token is of no use to others.
   */
  readonly session: (request: HookRequest) => string | undefined
  /** Whole origins besides that of the request whose pages may send unsafe requests: `'https://app.example.org'`. */
  readonly trustedOrigins?: readonly string[]
  /**
   * Whether the identity of a request came from what a browser sends by itself. Default: by the security schemes that have
   * authenticated it; where none has, it has cookies and no `Authorization`, or an `Authorization` of Basic, Digest,
   * Negotiate or NTLM.
   */
  readonly isCookieAuthenticated?: (request: HookRequest) => boolean
  /**
   * The requests that need a token: `always` is all that are checked; `fallback` those whose page is not known to be of one's
   * own or a trusted origin by `Sec-Fetch-Site: same-origin` or `Origin`, so that HTML forms work. Default 'always'.
   */
  readonly token?: 'always' | 'fallback'
  /** False: tokens are issued, on safe requests of all visitors too, and nothing is checked. Default true. */
  readonly protect?: boolean
  /** Name of the cookie, without a prefix of browsers; `__Host-` is put before it where `secure`. Default 'csrf'. */
  readonly cookie?: string
  /** Name of the request field: one that only a script can send. Default 'X-CSRF-Token'. */
  readonly header?: string
  /** Default 'lax'. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** Whether the cookie is for HTTPS alone. Default: whether the request came by HTTPS; true with `sameSite: 'none'`. */
  readonly secure?: boolean
  /** Seconds until a token is replaced. Default 86,400: a day. */
  readonly maxAgeSeconds?: number
  /** Seconds after it that a token is still accepted. Default 518,400: six days. */
  readonly graceSeconds?: number
}

export interface CsrfSettings extends CsrfTokenOptions {
  readonly sessionOf: (request: IncomingMessage) => string | undefined
  readonly trustedOrigins: ReadonlySet<string>
  readonly isCookieAuthenticated: (request: IncomingMessage) => boolean
  readonly token: 'always' | 'fallback'
  readonly protect: boolean
  readonly cookie: string
  readonly header: string
  readonly sameSite: 'strict' | 'lax' | 'none'
  readonly secure: boolean | undefined
}

const KEYS: Keys<CsrfOptions> = {
  secrets: 'list',
  session: true,
  trustedOrigins: 'list',
  isCookieAuthenticated: true,
  token: true,
  protect: 'boolean',
  cookie: 'string',
  header: 'string',
  sameSite: true,
  secure: 'boolean',
  maxAgeSeconds: 'finite',
  graceSeconds: 'finite',
}

const WHERE = "The option 'csrf'"
const MIN_SECRET_LENGTH = 32

/** Prefixes of cookies that browsers know (RFC 6265bis §4.1.3). */
const PREFIX = /^__(?:host|secure|http)-/i

/** Fields that a page of another origin can send without a preflight, or that browsers set themselves (Fetch §2.2.2). */
const SENT_WITHOUT_SCRIPT =
  /^(?:accept(?:-.*)?|authorization|connection|content-(?:language|length|type)|cookie|date|dnt|expect|host|keep-alive|origin|range|referer|te|trailer|transfer-encoding|upgrade|user-agent|via|(?:proxy|sec)-.*)$/i

/** @throws {TypeError} for missing, unknown and wrong options. */
export function csrfSettings(options: CsrfOptions): CsrfSettings {
  checkOptions(WHERE, options, KEYS)
  const { secrets = [], session, trustedOrigins = [], isCookieAuthenticated = isSentByBrowser } = options
  const {
    cookie = 'csrf',
    header = 'X-CSRF-Token',
    sameSite = 'lax',
    protect = true,
    token = 'always',
  } = options
  const { secure = sameSite === 'none' ? true : undefined } = options
  const { maxAgeSeconds = 86_400, graceSeconds = 518_400 } = options
  if (secrets.length === 0) throw new TypeError(`${WHERE} needs 'secrets': without one, tokens can be forged`)
  if (!secrets.every((secret) => typeof secret === 'string' && secret.length >= MIN_SECRET_LENGTH))
    throw new TypeError(`${WHERE} has a secret of fewer than ${MIN_SECRET_LENGTH} characters`)
  if (!session)
    throw new TypeError(`${WHERE} needs 'session': a token of one visitor would be good for all others`)
  checkSynchronous(WHERE, 'session', session)
  checkSynchronous(WHERE, 'isCookieAuthenticated', isCookieAuthenticated)
  checkChoice(WHERE, 'sameSite', sameSite, ['strict', 'lax', 'none'])
  checkChoice(WHERE, 'token', token, ['always', 'fallback'])
  for (const name of [cookie, header])
    if (!isToken(name)) throw new TypeError(`${WHERE} has the name '${name}', which is no token`)
  if (PREFIX.test(cookie))
    throw new TypeError(
      `${WHERE} has the cookie '${cookie}': '__Host-' is put before the name where it is secure`,
    )
  if (SENT_WITHOUT_SCRIPT.test(header))
    throw new TypeError(
      `${WHERE} has the header '${header}', which browsers send without a script of the page`,
    )
  if (sameSite === 'none' && secure === false)
    throw new TypeError(`${WHERE} has a cookie with sameSite 'none' that is not secure: browsers refuse it`)
  return {
    secrets,
    maxAgeSeconds,
    graceSeconds,
    sessionOf: (request) => sessionId(session(request as HookRequest)),
    trustedOrigins: new Set(trustedOrigins.map((origin) => originOf(WHERE, origin))),
    isCookieAuthenticated: (request) =>
      returned(
        "'isCookieAuthenticated' of csrf",
        isCookieAuthenticated(request as HookRequest),
        isBoolean,
        'true or false',
      ),
    token,
    protect,
    cookie,
    header,
    sameSite,
    secure,
  }
}

/** @throws {TypeError} for a promise or an object, whose text would be the same for all sessions. */
function sessionId(id: unknown): string | undefined {
  const text = returned("'session' of csrf", id ?? undefined, isTextOrUndefined, 'a text or undefined')
  return text === '' ? undefined : text
}

function isSentByBrowser(request: IncomingMessage): boolean {
  const { authorization, cookie } = request.headers
  const isLogin = cookie === undefined && !isSafe(request.method) // perhaps: a forged one logs the visitor in as another user
  const isKept =
    authorization === undefined ? cookie !== undefined || isLogin : isKeptByBrowsers(authorization)
  return isAmbient(request) ?? isKept
}
