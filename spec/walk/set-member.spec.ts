/** A blueprint below a framework whose requests have getters. */
import { createServer, IncomingMessage, type RequestListener } from 'node:http'
import { parse } from 'node:querystring'
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import { serve } from '../support/server.ts'

interface ExpressRequest extends IncomingMessage {
  readonly path: string
  readonly query: object
}

/** As Express 5: each request gets a prototype on which `query` and `path` are getters without setters. */
function belowExpress(listener: RequestListener): RequestListener {
  const partOf = (request: IncomingMessage, index: number) => request.url?.split('?')[index] ?? ''
  const getter = (get: (this: IncomingMessage) => unknown) => ({ configurable: true, enumerable: true, get })
  const prototype = Object.create(IncomingMessage.prototype, {
    path: getter(function path() {
      return partOf(this, 0)
    }),
    query: getter(function query() {
      return parse(partOf(this, 1))
    }),
  })
  return (request, response) => listener(Object.setPrototypeOf(request, prototype), response)
}

describe('a blueprint below Express 5', () => {
  const pets = () =>
    new RestBlueprint('pets').get('/pets/<int:id>', ({ params, query }) => ({ params, query }))

  it('answers, with parameters and query', async () => {
    const { get } = await serve(createServer(belowExpress(pets().handler)))
    expect(await get('/pets/7?a=1')).toEqual({ status: 200, value: { params: { id: 7 }, query: { a: '1' } } })
    expect(await get('/pets/7')).toEqual({ status: 200, value: { params: { id: 7 }, query: {} } })
  })

  it('passes on what it does not have, with the members of the framework', async () => {
    const { handler } = pets()
    const listener: RequestListener = (request, response) =>
      handler(request, response, () => {
        const { path, query } = request as ExpressRequest
        response.end(JSON.stringify({ path, query }))
      })
    const { fetch } = await serve(createServer(belowExpress(listener)))
    expect(await (await fetch('/shops?a=1')).json()).toEqual({ path: '/shops', query: { a: '1' } })
  })
})
