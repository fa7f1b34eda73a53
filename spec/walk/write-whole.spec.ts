/** The bytes of header fields do not depend on the content that follows them. */
import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { type Middleware, serializeResponse } from '../../lib/index.ts'
import { testApp } from '../support/test-app.ts'

const touch: Middleware = (_request, response, next) => {
  response.setHeader('x-a', '1')
  next()
}

describe('a field with characters of ISO-8859-1', () => {
  it('has one byte for each, whatever the content, the method and the middleware', async () => {
    const { url } = await testApp((api) => {
      const headers = { 'x-owner': 'Jos\u00e9' }
      for (const [name, city] of [
        ['ascii', 'Oslo'],
        ['others', 'Krak\u00f3w'],
      ]) {
        api.get(`/${name}`, () => serializeResponse({ city }, { headers }))
        api.get(`/${name}/touched`, { use: touch }, () => serializeResponse({ city }, { headers }))
      }
    })
    for (const path of ['/ascii', '/others', '/ascii/touched', '/others/touched'])
      for (const method of ['GET', 'HEAD'])
        expect(await ownerOf(`${url}${path}`, method), `${method} ${path}`).toBe('Jos\u00e9')
  })
})

/** As Node's client reads it: a character for each byte. */
async function ownerOf(url: string, method: string): Promise<unknown> {
  const [response] = await once(request(url, { method }).end(), 'response')
  response.resume()
  return response.headers['x-owner']
}
