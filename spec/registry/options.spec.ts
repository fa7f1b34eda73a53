/** Mistakes in options: each is a TypeError when it is made. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Api } from '../../lib/api.ts'
import { client } from '../../lib/client.ts'
import { created, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { jsonPatch } from '../../lib/json-patch.ts'
import { multipart } from '../../lib/multipart.ts'
import { form, json, text as textParser } from '../../lib/parsers.ts'
import { bytes, csv, html, json as jsonRenderer, markdown, ndjson, sse, text } from '../../lib/renderers.ts'
import { expectDocumented } from '../../lib/testing.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: mistakes of a developer without TypeScript
type Any = any

const app: Any = { use() {} }
const pets = (options: Any = {}) => new RestBlueprint('pets', options)
const withOptions = (options: Any, path: Any = '/x') =>
  pets()
    .get(path, { name: 'show', ...options }, () => 1)
    .register(app)
const schema = { '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) } }
const INFO = { title: 'T', version: '1' }

describe('a mistake in', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a key of a blueprint',
      () => pets({ stict: true }).register(app),
      "unknown option 'stict': did you mean 'strict'",
    ],
    [
      'a key of a mixin',
      () => pets({ paginaton: {} }).register(app),
      "'paginaton': did you mean 'pagination'",
    ],
    ['a value of a blueprint', () => pets({ strict: 'yes' }), "cannot have strict: 'yes'; use true or false"],
    [
      'a policy',
      () =>
        pets({ notAcceptable: 'lax' })
          .get('/x', () => 1)
          .register(app),
      "notAcceptable: 'lax'",
    ],
    ['a logger', () => pets({ logger: {} }), "a logger without the method 'error'"],
    ['a blueprint’s options', () => pets('/api'), "an object of options, not '/api'"],
    ['a prefix', () => pets({ prefix: 7 }), 'A prefix is a text, not 7'],
    [
      'register',
      () => pets().register(app, { prefx: '/x' } as Any),
      "unknown option 'prefx': did you mean 'prefix'",
    ],
    [
      'a limit in words',
      () => pets({ limits: { maxBodyBytes: '10mb' } }),
      "maxBodyBytes: '10mb'; use a whole number",
    ],
    ['a limit that is NaN', () => pets({ limits: { maxBodyBytes: Number.NaN } }), 'maxBodyBytes: NaN'],
    ['a negative limit', () => pets({ limits: { maxFileBytes: -1 } }), 'maxFileBytes: -1'],
    ['a limit’s name', () => pets({ limits: { maxBodyByte: 1 } }), "did you mean 'maxBodyBytes'"],
    [
      'an endpoint’s limit',
      () => withOptions({ limits: { maxBodyBytes: '1k' } }),
      "The endpoint 'show', in 'limits', cannot have maxBodyBytes: '1k'",
    ],
    [
      'json()',
      () => json({ maxDepht: 3 } as Any),
      "json has the unknown option 'maxDepht': did you mean 'maxDepth'",
    ],
    ['json’s depth', () => json({ maxDepth: '3' } as Any), "maxDepth: '3'"],
    ['form()', () => form({ maxFields: Number.NaN }), 'maxFields: NaN'],
    [
      'pagination',
      () => withOptions({ paginate: { pagesize: 5 } }),
      "The pagination of 'show' has the unknown option 'pagesize'",
    ],
    [
      'pagination of a blueprint',
      () =>
        pets({ pagination: { pagesize: 5 } })
          .get('/x', { paginate: true }, () => [])
          .register(app),
      "did you mean 'pageSize'",
    ],
    [
      'names of parameters',
      () => withOptions({ paginate: { parameters: { limt: 'n' } } }),
      "'limt': did you mean 'limit'",
    ],
    [
      'an Api',
      () => new Api(undefined, { ...INFO, prefex: '/x' } as Any),
      "The Api has the unknown option 'prefex'",
    ],
    [
      'an Api’s docs',
      () => new Api(app, { ...INFO, docs: { pth: '/x' } } as Any),
      "in 'docs', has the unknown option 'pth'",
    ],
    [
      'an Api without the argument for the app',
      () => new Api(INFO as Any),
      'The first argument of an Api is the app, or undefined: new Api(polka(), { title, version })',
    ],
    [
      'a number as version',
      () => new Api(app, { title: 'T', version: 1 as Any }),
      'cannot have version: 1; use a text',
    ],
    ['an Api without version', () => new Api(app, { title: 'T' }), 'An Api needs a version'],
    [
      'registerBlueprint',
      () => new Api(undefined, INFO).registerBlueprint(pets(), { nme: 'x' } as Any),
      "did you mean 'name'",
    ],
    [
      'a status in the options’ place',
      () => serializeResponse({}, 201 as Any),
      'an object of options, not 201',
    ],
    [
      'a status in the data’s place',
      () => serializeResponse(201, { name: 'Rex' } as Any),
      "serializeResponse(data, options) has the unknown option 'name'",
    ],
    [
      'data in the place of a URL',
      () => created({ id: 7 } as Any, undefined),
      'created(location, data) needs the URL of the new resource first, not [object Object]',
    ],
    [
      'a name of a converter',
      () => withOptions({}, '/x/<integer:id>'),
      "unknown converter 'integer': did you mean 'int'? Converters: string, int, float, path, uuid, any(a,b)",
    ],
    [
      'a representation',
      () => serializeResponse({}, { contenttype: 'x' } as Any),
      "did you mean 'contentType'",
    ],
    [
      'a schema in the options’ place',
      () => pets().post('/x', schema as Any, () => 1),
      'POST /x takes an object of options, not a schema',
    ],
    [
      'a route without handler',
      () => pets().get('/x', { name: 'x' } as Any),
      'The handler of GET /x is a function, not an object',
    ],
    [
      'a route without anything',
      () => (pets() as Any).get('/x'),
      'The handler of GET /x is a function, not undefined',
    ],
    [
      'before',
      () => withOptions({ before: 'auth' }),
      "The endpoint 'show', in 'before', takes functions, not 'auth'",
    ],
    ['a hook', () => pets().before('auth' as Any), "A hook of before is a function, not 'auth'"],
    ['middleware', () => pets().use(undefined as Any), 'A middleware is a function, not undefined'],
    [
      'a reporter',
      () => new RestBlueprint('x', { onError: 1 as Any }),
      'cannot have onError: 1; use a function',
    ],
    ['tags', () => withOptions({ tags: 'pets' as Any }), "'show' cannot have tags: 'pets'; use a list"],
    ['a summary', () => withOptions({ summary: 5 as Any }), 'cannot have summary: 5; use a text'],
    ['hidden', () => withOptions({ hidden: 'no' as Any }), "cannot have hidden: 'no'; use true or false"],
    ['doc', () => withOptions({ doc: 'x' as Any }), "cannot have doc: 'x'; use an object"],
    ['parameters', () => withOptions({ parameters: {} as Any }), 'cannot have parameters: '],
    [
      'security',
      () => withOptions({ security: 'bearer' as Any }),
      "cannot have security: 'bearer'; use a list",
    ],
    ['a scheme', () => withOptions({ security: ['bearer'] as Any }), "cannot have security: [ 'bearer' ]"],
    ['takesAll', () => pets().register(polka(), { takesAll: 'no' as Any }), "cannot have takesAll: 'no'"],
    [
      'a range',
      () => withOptions({ outgoing: ['*+json'] as Any }),
      "the range '*/*+json', which cannot be sent",
    ],
    ['an error handler', () => pets().errorHandler('404' as Any, () => 1), "or a class, not '404'"],
    [
      'an app of Express',
      () => pets().register({ use() {}, request: {} } as Any),
      'takes a Polka app or a blueprint; in an Api: api.registerBlueprint(blueprint), elsewhere: app.use(blueprint.handler)',
    ],
    [
      'an Api on an app of Express',
      () => new Api({ use() {}, request: {} } as Any, { title: 'T', version: '1' }),
      'such as polka({ onNoMatch: otherApp }); mount a blueprint in another framework: app.use(blueprint.handler)',
    ],
    [
      'an Api in place of the app',
      () => pets().register(new Api() as Any),
      'in an Api: api.registerBlueprint(blueprint)',
    ],
    [
      'a converter',
      () => pets().converter('year', { pattern: '[0-9]{4}' } as Any),
      "'parse' of the converter 'year' is a function, not undefined",
    ],
    [
      'a pattern',
      () => pets().converter('year', { parse: Number, pattern: '(' }),
      "The 'pattern' of the converter 'year'",
    ],
    [
      'an expression',
      () => withOptions({}, '/x/:id(\\d+)'),
      "an expression after ':id': use a converter, as in <int:id>",
    ],
    [
      'braces',
      () => withOptions({}, '/x/{id}'),
      "has a '{' outside a parameter: write :id, or <int:id> with a converter",
    ],
    [
      'a resource',
      () => pets().mountResource({ singular: 'user', shw: () => 1 } as Any),
      "'shw': did you mean 'show'",
    ],
    ['an empty resource', () => pets().mountResource({ singular: 'user' }), 'none of the actions show'],
    [
      'a resource’s action',
      () => pets().mountResource({ singular: 'user', show: 1 } as Any),
      "'show' of the resource ",
    ],
    [
      'outgoing',
      () => withOptions({ outgoing: 'text/csv' }),
      "The option 'outgoing' of 'show' is a list of media types, not 'text/csv'",
    ],
    [
      'incoming',
      () => withOptions({ incoming: 'text/csv' }),
      "The option 'incoming' of 'show' is a list of media types, not 'text/csv'",
    ],
    ...(
      [
        ['a factory of outgoing', { outgoing: [csv] }, 'is the function csv: call it, csv()'],
        ['a factory in the place of outgoing', { outgoing: csv }, 'is the function csv: call it, csv()'],
        [
          'a factory of a type',
          { outgoing: { 'text/csv': csv } },
          'A renderer is the function csv: call it, csv()',
        ],
        [
          'a renderer in a list',
          { outgoing: [csv()] },
          'a list of media types, which cannot have the function',
        ],
        ['a number in a list', { incoming: [7] }, 'a list of media types, which cannot have 7'],
        ['a parser in a list', { incoming: [form] }, 'is the function form: call it, form()'],
        ['files', { files: { photo: { maxByte: 7 } } }, "'maxByte': did you mean 'maxBytes'"],
        [
          'a file’s limit',
          { files: { photo: { maxBytes: '10mb' } } },
          "The file 'photo' of 'show' cannot have maxBytes: '10mb'; use a whole number",
        ],
        [
          'a file’s limit that is NaN',
          { files: { photo: { maxBytes: Number.NaN } } },
          'cannot have maxBytes: NaN',
        ],
        [
          'a file’s limit with a fraction',
          { files: { stream: true, maxBytes: 1.5 } },
          "The files of 'show' cannot have maxBytes: 1.5",
        ],
        ['a file’s flag', { files: { photo: { required: 'yes' } } }, "required: 'yes'; use true or false"],
        ['streamed files', { files: { stream: true, type: [] } }, "'type': did you mean 'types'"],
        [
          'etag',
          { etag: { curent: () => 1 } },
          "The etag of 'show' has the unknown option 'curent': did you mean 'current'",
        ],
        ['a word for etag', { etag: 'weak' }, "The etag of 'show' takes an object of options, not 'weak'"],
        ['a value of etag', { etag: { required: 1 } }, 'required: 1; use true or false'],
        ['a state for a function', { etag: { current: {} } }, 'use a function'],
        [
          'patch',
          { patch: { schema, curren: () => 1 } },
          "The patch of 'show' has the unknown option 'curren': did you mean 'current'",
        ],
        [
          'a schema for patch',
          { patch: schema },
          "The patch of 'show' takes an object of options, not a schema",
        ],
        ['a schema of arktype for patch', { patch: type({ a: 'string' }) }, 'not a schema'],
        [
          'params',
          { params: z.object({ idd: z.string() }) },
          "'idd', which the path /x/:id lacks: did you mean 'id'?",
        ],
        [
          'params of valibot',
          { params: toStandardJsonSchema(v.object({ year: v.string() })) },
          "'params' of 'show' has 'year'",
        ],
      ] as [string, Any, string][]
    ).map(([name, options, message]): [string, () => unknown, string] => [
      name,
      () => withOptions(options, '/x/:id'),
      message,
    ]),
    [
      'etag of a blueprint',
      () =>
        pets({ etag: { requierd: false } })
          .get('/x', () => 1)
          .register(app),
      "The etag of the blueprint 'pets' has the unknown option 'requierd': did you mean 'required'",
    ],
    ...Object.entries({ bytes, csv, html, json: jsonRenderer, markdown, ndjson, sse, text }).map(
      ([name, create]): [string, () => unknown, string] => [
        `the factory of a renderer, ${name},`,
        () => pets().contentRenderer.renders('text/x', create as Any),
        `A renderer is the function ${name}: call it, ${name}()`,
      ],
    ),
    ...Object.entries({ form, json, text: textParser, multipart, jsonPatch }).map(
      ([name, create]): [string, () => unknown, string] => [
        `the factory of a parser, ${name},`,
        () => pets().contentParser.parses('text/x', create as Any),
        `A parser is the function ${name}: call it, ${name}()`,
      ],
    ),
    ...(
      [
        ['csv', csv, { delimeter: ';' }, "csv has the unknown option 'delimeter': did you mean 'delimiter'"],
        ['csv’s delimiter', csv, { delimiter: '::' }, 'CSV has no delimiter'],
        ['csv’s flags', csv, { bom: 'yes' }, "csv cannot have bom: 'yes'; use true or false"],
        ['csv’s columns', csv, { columns: 'id' }, "csv cannot have columns: 'id'; use a list"],
        ['html', html, { tilte: 'x' }, "html has the unknown option 'tilte': did you mean 'title'"],
        ['html’s title', html, { title: 7 }, 'html cannot have title: 7; use a text'],
        ['markdown', markdown, { heading: 'x' }, "markdown has the unknown option 'heading'"],
        ['ndjson', ndjson, { ende: true }, "ndjson has the unknown option 'ende': did you mean 'end'"],
        ['ndjson’s end', ndjson, { end: 1 }, 'ndjson cannot have end: 1; use true or false'],
        ['sse', sse, { heartbeatSecond: 1 }, "did you mean 'heartbeatSeconds'"],
        ['sse’s seconds', sse, { heartbeatSeconds: '5' }, 'heartbeatSeconds'],
        ['sse’s seconds that are NaN', sse, { heartbeatSeconds: Number.NaN }, 'heartbeatSeconds'],
        ['json()', jsonRenderer, { spaces: 2 }, "json has the unknown option 'spaces': did you mean 'space'"],
        ['json’s space', jsonRenderer, { space: '2' }, "json cannot have space: '2'; use a whole number"],
        ['jsonPatch', jsonPatch, { maxOperation: 1 }, "did you mean 'maxOperations'"],
        ['jsonPatch’s limit', jsonPatch, { maxDepth: 1.5 }, 'jsonPatch cannot have maxDepth: 1.5'],
        [
          'multipart',
          multipart,
          { maxFile: 1 },
          "multipart has the unknown option 'maxFile': did you mean 'maxFiles'",
        ],
        [
          'multipart’s limit',
          multipart,
          { maxFileBytes: '10mb' },
          "multipart cannot have maxFileBytes: '10mb'",
        ],
        [
          'multipart’s directory',
          multipart,
          { directory: 7 },
          'multipart cannot have directory: 7; use a text',
        ],
        ['a list in the options’ place', csv, ['id'], 'csv takes an object of options, not a list'],
        [
          'the client',
          (options: Any) => client('http://h', options),
          { header: {} },
          "'header' is not an option",
        ],
      ] as [string, (options: Any) => unknown, Any, string][]
    ).map(([name, create, options, message]): [string, () => unknown, string] => [
      `${name} (options)`,
      () => create(options),
      message,
    ]),
    [
      'a range of outgoing',
      () => withOptions({ outgoing: ['text/*'] }),
      "The option 'outgoing' of 'show' has the range 'text/*'",
    ],
    ['a range of all types', () => withOptions({ outgoing: ['*/*'] }), "has the range '*/*'"],
    [
      'a pattern of outgoing',
      () => withOptions({ outgoing: ['application/*+json'] }),
      "has the range 'application/*+json'",
    ],
  ])('%s is a TypeError', (_case, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })
})

describe('options that are left undefined', () => {
  it('have their defaults', () => {
    for (const create of [csv, html, markdown, ndjson, sse, jsonRenderer, json, form, jsonPatch])
      expect(() => (create as Any)({ title: undefined, maxDepth: undefined })).not.toThrow()
    expect(multipart({ maxFiles: undefined } as Any).maxFiles).toBe(20)
  })
})

describe('expectDocumented', () => {
  it('tells an option that it does not know', async () => {
    const document = {} as Any
    await expect(expectDocumented(new Response(), document, { methd: 'POST' } as Any)).rejects.toThrow(
      "expectDocumented has the unknown option 'methd': did you mean 'method'",
    )
  })
})

describe('limits of an endpoint', () => {
  it('override those of its blueprint, one by one', async () => {
    const { status, ask } = await testApp(
      (api) => {
        api.post('/small', { limits: { maxBodyBytes: 10 } }, ({ body }) => body)
        api.post('/large', ({ body }) => body)
        api.get('/query', { limits: { maxParameters: 1 } }, ({ query }) => query)
      },
      { limits: { maxBodyBytes: 100, maxParameters: 2 } },
    )
    const post = async (path: string) =>
      (await ask(`POST ${path}`, { 'content-type': 'application/json' }, JSON.stringify('x'.repeat(50))))
        .status
    expect([await post('/small'), await post('/large')]).toEqual([413, 200])
    expect([await status('/query?a&b'), await status('/query?a')]).toEqual([400, 200])
  })
})

describe('route()', () => {
  it('names endpoints METHOD path where nothing else is their name', () => {
    class Photos {
      get() {
        return 1
      }
    }
    const api = pets()
      .route('/a', { get: () => 1 })
      .route('/b', { get: () => 1 })
      .route('/c', new Photos())
      .route('/d', new Photos())
      .route('/e', { get: () => 1 }, { name: 'list' })
    expect(api.endpoints.map(({ name }) => name)).toEqual([
      'GET /a',
      'GET /b',
      'photos.get',
      'GET /d',
      'list.get',
    ])
  })
})

describe('a URL', () => {
  it('is not invented for an object without id', async () => {
    const { api, ask } = await testApp((api) => {
      api.mountResource({ singular: 'user', show: (id) => id, create: () => ({ name: 'Ada' }) })
      api.get('/list/:ids', { name: 'list' }, () => 1)
    })
    const answer = await ask('POST /users')
    expect([answer.status, answer.headers.get('location')]).toEqual([201, null])
    expect(() => api.urlFor('user', { id: { nope: 1 } })).toThrow("needs a value for 'id'")
    for (const ids of [{ a: 1 }, [1], Number.NaN])
      expect(() => api.urlFor('list', { ids })).toThrow(TypeError)
    expect(api.urlFor('list', { ids: new URL('http://h/') })).toBe('/list/http%3A%2F%2Fh%2F')
  })
})

describe('an option that is undefined', () => {
  it('replaces none of the blueprint around', async () => {
    const limits: Any = { maxBodyBytes: undefined, maxParameters: undefined }
    const pagination: Any = { header: undefined, parameters: { page: undefined } }
    const patch: Any = { patch: { schema, current: () => ({ a: 1 }) }, etag: { current: undefined } }
    const { ask } = await testApp(
      (api) => {
        api.post('/limited', { limits }, ({ body }) => body)
        api.get('/page', { paginate: pagination }, ({ pagination: { page } }) => [page])
        api.patch('/patched', patch, () => 1)
        api.get('/tagged', { etag: { data: undefined } as Any }, () => ({ version: 1, other: Math.random() }))
      },
      {
        limits: { maxBodyBytes: 4, maxParameters: 1 },
        etag: { data: (state: Any) => state.version },
        pagination: { header: false, parameters: { page: 'p' } },
      },
    )
    expect((await ask('POST /limited', {}, 'longer')).status).toBe(413)
    expect((await ask('POST /limited?a=1&b=2', {}, 1)).status).toBe(400)
    const page = await ask('/page?p=2')
    expect([page.text, page.headers.get('x-pagination')]).toEqual(['[2]', null])
    expect((await ask('/tagged')).tag).toBe((await ask('/tagged')).tag)
    const fields = { 'content-type': 'application/merge-patch+json', 'if-match': '"x"' }
    expect((await ask('PATCH /patched', fields, '{}')).status).toBe(412)
  })

  it('replaces none of the Api', async () => {
    const rateLimit: Any = {
      points: 5,
      seconds: 60,
      headers: undefined,
      store: undefined,
      maxKeys: undefined,
    }
    const blueprint = pets().get('/one', { rateLimit }, () => 1)
    const levels = polka()
    const api = new Api(undefined, { ...INFO, rateLimit: { points: 9, seconds: 60, headers: 'legacy' } })
    api.registerBlueprint(blueprint)
    api.init(levels, { title: undefined, prefix: undefined } as Any)
    const { ask } = await serve(levels)
    expect((await ask('/one')).headers.get('x-ratelimit-limit')).toBe('5')
    expect((await ask('/openapi.json')).json.info.title).toBe('T')
  })
})
