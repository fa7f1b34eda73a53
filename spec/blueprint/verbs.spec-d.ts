/** The types that the compiler infers and refuses: nothing here runs, `tsc --noEmit` checks it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  Endpoint,
  EndpointInfo,
  EndpointOptions,
  Handler,
  HandlerRequest,
  HookRequest,
  PathParams,
  Query,
  RenderFunction,
  Representation,
  Step,
} from 'mazurka'
import {
  Arguments,
  abort,
  Blueprint,
  ContentNegotiation,
  created,
  Exceptions,
  endpoint,
  HttpException,
  MIMEMap,
  NotFound,
  PluggableParser,
  PluggableRenderer,
  Responses,
  RestBlueprint,
  serializeResponse,
} from 'mazurka'
import { csv } from 'mazurka/renderers'
import polka from 'polka'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

interface User {
  readonly id: string
}

declare module 'mazurka' {
  interface Converters {
    user: User
  }
  interface Provides<P extends string, O> {
    readonly tenant: {
      readonly tenant: string
      readonly isStamped: O extends { readonly stamp: string } ? true : false
      readonly '~tenant'?: P
    }
  }
}

const api = new RestBlueprint('api')
const plain = new Blueprint('plain')
const Page = z.object({ page: z.int() })
const Change = z.object({ name: z.string() })
const Id = z.object({ id: z.int() })

describe('params', () => {
  it('come from the path', () => {
    api.get('/x', ({ params }) => expectTypeOf<keyof typeof params>().toBeNever())
    api.get('/:name', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly name: string }>())
    api.get('/<name>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly name: string }>())
    api.get('/x/<int:id>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly id: number }>())
    api.get('/<float:x>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly x: number }>())
    api.get('/<uuid:id>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly id: string }>())
    api.get('/f/<path:file>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly file: string }>())
  })

  it('of any() are its choices', () => {
    type Span = { readonly span: 'day' | 'week' }
    api.get('/<any(day,week):span>', ({ params }) => expectTypeOf(params).toEqualTypeOf<Span>())
    api.get('/<any(day, week):span>/x', ({ params }) => expectTypeOf(params).toEqualTypeOf<Span>())
    api.get('/<any(day):span>', ({ params }) => expectTypeOf(params.span).toEqualTypeOf<'day'>())
  })

  it('of custom converters have the types in Converters, else unknown', () => {
    api.get('/<user:owner>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly owner: User }>())
    api.get('/<unlisted:x>', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly x: unknown }>())
    api.converter('user', { parse: (id): User => ({ id }), format: ({ id }) => id })
  })

  it('may be several, also in one segment', () => {
    type Many = { readonly id: number; readonly name: string; readonly owner: User }
    api.get('/<int:id>/x/:name/<user:owner>', ({ params }) => expectTypeOf(params).toEqualTypeOf<Many>())
    type Dated = { readonly from: string; readonly to: string }
    api.get('/:from-:to.csv', ({ params }) => expectTypeOf(params).toEqualTypeOf<Dated>())
    type Mixed = { readonly year: number; readonly month: number }
    api.get('/<int:year>-<int:month>', ({ params }) => expectTypeOf(params).toEqualTypeOf<Mixed>())
    api.get('/:name.csv', ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly name: string }>())
    api.get('/<int:id>/:name.<any(csv,json):format>', ({ params }) =>
      expectTypeOf(params).toEqualTypeOf<{
        readonly id: number
        readonly name: string
        readonly format: 'csv' | 'json'
      }>(),
    )
  })

  it('are read-only, and there are no others', () => {
    api.get('/<int:id>', ({ params }) => {
      // @ts-expect-error: a parameter is not to be written
      params.id = 7
      // @ts-expect-error: the path has no such parameter
      return params.name
    })
  })

  it('of a path that is no literal type are unknown', () => {
    const path: string = '/<int:id>'
    api.get(path, ({ params }) => expectTypeOf(params).toEqualTypeOf<Readonly<Record<string, unknown>>>())
    expectTypeOf<PathParams<'/a/<int:id>'>>().toEqualTypeOf<{ readonly id: number }>()
  })
})

describe('a handler', () => {
  it('receives Node’s request with the members of the blueprint, Node’s response, and next', () => {
    api.post('/x/<int:id>', (request, response, next) => {
      expectTypeOf(request).toExtend<IncomingMessage>()
      expectTypeOf(request.query).toEqualTypeOf<Query>()
      expectTypeOf(request.query.page).toEqualTypeOf<string | string[] | undefined>()
      expectTypeOf(request.originalUrl).toEqualTypeOf<string>()
      expectTypeOf(request.contentType).toEqualTypeOf<string | undefined>()
      expectTypeOf(request.body).toEqualTypeOf<unknown>()
      expectTypeOf(request.params.id).toEqualTypeOf<number>()
      expectTypeOf(response).toEqualTypeOf<ServerResponse>()
      expectTypeOf(next).toEqualTypeOf<(error?: unknown) => void>()
    })
  })

  it('receives the same with options', () => {
    api.post('/x/<int:id>', { status: 201, summary: 'One' }, ({ params, body, query }) => {
      expectTypeOf(params.id).toEqualTypeOf<number>()
      expectTypeOf(body).toEqualTypeOf<unknown>()
      expectTypeOf(query).toEqualTypeOf<Query>()
    })
  })

  it('receives the members that third-party mixins provide, by the options', () => {
    api.get('/x', ({ tenant, isStamped }) => {
      expectTypeOf(tenant).toEqualTypeOf<string>()
      expectTypeOf(isStamped).toEqualTypeOf<false>()
    })
    expectTypeOf<HandlerRequest<'/x', { readonly stamp: 'a' }>['isStamped']>().toEqualTypeOf<true>()
  })

  it('can be written elsewhere', () => {
    const show: Handler<'/x/<int:id>'> = ({ params }) => expectTypeOf(params.id).toEqualTypeOf<number>()
    api.get('/x/<int:id>', show)
    // @ts-expect-error: it wants an id
    api.get('/x', show)
    function query({ query }: HandlerRequest) {
      return query
    }
    api.get('/x', query)
  })

  it('may return anything: data, a Representation, a Response, a stream, a promise, nothing', () => {
    expectTypeOf<ReturnType<Handler>>().toEqualTypeOf<unknown>()
    api
      .get('/a', () => [1])
      .get('/b', () => serializeResponse({ a: 1 }))
      .get('/c', () => new Response('x'))
      .get('/d', () => new ReadableStream())
      .get('/e', async () => ({ a: 1 }))
      .get('/f', () => {})
      .get('/g', (_request, response) => response.end())
      .get('/h', async function* () {
        yield 1
      })
      .get('/i', () => abort(404))
      .get('/j', () => null)
      .get('/k', (_request, _response, next) => next())
      .get('/m', () => new NotFound())
  })

  it('is not optional', () => {
    // @ts-expect-error: a path alone answers nothing
    api.get('/x')
    // @ts-expect-error: options alone answer nothing
    api.get('/x', { summary: 'x' })
  })
})

describe('every verb', () => {
  it('has the same types', () => {
    for (const verb of ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'query'] as const) {
      expectTypeOf(api[verb]).toExtend<(path: string, handler: Handler) => RestBlueprint>()
    }
    api.put('/<int:id>', { incoming: ['text/csv'] }, ({ params }) => expectTypeOf(params.id).toBeNumber())
    api.patch('/<int:id>', { incoming: ['text/csv'] }, ({ params }) => expectTypeOf(params.id).toBeNumber())
    api.delete('/<int:id>', { status: 204 }, ({ params }) => expectTypeOf(params.id).toBeNumber())
    api.head('/<int:id>', ({ params }) => expectTypeOf(params.id).toBeNumber())
    api.options('/<int:id>', ({ params }) => expectTypeOf(params.id).toBeNumber())
    api.query('/<int:id>', { status: 200 }, ({ params, body }) => {
      expectTypeOf(params.id).toBeNumber()
      expectTypeOf(body).toBeUnknown()
    })
    // @ts-expect-error: an unknown option
    api.post('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.put('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.patch('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.delete('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.head('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.options('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: an unknown option
    api.query('/x', { nmae: 'x' }, () => 1)
  })
})

describe('an option', () => {
  it('that is unknown is an error, alone and beside known ones', () => {
    // @ts-expect-error: alone
    api.get('/x', { nmae: 'x' }, () => 1)
    // @ts-expect-error: beside a known one
    api.get('/x', { name: 'x', sumary: 'x' }, () => 1)
    // @ts-expect-error: beside one of a mixin
    api.get('/x', { outgoing: ['text/csv'], sumary: 'x' }, () => 1)
    const options = { name: 'x', sumary: 'x' }
    // @ts-expect-error: also when it comes from elsewhere
    api.get('/x', options, () => 1)
    api.get('/x', {}, () => 1)
  })

  it('has a type', () => {
    // @ts-expect-error: a name is text
    api.get('/x', { name: 7 }, () => 1)
    // @ts-expect-error: a status is a number
    api.get('/x', { status: '201' }, () => 1)
    // @ts-expect-error: types come as a list
    api.get('/x', { incoming: 'text/csv' }, () => 1)
    // @ts-expect-error: true is no list of types
    api.get('/x', { outgoing: true }, () => 1)
    api.get('/x', { outgoing: false }, () => 1)
    api.get('/x', { outgoing: [null, 'text/csv'], incoming: [] }, () => 1)
    api.get('/x', { outgoing: { 'text/csv': csv(), 'text/plain': (data) => String(data) } }, () => 1)
  })

  it('is allowed only on blueprints with its mixin', () => {
    plain.get('/x', { name: 'x', summary: 'x', tags: ['x'], deprecated: true, hidden: false }, () => 1)
    // @ts-expect-error: nothing here negotiates
    plain.get('/x', { outgoing: ['text/csv'] }, () => 1)
    // @ts-expect-error: also beside a known one
    plain.get('/x', { name: 'x', outgoing: ['text/csv'] }, () => 1)
    class Gate extends ContentNegotiation(Blueprint) {}
    new Gate('gate').get('/x', { name: 'x', outgoing: ['text/csv'] }, () => 1)
    class Teller extends Exceptions(Blueprint) {}
    // @ts-expect-error: the mixin of errors knows no types of content
    new Teller('teller').get('/x', { incoming: ['text/csv'] }, () => 1)
  })
})

describe('a mixin', () => {
  it('adds its members; without it they are an error', () => {
    class Gate extends ContentNegotiation(Blueprint) {}
    const gate = new Gate('gate')
    expectTypeOf(gate.incoming).toEqualTypeOf<MIMEMap>()
    expectTypeOf(gate.outgoing).toEqualTypeOf<MIMEMap>()
    // @ts-expect-error: the gate renders nothing
    gate.contentRenderer
    expectTypeOf(api.contentRenderer).toEqualTypeOf<PluggableRenderer>()
    expectTypeOf(api.contentParser).toEqualTypeOf<PluggableParser>()
    api.exceptionRenderer = { render: () => 'x' }
    api.contentRenderer = new PluggableRenderer()
    api.contentParser = new PluggableParser()
    api.outgoing = new MIMEMap()
  })

  it('in the wrong order is an error', () => {
    // @ts-expect-error: a parser needs the incoming types
    Arguments(Blueprint)
    // @ts-expect-error: a renderer needs the outgoing types
    Responses(Blueprint)
    Responses(Arguments(ContentNegotiation(Exceptions(Blueprint))))
    Exceptions(Responses(ContentNegotiation(Blueprint)))
  })

  it('keeps prepare protected, and lets subclasses override it', () => {
    // @ts-expect-error: protected
    api.prepare
    class Mine extends RestBlueprint {
      protected override prepare(one: Endpoint): void {
        super.prepare(one)
        const step: Step = ({ response }) => void response.setHeader('x-mine', one.name)
        one.mixin('Mine', []).on('after/nameEndpoint', step)
        // @ts-expect-error: no such phase
        one.on('later/nameEndpoint', step)
      }
    }
    expectTypeOf(new Mine('mine')).toExtend<RestBlueprint>()
  })
})

describe('chaining', () => {
  it('keeps the type of the subclass', () => {
    class Mine extends RestBlueprint {
      own(): this {
        return this
      }
    }
    const mine = new Mine('mine')
      .get('/a', () => 1)
      .post('/b', { status: 201 }, () => 1)
      .route('/c', { get: () => 1 })
      .use((_request, _response, next) => next())
      .before(() => {})
      .after(() => {})
      .errorHandler(404, () => 1)
      .converter('day', { parse: Number })
      .mountResource({ singular: 'user', show: (id) => id })
      .register(polka(), { prefix: '/api' })
      .own()
    expectTypeOf(mine).toExtend<Mine>()
    expectTypeOf(api.outgoing.addMimetype('text/csv')).toEqualTypeOf<MIMEMap>()
    expectTypeOf(api.contentRenderer.renders('text/csv', csv())).toEqualTypeOf<PluggableRenderer>()
  })
})

describe('serializeResponse', () => {
  it('keeps the type of its data', () => {
    expectTypeOf(serializeResponse({ a: 1 })).toEqualTypeOf<Representation<{ a: number }, undefined>>()
    expectTypeOf(serializeResponse([1], { status: 201 }).data).toEqualTypeOf<number[]>()
    // @ts-expect-error: an unknown option
    serializeResponse(1, { statsu: 201 })
    serializeResponse(1, { headers: new Headers(), renderer: csv(), contentType: 'text/csv' })
  })
})

describe('a renderer', () => {
  const lines = (rows: User[]) => rows.map(({ id }) => id).join('\n')
  const users: User[] = []

  it('may ask for the data of its endpoint, as a function and as an object', () => {
    api.get('/x', { outgoing: { 'application/xml': (rows: User[]) => lines(rows) } }, () => users)
    api.get('/x', { outgoing: { 'application/xml': async (rows: readonly User[]) => rows.join() } }, () => 1)
    api.get('/x', { outgoing: { 'text/x-lines': { render: lines }, 'text/csv': csv() } }, () => users)
    api.get('/x', { outgoing: { 'text/plain': (data) => expectTypeOf(data).toBeUnknown() && '' } }, () => 1)
    api.contentRenderer.renders('text/x-lines', lines).registerRenderer('text/x-more', lines)
    const kept: RenderFunction<User[]> = lines
    api.contentRenderer.renders('text/x-kept', kept)
  })

  it('of serializeResponse and created gets their data', () => {
    serializeResponse(users, { renderer: lines })
    serializeResponse(users, {
      renderer: (rows) => lines(expectTypeOf(rows).toEqualTypeOf<User[]>() && rows),
    })
    expectTypeOf(serializeResponse(users, { renderer: lines })).toEqualTypeOf<
      Representation<User[], undefined>
    >()
    created('/users', users, { renderer: { render: lines } })
    // @ts-expect-error: a number is no list of users
    serializeResponse(7, { renderer: lines })
    // @ts-expect-error: as above
    created('/users', 7, { renderer: lines })
  })
})

describe('abort', () => {
  it('never returns', () => {
    expectTypeOf(abort).returns.toEqualTypeOf<never>()
    const find = (users: readonly User[]) => users[0] ?? abort(404)
    expectTypeOf(find).returns.toEqualTypeOf<User>()
  })
})

describe('an error handler', () => {
  it('receives the error of its status or class', () => {
    class SoldOut extends Error {
      readonly left = 0
    }
    api.errorHandler(SoldOut, (error, request) => {
      expectTypeOf(error).toEqualTypeOf<SoldOut>()
      expectTypeOf(request).toExtend<IncomingMessage>()
      expectTypeOf(request.originalUrl).toEqualTypeOf<string>()
      return { left: error.left }
    })
    api.errorHandler(NotFound, (error) => expectTypeOf(error).toEqualTypeOf<NotFound>())
    api.errorHandler(HttpException, (error) => expectTypeOf(error.status).toEqualTypeOf<number>())
    api.errorHandler(404, (error) => expectTypeOf(error).toEqualTypeOf<HttpException>())
    api.errorHandler(404, (error) => expectTypeOf(error.detail).toEqualTypeOf<string | undefined>())
    api.errorHandler(422, ({ detail, errors }) => ({ detail, count: errors?.length }))
    // @ts-expect-error: text is neither a status nor a class
    api.errorHandler('404', () => 1)
  })
})

describe('a resource', () => {
  it('has handlers with the params of its path', () => {
    api.route('/x/<int:id>', {
      get: ({ params }) => expectTypeOf(params).toEqualTypeOf<{ readonly id: number }>(),
      put: ({ params, body }) => {
        expectTypeOf(params.id).toBeNumber()
        expectTypeOf(body).toBeUnknown()
      },
      delete: null,
      patch: endpoint({ summary: 'Change' }, ({ body }) => body),
    })
  })

  it('may be an instance of a class', () => {
    class Readings {
      readonly all = [1]
      get() {
        return this.all
      }
      post({ body }: HandlerRequest) {
        return body
      }
    }
    api.route('/x', new Readings())
    // @ts-expect-error: a number is no handler
    api.route('/x', { get: 7 })
  })

  it('may have members that were made elsewhere: in a variable, in a class', () => {
    const list = endpoint({ query: Page, summary: 'All' }, ({ query }) => query.page)
    const replace = api.endpoint({ body: Change, response: Change }, ({ body }) => body)
    api.route('/x', { get: list })
    api.route('/x/<int:id>', { get: list, put: replace })
    class Readings {
      get = list
      put = endpoint({ body: Change, params: Id }, ({ body, params }) => body.name + params.id)
      delete() {}
    }
    const made = api.route('/y/<int:id>', new Readings())
    expectTypeOf<keyof (typeof made)['~endpoints']>().toEqualTypeOf<
      'GET /y/<int:id>' | 'PUT /y/<int:id>' | 'DELETE /y/<int:id>'
    >()
    expectTypeOf(made['~endpoints']['GET /y/<int:id>'].returns).toEqualTypeOf<number>()
    const named = ({ params }: HandlerRequest<'/x/<int:id>'>) => params.id
    api.route('/x/<int:id>', { get: named, patch: endpoint({ summary: 'Change' }, named) })
    // @ts-expect-error: the path has no id
    api.route('/y', { get: named })
    // @ts-expect-error: an unknown option
    endpoint({ sumary: 'All' }, () => 1)
  })

  it('reads the params of its path in members with options', () => {
    api.route('/x/<int:id>', {
      get: endpoint({ summary: 'One' }, ({ params }) => expectTypeOf(params.id).toBeNumber()),
    })
  })

  it('gives the options of all its handlers to each of them', () => {
    const options = { query: Page, body: Change, params: Id } as const
    api.route(
      '/x/:id',
      {
        get: ({ query, params }) => {
          expectTypeOf(query).toEqualTypeOf<{ page: number }>()
          expectTypeOf(params).toEqualTypeOf<{ id: number }>()
        },
        put: ({ body }) => expectTypeOf(body).toEqualTypeOf<{ name: string }>(),
        post({ body }) {
          expectTypeOf(body).toEqualTypeOf<{ name: string }>()
        },
      },
      options,
    )
    api.route('/x', { get: () => ({ name: 'x' }) }, { response: Change, security: [{ key: [] }] })
    // @ts-expect-error: the name is text
    api.route('/x', { get: () => ({ name: 7 }) }, { response: Change })
  })

  it('infers its options beside functions whose parameters have a type', () => {
    api.route(
      '/x',
      { get: ({ query }) => expectTypeOf(query).toEqualTypeOf<{ page: number }>() },
      { query: Page, before: (request: HookRequest) => request.query },
    )
    api.route(
      '/x/<int:id>',
      { get: ({ params }) => params.id, delete: endpoint({ status: 204 }, () => {}) },
      { etag: { current: ({ params }) => ({ version: params.id }) } },
    )
  })

  it('accepts options for all its handlers', () => {
    api.route('/x', { get: () => 1 }, { outgoing: ['text/csv'] })
    // @ts-expect-error: an unknown option
    api.route('/x', { get: () => 1 }, { nmae: 'x' })
    // @ts-expect-error: nothing negotiates on a plain blueprint
    plain.route('/x', { get: () => 1 }, { outgoing: ['text/csv'] })
  })
})

describe('a blueprint', () => {
  it('accepts its options, a Polka app or a blueprint', () => {
    new RestBlueprint('x', {
      prefix: '/x',
      strict: true,
      notAcceptable: 'default',
      limits: { maxBodyBytes: 1 },
    })
    // @ts-expect-error: an unknown option
    new RestBlueprint('x', { prefx: '/x' })
    api.register(polka())
    api.register(plain, { prefix: '/nested' })
    // @ts-expect-error: no app
    api.register({})
    expectTypeOf(api.endpoints).toEqualTypeOf<readonly EndpointInfo[]>()
    // @ts-expect-error: read-only
    api.endpoints[0].steps = []
    expectTypeOf(api.urlFor).parameter(0).toEqualTypeOf<string>()
    expectTypeOf<EndpointOptions>().toExtend<(typeof api)['~options']>()
  })
})

describe('a hook', () => {
  it('may return anything, and reads the query, the params and the target', () => {
    const seen = new Set<string>()
    api.before((request) => seen.add(request.originalUrl))
    api.before(({ query, params, signal }) => [query.page, params.id, signal.aborted])
    api.after(async (request, _response, _result) => seen.add(request.query.page))
    api.get('/hooked', { before: (request) => seen.has(request.originalUrl) }, () => 1)
  })
})
