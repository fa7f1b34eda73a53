/** Header fields of responses as caches and proxies see them. */
import { describe, expect, it } from 'vitest'
import { HttpException, type RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { csv } from '../../lib/renderers.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

describe.each(polkas)('the fields of a response on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, renderers: { 'text/csv': csv() }, ...options })

  it.each<[string, (api: RestBlueprint) => unknown]>([
    [
      'serializeResponse',
      (api) => api.get('/x', () => serializeResponse(1, { headers: { vary: 'Cookie' } })),
    ],
    ['a web Response', (api) => api.get('/x', () => new Response('1', { headers: { vary: 'Cookie' } }))],
    ['an HttpException', (api) => api.get('/x', () => throwing({ vary: 'Cookie' }))],
    [
      'an error handler',
      (api) => {
        api.errorHandler(400, () => serializeResponse(1, { headers: { vary: 'Cookie' } }))
        api.get('/x', () => throwing({ vary: ['X-A', 'X-B'] }))
      },
    ],
    [
      'a renderer',
      (api) => {
        api.contentRenderer.renders('application/json', () => ({ body: '1', headers: { Vary: 'Cookie' } }))
        api.get('/x', () => 1)
      },
    ],
    [
      'middleware and the handler',
      (api) => {
        api.use((_request, response, next) => {
          response.setHeader('Vary', ['Origin', 'Accept-Encoding'])
          next()
        })
        api.get('/x', () => serializeResponse(1, { headers: { vary: 'Cookie' } }))
      },
    ],
    [
      'a response without content',
      (api) => api.get('/x', () => serializeResponse(undefined, { headers: { vary: 'Cookie' } })),
    ],
    [
      'a media type that is not negotiated',
      (api) =>
        api.get('/x', () => serializeResponse([1], { contentType: 'text/csv', headers: { vary: 'Cookie' } })),
    ],
  ])('name Accept in Vary beside the fields that %s names (RFC 9110 §12.5.5)', async (_by, declare) => {
    const { ask } = await start(declare)
    for (const method of ['GET', 'HEAD']) {
      const names = (await ask(`${method} /x`)).headers.get('vary')?.split(', ')
      expect(names).toEqual(expect.arrayContaining(['Cookie', 'Accept']))
    }
  })

  function throwing(headers: Record<string, string | string[]>): never {
    throw new HttpException(400, 'No', { headers: { vary: 'Cookie', ...headers } })
  }
})
