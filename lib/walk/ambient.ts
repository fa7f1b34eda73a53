/**
 * Ambient identities: those that a browser proves by itself with each request, also with one of a page of another site.
 * Such requests can be forged; those with a secret of the page cannot.
 */
import type { IncomingMessage } from 'node:http'

const AMBIENT = Symbol('ambient')

interface Identified extends IncomingMessage {
  [AMBIENT]?: boolean | undefined
}

/** States whether the identity of a request is ambient; undefined: it is not known. */
export function setAmbient(request: IncomingMessage, isAmbient: boolean | undefined): void {
  const identified = request as Identified
  identified[AMBIENT] = isAmbient
}

/** Whether the identity of a request is ambient; undefined where no security scheme has found one, or it is not known. */
export function isAmbient(request: IncomingMessage): boolean | undefined {
  return (request as Identified)[AMBIENT]
}
