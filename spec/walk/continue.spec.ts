/** Expect: 100-continue on a server that leaves the answer to the blueprint. RFC 9110 §10.1.1. */
import { createServer, request } from 'node:http'
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
})
