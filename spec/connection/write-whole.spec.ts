/** Whole responses: the bytes of their fields, and the methods that write them. */
import { once } from 'node:events'
import { request, ServerResponse } from 'node:http'
import { createServer as createTlsServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Middleware, RestBlueprint, serializeResponse } from '../../lib/index.ts'
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
        api.get(`/${name}/set`, (_request, response) => {
          response.setHeader('x-owner', 'Jos\u00e9')
          return { city }
        })
      }
    })
    const paths = ['ascii', 'others'].flatMap((name) => [`/${name}`, `/${name}/touched`, `/${name}/set`])
    for (const path of paths)
      for (const method of ['GET', 'HEAD'])
        expect(await ownerOf(`${url}${path}`, method), `${method} ${path}`).toBe('Jos\u00e9')
  })
})

describe('content', () => {
  it('goes to the socket with the head, by one write', async () => {
    const written: string[] = []
    const { url } = await testApp((api) => {
      api.use(({ socket }, _response, next) => {
        const { write } = socket
        socket.write = (...all: unknown[]) => {
          written.push(String(all[0]))
          return write.apply(socket, all as never)
        }
        next()
      })
      api.get('/ascii', () => ({ city: 'Oslo' }))
      api.get('/others', () => ({ city: 'Krak\u00f3w' }))
    })
    for (const [path, content] of [
      ['/ascii', '{"city":"Oslo"}'],
      ['/others', '{"city":"Krak\u00f3w"}'],
    ]) {
      written.length = 0
      const response = await fetch(`${url}${path}`, { headers: { connection: 'close' } })
      expect(await response.text()).toBe(content)
      expect(written).toEqual([expect.stringMatching(/^HTTP\/1\.1 200 .*}$/s)])
    }
  })

  it('is the same over TLS', async () => {
    const api = new RestBlueprint('places')
    api.get('/ascii', () => ({ city: 'Oslo' }))
    api.get('/others', () => ({ city: 'Krak\u00f3w' }))
    const psk = Buffer.alloc(16, 1)
    const tls = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const // no certificate
    const server = createTlsServer({ ...tls, pskCallback: () => psk }, api.handler).listen(0)
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const pskCallback = () => ({ psk, identity: 'spec' })
    const options = { ...tls, port, pskCallback, checkServerIdentity: () => undefined }
    for (const [path, content] of [
      ['/ascii', '{"city":"Oslo"}'],
      ['/others', '{"city":"Krak\u00f3w"}'],
    ]) {
      const [response] = await once(get({ ...options, path }), 'response')
      expect(await text(response)).toBe(content)
    }
  })

  it('comes to an `end` that was replaced for the whole process', async () => {
    const seen: unknown[] = []
    const { end } = ServerResponse.prototype
    ServerResponse.prototype.end = function (this: ServerResponse, ...all: unknown[]) {
      seen.push(String(all[0]))
      return end.apply(this, all as never)
    } as typeof end
    onTestFinished(() => void Reflect.deleteProperty(ServerResponse.prototype, 'end'))
    const { url } = await testApp((api) => api.get('/ascii', () => ({ city: 'Oslo' })))
    expect(await (await fetch(`${url}/ascii`)).json()).toEqual({ city: 'Oslo' })
    expect(seen).toEqual(['{"city":"Oslo"}'])
  })

  it('is not finished where the connection was closed before', async () => {
    const events: string[] = []
    const { url } = await testApp((api) => {
      api.use((_request, response, next) => {
        for (const event of ['finish', 'close']) response.on(event, () => events.push(event))
        next()
      })
      api.get('/gone', ({ socket }) => {
        socket.destroy()
        return { city: 'Oslo' }
      })
    })
    await expect(fetch(`${url}/gone`)).rejects.toThrow()
    await expect.poll(() => events).toContain('close')
    expect(events).toEqual(['close'])
  })

  it('comes once to middleware that replaces write, end or both', async () => {
    let seen: unknown[] = []
    const replace =
      (...names: ('write' | 'end')[]): Middleware =>
      (_request, response, next) => {
        for (const name of names) {
          const original = response[name] as (...all: unknown[]) => never
          response[name] = (...all: unknown[]) => {
            if (all[0]) seen.push(String(all[0]))
            return original.apply(response, all)
          }
        }
        next()
      }
    const { url } = await testApp((api) => {
      api.get('/write', { use: replace('write') }, () => ({ city: 'Oslo' }))
      api.get('/end', { use: replace('end') }, () => ({ city: 'Oslo' }))
      api.get('/both', { use: replace('write', 'end') }, () => ({ city: 'Oslo' }))
    })
    for (const [path, times] of [
      ['write', 0], // as with `end(content)` by hand
      ['end', 1],
      ['both', 1],
    ] as const) {
      seen = []
      expect(await (await fetch(`${url}/${path}`)).json(), path).toEqual({ city: 'Oslo' })
      expect(seen, path).toEqual(Array(times).fill('{"city":"Oslo"}'))
    }
  })
})

/** As Node's client reads it: a character for each byte. */
async function ownerOf(url: string, method: string): Promise<unknown> {
  const [response] = await once(request(url, { method }).end(), 'response')
  response.resume()
  return response.headers['x-owner']
}
