/** Request ids for servers without their own: the client's, or a new one. */
import { randomUUID } from 'node:crypto'

export function identify(request, response, next) {
  request.id = request.headers['x-request-id'] ?? randomUUID()
  response.setHeader('X-Request-Id', request.id)
  next()
}
