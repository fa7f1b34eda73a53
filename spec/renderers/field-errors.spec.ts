import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Api } from '../../lib/api.ts'
import {
  abort,
  BadRequest,
  HttpException,
  MethodNotAllowed,
  RestBlueprint,
  UnprocessableContent,
} from '../../lib/index.ts'
import { documentOf } from '../../lib/openapi.ts'
import { fieldErrors } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { faultsOf } from '../support/open-api.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'
import { ask as send } from '../support/wire.ts'

/** An app whose errors have the shape. */
const app = (declare: (api: RestBlueprint) => unknown, options: object = {}) =>
  testApp((api) => {
    api.exceptionRenderer = fieldErrors()
    return declare(api)
  }, options)

describe('fieldErrors', () => {
  const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'OPTIONS', 'HEAD', 'TRACE']

  it.each(VERBS)(
    'answers %s with status and message as JSON, HEAD without content (INV-04, INV-05)',
    async (method) => {
      const { port } = await app((api) => {
        const handlers = {
          get: fail,
          post: fail,
          put: fail,
          patch: fail,
          delete: fail,
          query: fail,
          options: fail,
        }
        return api.route('/x', handlers)
      })
      const { status, fields, content } = await send(port, { method, target: '/x', fields: {} })
      const [expected, message] =
        method === 'TRACE' ? [405, expect.stringMatching(/^Allowed methods: /)] : [410, 'It was here']
      expect([status, fields['content-type']]).toEqual([expected, 'application/json'])
      const text = content.toString()
      if (method === 'HEAD') return expect(text).toBe('')
      expect(JSON.parse(text)).toEqual({ status: expected, message })
    },
  )

  it.each([
    [400, 'Bad Request'],
    [402, 'Payment Required'],
    [418, "I'm a Teapot"],
    [422, 'Unprocessable Content'],
    [451, 'Unavailable For Legal Reasons'],
    [505, 'HTTP Version Not Supported'],
  ])(
    'has the reason phrase of %i for an error without detail (INV-04, INV-07, INV-B13)',
    async (status, message) => {
      const { ask } = await app((api) =>
        api.get('/x', () => abort(status)).get('/empty', () => abort(status, '')),
      )
      expect((await ask('/x')).json).toEqual({ status, message })
      expect((await ask('/empty')).json).toEqual({ status, message })
    },
  )

  it('is the shape of unknown paths, of other methods, and of bugs, whose message stays in the log (INV-06, INV-08)', async () => {
    const { ask } = await testApp((outer) => {
      outer.exceptionRenderer = fieldErrors()
      const nested = new RestBlueprint('nested', { prefix: '/nested', logger: quiet() })
      nested.get('/bug', () => JSON.parse('secret')).register(outer)
    })
    expect((await ask('/nested/none')).json).toEqual({ status: 404, message: 'No resource at /nested/none' })
    const refused = await ask('DELETE /nested/bug')
    expect(refused.json).toEqual({ status: 405, message: 'Allowed methods: GET, HEAD, OPTIONS' })
    expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    expect((await ask('/nested/bug')).text).toBe('{"status":500,"message":"Internal Server Error"}')
  })

  it('is that of a whole Api; a blueprint of its own shape keeps it (INV-01, INV-06)', async () => {
    const polkaApp = polka()
    const api = new Api(polkaApp, { title: 'T', version: '1', logger: quiet() })
    api.root.exceptionRenderer = fieldErrors()
    const own = new RestBlueprint('own')
    own.exceptionRenderer.renders('application/json', () => '"own"')
    own.get('/', () => abort(404))
    api.registerBlueprint(
      new RestBlueprint('pets').get('/', () => abort(404, 'No pets')),
      { prefix: '/pets' },
    )
    api.registerBlueprint(own, { prefix: '/own' })
    const { ask } = await serve(polkaApp)
    expect((await ask('/pets')).json).toEqual({ status: 404, message: 'No pets' })
    expect((await ask('/none')).json).toEqual({ status: 404, message: 'No resource at /none' })
    expect((await ask('/own', { accept: 'application/json' })).json).toBe('own')
  })

  it('names the fields of validation errors by path or parameter (INV-11, INV-13, INV-B27)', async () => {
    const { ask } = await app((api) => {
      const body = z.object({ 'a/b': z.object({ tags: z.array(z.string()) }) })
      api.post('/x', { body, query: z.object({ page: z.int() }) }, () => 1)
      api.post('/own', { body }, () => 1)
      api.errorHandler(
        UnprocessableContent,
        ({ errors }) => new BadRequest('Validation error.', { ...(errors && { errors }) }),
      )
    })
    const { json, headers } = await ask('POST /x?page=one', {}, { 'a/b': { tags: ['x', 7] } })
    expect(json).toEqual({
      status: 400,
      message: 'Validation error.',
      errors: [
        { field: 'page', message: expect.stringContaining('expected number') },
        { field: 'a/b.tags.1', message: expect.stringContaining('expected string') },
      ],
    })
    expect(headers.get('content-type')).toBe('application/json')
    expect((await ask('POST /own')).json.errors).toEqual([{ field: '', message: 'Content is required' }])
  })

  it('renders classes of exceptions: status, message, errors, error_id, then their own members (INV-09, INV-13, INV-15, INV-16)', async () => {
    class Invalid extends HttpException {
      constructor() {
        super(503, 'Cannot be used', {
          left: 0,
          errors: [
            { detail: 'Too long', pointer: '#/title', code: 0 },
            { detail: 'Taken', in: 'query', parameter: 'name', code: 'taken' },
          ],
        })
      }
    }
    const { ask } = await app(
      (api) =>
        api.get('/x', () => {
          throw new Invalid()
        }),
      { onError: () => 'report-7' },
    )
    expect((await ask('/x')).text).toBe(
      '{"status":503,"message":"Cannot be used","errors":[{"field":"title","message":"Too long","code":0},{"field":"name","message":"Taken","code":"taken"}],"error_id":"report-7","left":0}',
    )
    const error = new Invalid()
    expect([error.status, error.detail, error.errors?.length]).toEqual([503, 'Cannot be used', 2])
    expect(error.toProblem()).toMatchObject({ status: 503, left: 0 })
  })

  it('keeps its own members where extension members have their names', async () => {
    const { ask } = await app(
      (api) =>
        api
          .get('/x', () => abort(400, 'real', { message: 'other', status: 200, left: 0 }))
          .get('/empty', () => abort(400, undefined, { message: 'other' }))
          .get('/failing', () => abort(500, 'secret', { error_id: 'mine' })),
      { onError: () => 'report-7' },
    )
    expect((await ask('/x')).json).toEqual({ status: 400, message: 'real', left: 0 })
    expect((await ask('/empty')).json).toEqual({ status: 400, message: 'Bad Request' })
    expect((await ask('/failing')).json.error_id).toBe('report-7')
  })

  it('has error_id for failures alone, and each error its own text (INV-15, INV-B14)', async () => {
    const { ask } = await app(
      (api) =>
        api
          .get('/secret', () => abort(500, 'secret A'))
          .get('/plain', () => abort(500))
          .get('/client', () => abort(404)),
      { onError: () => 'report-7' },
    )
    expect((await ask('/secret')).json).toEqual({ status: 500, message: 'secret A', error_id: 'report-7' })
    expect((await ask('/plain')).json).toEqual({
      status: 500,
      message: 'Internal Server Error',
      error_id: 'report-7',
    })
    expect((await ask('/client')).json).toEqual({ status: 404, message: 'Not Found' })
  })

  it('keeps the header fields of errors (INV-B06)', async () => {
    const { ask } = await app((api) =>
      api
        .get('/401', () => abort(401, 'Who?', { headers: { 'www-authenticate': 'Basic realm="x"' } }))
        .get('/429', () => abort(429, 'Slow', { headers: { 'retry-after': '7' } }))
        .get('/405', () => {
          throw new MethodNotAllowed()
        }),
    )
    expect((await ask('/401')).headers.get('www-authenticate')).toBe('Basic realm="x"')
    expect((await ask('/429')).headers.get('retry-after')).toBe('7')
    expect((await ask('/405')).headers.get('allow')).toBe('OPTIONS')
  })

  it('is an error of the server for what has no status (INV-10, INV-B15)', async () => {
    expect(() => new HttpException(undefined as never, 'No status')).toThrow(TypeError)
    expect(() => new HttpException(200)).toThrow('a status from 400 to 599, not 200')
    const { ask } = await app((api) => api.get('/x', () => Promise.reject({ message: 'No status' })))
    expect((await ask('/x')).json).toEqual({ status: 500, message: 'Internal Server Error' })
  })

  it('leaves problem documents, pages and text to clients that ask for them (INV-B27)', async () => {
    const { ask } = await app((api) => api.get('/x', () => abort(404, 'None')))
    const typeFor = async (accept: string) => (await ask('/x', { accept })).headers.get('content-type')
    expect(await typeFor('application/problem+json')).toBe('application/problem+json')
    expect(await typeFor('text/html')).toBe('text/html; charset=utf-8')
    expect(await typeFor('text/plain')).toBe('text/plain; charset=utf-8')
    expect(await typeFor('image/png')).toBe('application/json')
    expect((await ask('/x')).headers.get('vary')).toBe('Accept')
  })

  it.each(['3.0.3', '3.1.1', '3.2.0'] as const)('is documented in OpenAPI %s', async (openapi) => {
    const api = new RestBlueprint('api').get('/x', () => 1)
    api.exceptionRenderer = fieldErrors()
    const document = documentOf([{ blueprint: api }], { title: 'T', version: '1', openapi })
    expect(await faultsOf(document)).toEqual([])
    const { content } = (
      document.components as { responses: Record<string, { content: Record<string, object> }> }
    ).responses.BadRequest ?? { content: {} }
    expect(content['application/json']).toEqual({ schema: { $ref: '#/components/schemas/FieldErrors' } })
    expect(content['application/problem+json']).toHaveProperty('example')
  })

  it('has to be called', () => {
    expect(() => {
      new RestBlueprint('x').exceptionRenderer = fieldErrors as never
    }).toThrow('is the function fieldErrors: call it, fieldErrors()')
  })
})

function fail(): never {
  abort(410, 'It was here')
}
