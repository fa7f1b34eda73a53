/** The CSRF token of one request: the check of what was sent, and the cookie of the response. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseCookie, stringifySetCookie } from 'cookie'
import { beforeHead, presetFields } from '../connection/served-response.ts'
import { Forbidden } from '../exceptions/client-errors.ts'
import { isRead, isSafe } from '../http/method.ts'
import { safeEqual } from '../registry/safe-equal.ts'
import type { CsrfSettings } from './csrf-options.ts'
import { type CsrfToken, issueToken, readToken } from './csrf-token.ts'
import { isSecure, pageOf } from './request-origin.ts'

/** `request.csrf`. */
export interface Csrf {
  /** The token that the next unsafe request has to send; the response sets its cookie. For pages that cannot read it. */
  token(): string
  /** Replaces the token, for instance after a login whose session keeps its id. */
  rotate(): string
}

export class CsrfVisit implements Csrf {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #settings: CsrfSettings
  readonly #name: string
  /** The cookie that the request has sent; undefined without one. */
  readonly #sent: string | undefined
  readonly #isSafe: boolean
  readonly #isCookieAuthenticated: boolean
  /** The token of the response, with its session. */
  #issued: { readonly token: string; readonly session: string | undefined } | undefined = undefined
  #isWaiting = false

  constructor(request: IncomingMessage, response: ServerResponse, settings: CsrfSettings) {
    const { cookie, secure } = settings
    this.#request = request
    this.#response = response
    this.#settings = settings
    this.#name = (secure ?? isSecure(request)) ? `__Host-${cookie}` : cookie
    this.#sent = parseCookie(request.headers.cookie ?? '')[this.#name]
    this.#isSafe = isSafe(request.method)
    this.#isCookieAuthenticated = settings.isCookieAuthenticated(request)
    if (this.#isDue) this.#waitForHead()
  }

  token(): string {
    this.#waitForHead()
    return this.#issue(this.#session)
  }

  rotate(): string {
    this.#waitForHead()
    this.#issued = { token: issueToken(this.#settings, this.#session), session: this.#session }
    return this.#issued.token
  }

  /** Once, and only where a cookie may follow. */
  #waitForHead(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    beforeHead(this.#response, (_response, status) => this.#settle(status))
  }

  get #session(): string | undefined {
    return this.#settings.sessionOf(this.#request)
  }

  /** @throws {Forbidden} 403 with a `code`, where an unsafe request is not proven to come from one's own pages. */
  check(): void {
    const { protect, trustedOrigins, token } = this.#settings
    if (!protect || this.#isSafe || !this.#isCookieAuthenticated) return
    const page = pageOf(this.#request, trustedOrigins)
    if (page === 'foreign') throw refusal('csrf-origin', 'The request comes from a page of another origin')
    if (token === 'fallback' && page === 'own') return
    if (this.#request.headers.cookie !== undefined) this.#checkToken() // else the first visit: no token yet
  }

  #checkToken(): void {
    const { header } = this.#settings
    const field = this.#request.headers[header.toLowerCase()]
    if (this.#sent === undefined)
      throw refusal('csrf-cookie-missing', `The cookie '${this.#name}' is missing: it is set now, try again`)
    if (typeof field !== 'string')
      throw refusal('csrf-token-missing', `The field ${header} with the value of '${this.#name}' is missing`)
    const session = this.#session
    const kept = readToken(this.#settings, session, this.#sent)
    const given = safeEqual(field, this.#sent) ? kept : readToken(this.#settings, session, field)
    if (!kept || !given || !safeEqual(kept.random, given.random))
      throw refusal('csrf-token-invalid', `The token in ${header} is not that of this session: try again`)
    if (kept.state === 'expired' || given.state === 'expired')
      throw refusal('csrf-token-expired', `The token in ${header} has expired: try again`)
  }

  /** A token of the session: the one that was sent if it is valid, with a new signature if it is old. */
  #issue(session: string | undefined): string {
    if (this.#issued?.session === session && this.#issued) return this.#issued.token
    const kept = this.#kept(session)
    const isUsable = kept !== undefined && kept.state !== 'expired'
    if (kept?.state === 'fresh') return this.#sent as string
    // the same random part, so that requests which are under way with the old token still pass
    const token = issueToken(this.#settings, session, isUsable ? kept.random : undefined)
    this.#issued = { token, session }
    return token
  }

  #kept(session: string | undefined): CsrfToken | undefined {
    return this.#sent === undefined ? undefined : readToken(this.#settings, session, this.#sent)
  }

  /** Before the head: the session is that after the handler, so a login or logout gets a token of its own. */
  #settle(status: number): void {
    if (!this.#issued && (status === 304 || !this.#isDue)) return
    const token = this.#lastToken()
    if (token !== undefined && token !== this.#sent) this.#setCookie(token)
  }

  /** Undefined where the session cannot be read any more: the response itself must not fail by it. */
  #lastToken(): string | undefined {
    try {
      return this.#issue(this.#session)
    } catch {
      return undefined
    }
  }

  /** Whether the request should leave with a token: not where it could not be used, so that caches may keep the answer. */
  get #isDue(): boolean {
    const { cookie, authorization } = this.#request.headers
    const isFirst = cookie === undefined && authorization === undefined && !this.#isSafe
    return this.#isCookieAuthenticated || isFirst || !this.#settings.protect
  }

  #setCookie(token: string): void {
    const { sameSite, maxAgeSeconds, graceSeconds } = this.#settings
    const secure = this.#name.startsWith('__Host-')
    const maxAge = maxAgeSeconds + graceSeconds
    const line = stringifySetCookie(this.#name, token, { path: '/', sameSite, secure, maxAge })
    const others = [this.#response.getHeader('set-cookie') ?? []].flat().map(String)
    const kept = others.filter((other) => !other.startsWith(`${this.#name}=`))
    presetFields(this.#response, ['set-cookie', [...kept, line]])
    if (isRead(this.#request.method)) presetFields(this.#response, ['cache-control', 'private, no-store']) // a token for one
  }
}

function refusal(code: string, detail: string): Forbidden {
  return new Forbidden(detail, { code })
}
