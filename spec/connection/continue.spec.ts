/** Expect: 100-continue on a server that leaves the answer to the blueprint. RFC 9110 §10.1.1. */
import { createServer, request } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { RestBlueprint, Unauthorized } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

const fields = { 'content-type': 'application/json', expect: '100-continue' }

/** Sends the content only after 100 Continue; the number of these, and the status. */
function upload(port: number, path: string, headers: Record<string, string | number> = {}) {
  return new Promise<{ continues: number; status: number | undefined; text: string }>((resolve, reject) => {
    let continues = 0
    const sent = request({ port, path, method: 'POST', agent: false, headers: { ...fields, ...headers } })
    sent.on('continue', () => {
      continues++
      sent.end('{"a":1}')
    })
    sent.on('response', (response) => {
      text(response).then((content) => {
        sent.destroy()
        resolve({ continues, status: response.statusCode, text: content })
      }, reject)
    })
    sent.on('error', reject)
    sent.flushHeaders()
  })
}

function uploads(): RestBlueprint {
  const api = new RestBlueprint('api', { logger: quiet(), limits: { maxBodyBytes: 100 } })
  api.before((request) => {
    if (request.headers.authorization === 'none') throw new Unauthorized()
  })
  api.post('/x', { status: 201 }, (request) => request.body)
  api.post(
    '/read',
    { use: async (request, _response, next) => next((await text(request)) && undefined) },
    () => 'read',
  )
  return api
}

const servers = [
  ['a bare server', () => createServer(uploads().handler).on('checkContinue', uploads().handler)],
  ...polkas.map(({ name, polka }) => [
    name,
    () => {
      const app = polka()
      uploads().register(app)
      return createServer(app.handler as never).on('checkContinue', app.handler as never)
    },
  ]),
] as [string, () => ReturnType<typeof createServer>][]

describe.each(servers)('100 Continue on %s', (_name, make) => {
  it('comes when the content is first read, once', async () => {
    const { port } = await serve(make())
    expect(await upload(port, '/x')).toEqual({ continues: 1, status: 201, text: '{"a":1}' })
    expect(await upload(port, '/read')).toEqual({ continues: 1, status: 200, text: '"read"' })
  })

  it.each<[number, string, Record<string, string | number>]>([
    [401, '/x', { authorization: 'none' }],
    [404, '/none', {}],
    [406, '/x', { accept: 'text/csv' }],
    [413, '/x', { 'content-length': 1000 }],
    [415, '/x', { 'content-type': 'text/csv' }],
    [415, '/x', { 'content-encoding': 'zstd' }],
  ])('does not come before a %i', async (status, path, headers) => {
    const { port } = await serve(make())
    expect(await upload(port, path, headers)).toMatchObject({ continues: 0, status })
  })
})

describe('100 Continue', () => {
  it('is written once where Node writes it', async () => {
    const { raw } = await serve(createServer(uploads().handler))
    const received = await raw(
      'POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    )
    expect(received.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 201'])
  })

  it.each([
    '100-continue, 100-continue',
    '100-continue,',
    '100-continue\r\nExpect: 100-continue',
    '100-Continue, a=b',
  ])('comes to a list with it, as Node takes it: %j', async (expect100) => {
    const { raw } = await serve(createServer().on('checkContinue', uploads().handler))
    const received = await raw(
      `POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: ${expect100}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`,
      200,
    )
    expect(received).toMatch(/^HTTP\/1.1 100 Continue\r\n/)
  })

  it('is not sent to a client of HTTP/1.0 (RFC 9110 §10.1.1)', async () => {
    const { raw } = await serve(createServer(uploads().handler))
    const received = await raw(
      'POST /x HTTP/1.0\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    )
    expect(received).toMatch(/^HTTP\/1.1 201 /)
  })

  it.each(['identity', 'gzip'])('leaves empty chunked content, coded as %s, absent', async (coding) => {
    const api = new RestBlueprint('api', { logger: quiet() })
    api.post('/x', ({ body, contentType }) => ({
      hasBody: body !== undefined,
      contentType: contentType ?? null,
    }))
    for (const server of [createServer(api.handler), createServer().on('checkContinue', api.handler)]) {
      const { raw } = await serve(server)
      const received = await raw(
        `POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Encoding: ${coding}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      )
      expect(received).toMatch(/ 200 OK.*{"hasBody":false,"contentType":null}$/s)
    }
  })

  it('leaves empty content of HTTP/2 absent', async () => {
    const api = new RestBlueprint('api', { logger: quiet() })
    api.post('/x', ({ body }) => ({ hasBody: body !== undefined }))
    const server = createHttp2Server(api.handler as never).on('checkContinue', api.handler as never)
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    const sent = session.request({ ':method': 'POST', ':path': '/x', ...fields })
    sent.on('continue', () => sent.end())
    expect(JSON.parse(await text(sent))).toEqual({ hasBody: false })
    session.close()
    server.close()
  })
})
