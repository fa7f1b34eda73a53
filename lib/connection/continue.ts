/**
 * 100 Continue at the first read of the content, so that a request can be refused before the client sends it.
 *
 *     server.on('checkContinue', api.handler)
 *
 * RFC 9110 §10.1.1 (Expect), §15.2.1 (100).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDisconnected } from './connection.ts'

/** The pattern of Node.js, which also matches in a list; Node.js ignores other values, or emits `checkExpectation`. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i

/**
 * Writes 100 Continue when the content is first read, by whichever function reads it. Without effect where the client
 * does not expect it or uses HTTP/1.0, and where Node has written it.
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const { headers, httpVersion } = request
  if (headers.expect === undefined || !CONTINUE.test(headers.expect)) return
  if (httpVersion === '1.0' || hasContinued(response)) return
  const read = request._read
  request._read = function readAfterContinue(size) {
    request._read = read
    if (!response.headersSent && !isDisconnected(response) && !hasContinued(response))
      response.writeContinue()
    read.call(request, size)
  }
}

/** Whether 100 Continue was written: a member of Node's responses, and of the streams of HTTP/2. */
function hasContinued(response: ServerResponse): boolean {
  const { _sent100, stream } = response as Continued
  return _sent100 ?? (stream?.sentInfoHeaders ?? []).length > 0
}

interface Continued extends ServerResponse {
  readonly _sent100?: boolean
  readonly stream?: { readonly sentInfoHeaders?: readonly object[] }
}
