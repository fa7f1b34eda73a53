/** The list of phases: the order of a request, as the guide shows it and as an endpoint runs it. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, arrayPager, Blueprint, type Endpoint, HttpException, RestBlueprint } from '../../lib/index.ts'
import { PHASES } from '../../lib/walk/walk.ts'
import { quiet } from '../support/logger.ts'
import { readPage } from '../support/readme.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: steps are added that the compiler would refuse
type Any = any

function broken(): never {
  throw new Error('broken')
}

/** A blueprint whose endpoints are prepared by a function as well. */
function prepared(prepare: (endpoint: Endpoint<Any>) => void) {
  return class Prepared extends RestBlueprint {
    protected override prepare(endpoint: Endpoint): void {
      super.prepare(endpoint)
      prepare(endpoint)
    }
  }
}

describe('docs/walk.md', () => {
  it('has the phases with their comments, in the order of the code', () => {
    const source = readPage('lib/walk/walk.ts')
    const list = source.slice(source.indexOf('export const PHASES'), source.indexOf('] as const'))
    const commented = [...list.matchAll(/^ {2}'([a-z-]+)', *\/\/ *(.*)$/gm)].map(([, phase, text = '']) => {
      const [step, answers = ''] = text.split(/ {2,}/)
      return [phase, step, answers]
    })
    expect(commented.map(([phase]) => phase)).toEqual([...PHASES])
    const rows = [...readPage('docs/walk.md').matchAll(/^\| `([a-z-]+)` \| (.*?) \| ?(.*?) ?\|$/gm)]
    expect(rows.map(([, ...cells]) => cells)).toEqual(commented)
  })
})

describe('the steps of an endpoint', () => {
  it('of a PUT with everything on run in this order', () => {
    const api = new RestBlueprint('api')
    api.use(function session(_request, _response, next) {
      next()
    })
    api.before(function requireUser() {}).after(() => {})
    api.put(
      '/pets/<int:id>',
      {
        name: 'replace',
        use: function upload(_request: unknown, _response: unknown, next: () => void) {
          next()
        },
        before: function checkQuota() {},
        query: z.object({ dry: z.boolean().optional() }),
        body: z.object({ name: z.string() }),
        files: { photo: {} },
        incoming: ['multipart/form-data'],
        response: z.array(z.unknown()),
        paginate: arrayPager,
        etag: { lastModified: () => new Date(0) },
      } as Any,
      () => [],
    )
    api.contentParser.parses('multipart/form-data', () => ({ fields: {}, files: {} }))
    expect(api.endpoints[0]?.steps).toEqual([
      'middleware/session',
      'before/requireUser',
      'before/upload',
      'before/checkQuota',
      'negotiate/chooseType',
      'content-type/checkContentType',
      'required/requirePrecondition',
      'read/readContent',
      'read/splitMultipart',
      'validate/readArguments',
      'precondition/evaluateState',
      'precondition/addEtagMethods',
      'handle/callHandler',
      'paginate/cutPage',
      'paginate/keepValue',
      'conform/validateResponse',
      'describe/describePage',
      'tag/assertEtagChecked',
      'tag/setEtagHeader',
      'render/renderResult',
      'after/runAfterHooks',
      'encode/markEncodedEtag',
      'send/sendRendered',
    ])
  })

  it('of a PATCH apply the patch between the precondition and the handler', () => {
    const api = new RestBlueprint('api')
    api.patch('/x', { patch: { schema: z.unknown(), current: () => ({}) }, etag: true }, () => 1)
    const steps = api.endpoints[0]?.steps ?? []
    const [state, patch, handler] = ['precondition/evaluateState', 'patch/applyPatch', 'handle/callHandler']
    expect(steps.filter((step) => [state, patch, handler].includes(step))).toEqual([state, patch, handler])
  })

  it('of a plain Blueprint are the core alone', () => {
    const api = new Blueprint('plain').get('/x', () => 1)
    expect(api.endpoints[0]?.steps).toEqual([
      'handle/callHandler',
      'render/renderResult',
      'send/sendRendered',
    ])
  })

  it('cannot be changed by those who look at them', () => {
    const [endpoint] = new Blueprint('plain').get('/x', () => 1).endpoints
    expect(() => Object.assign(endpoint as object, { steps: [] })).toThrow(TypeError)
    ;(endpoint?.steps as string[]).length = 0
    expect(endpoint?.steps).toHaveLength(3)
    const api = new Blueprint('plain').get('/x', { status: 201 }, () => 1)
    ;(api.endpoints as unknown[]).length = 0
    expect(api.endpoints).toHaveLength(1)
    expect(() => Object.assign(api.endpoints[0]?.options as object, { status: 202 })).toThrow(TypeError)
  })

  it('run surroundings first, outermost first, then mixins, then the core', async () => {
    const order: string[] = []
    const note = (name: string) => () => void order.push(name)
    class Around extends RestBlueprint {
      protected override surround(endpoint: Endpoint): void {
        super.surround(endpoint)
        endpoint.on(`identify/${this.name}`, note(`surround ${this.name}`))
      }
    }
    const Inner = prepared((endpoint) => void endpoint.on('identify/mixin', note('mixin')))
    const outer = new Around('outer', { prefix: '/outer' })
    const middle = new Around('middle', { prefix: '/middle' })
    new Inner('inner').get('/x', note('handler')).register(middle)
    middle.register(outer)
    const { status } = await testApp(outer)
    expect(await status('/outer/middle/x')).toBe(204)
    expect(order).toEqual(['surround outer', 'surround middle', 'mixin', 'handler'])
    order.length = 0
    expect(await status('/outer/middle/unknown')).toBe(404)
    expect(order).toEqual(['surround outer', 'surround middle'])
  })
})

describe('endpoint.on', () => {
  const registering = (prepare: (endpoint: Endpoint<Any>) => void, options: object = {}) => {
    const Prepared = prepared(prepare)
    return () => new Prepared('api').get('/x', { name: 'x', ...options } as Any, () => 1).endpoints
  }

  it('rejects an unknown phase, with the nearest one', () => {
    expect(registering((endpoint) => endpoint.mixin('Mine', []).on('validat/mine' as Any, () => {}))).toThrow(
      new TypeError(
        "The mixin 'Mine' adds the step 'validat/mine' to an unknown phase: did you mean 'validate'?",
      ),
    )
    expect(registering((endpoint) => endpoint.on('x' as Any, () => {}))).toThrow(/the phases are identify, /)
  })

  it('rejects a step without a name, and one that is not a function', () => {
    expect(registering((endpoint) => endpoint.on('validate/', () => {}))).toThrow(
      /without a name to 'validate'/,
    )
    expect(registering((endpoint) => endpoint.on('validate/mine', 7 as Any))).toThrow(
      /'validate\/mine' of .* is a function, not /,
    )
  })

  it('rejects the same step twice', () => {
    const twice = (endpoint: Endpoint) =>
      endpoint
        .mixin('Mine', [])
        .on('validate/mine', () => {})
        .on('validate/mine', () => {})
    expect(registering(twice)).toThrow(
      new TypeError("The mixin 'Mine' adds the step 'validate/mine' a second time, after the mixin 'Mine'"),
    )
  })
})

describe('a mixin', () => {
  it('that takes the name of a core step is named beside the blueprint', () => {
    const Prepared = prepared(
      (endpoint) => void endpoint.mixin('Mine', []).on('handle/callHandler', () => {}),
    )
    expect(() => new Prepared('api').get('/x', () => 1).endpoints).toThrow(
      "The blueprint adds the step 'handle/callHandler' a second time, after the mixin 'Mine'",
    )
  })

  it('without a list of options, and a step that is no text, are TypeErrors', () => {
    const Unlisted = prepared((endpoint) => void endpoint.mixin('Mine', undefined as Any))
    expect(() => new Unlisted('api').get('/x', () => 1).endpoints).toThrow(
      /'Mine' gives no list of its options/,
    )
    const Unnamed = prepared((endpoint) => void endpoint.on(Symbol('x') as Any, () => {}))
    expect(() => new Unnamed('api').get('/x', () => 1).endpoints).toThrow(/adds the step Symbol\(x\)/)
  })
})

describe('endpoint.mixin', () => {
  it('rejects an option that another mixin owns', () => {
    const Prepared = prepared((endpoint) => void endpoint.mixin('Mine', ['etag']))
    expect(() => new Prepared('api').get('/x', { name: 'x' }, () => 1).endpoints).toThrow(
      new TypeError("The mixins 'Etag' and 'Mine' both own the option 'etag' (endpoint 'x')"),
    )
  })

  it('leaves an option that no mixin owns to a TypeError with the nearest one', () => {
    const api = new RestBlueprint('api').get('/x', { name: 'x', stauts: 201 } as Any, () => 1)
    expect(() => api.endpoints).toThrow(
      new TypeError("The endpoint 'x' has the unknown option 'stauts': did you mean 'status'?"),
    )
    const plain = new Blueprint('plain').get('/x', { name: 'x', paginate: true } as Any, () => 1)
    expect(() => plain.endpoints).toThrow("The endpoint 'x' has the unknown option 'paginate'")
  })
})

describe('a step', () => {
  it('that leaves no answer is a 500, not a socket that hangs', async () => {
    const Lost = prepared((endpoint) => {
      endpoint.on('encode/lose', (exchange) => {
        exchange.rendered = undefined
      })
    })
    const logger = quiet()
    const { status } = await testApp(new Lost('api', { logger }).get('/x', { name: 'lost' }, () => 1))
    expect(await status('/x')).toBe(500)
    expect(String(logger.lines.flat())).toContain("The steps of 'lost' ended without an answer")
  })

  it('may answer at once: the after hooks still run, the handler does not', async () => {
    const calls: unknown[] = []
    const Early = prepared((endpoint) => {
      endpoint.on('protect/answer', (exchange) =>
        exchange.finish({ status: 204, fields: { 'x-a': '1' }, body: null }),
      )
    })
    const api = new Early('api').get('/x', () => calls.push('handler'))
    api.after((_request, response, result) => {
      calls.push(result)
      response.setHeader('x-b', '2')
    })
    const { fetch } = await testApp(api)
    const response = await fetch('/x')
    expect([response.status, response.headers.get('x-a'), response.headers.get('x-b')]).toEqual([
      204,
      '1',
      '2',
    ])
    expect(calls).toEqual([undefined])
  })

  it('cannot go back to an earlier phase', async () => {
    let runs = 0
    const Looping = prepared((endpoint) => {
      endpoint.on('describe/again', (exchange) => {
        if (++runs < 3) exchange.skipTo = 'handle'
      })
    })
    const { status } = await testApp(new Looping('api').get('/x', () => 1))
    expect([await status('/x'), runs]).toEqual([200, 1])
  })

  it('of the phases from paginate to describe does not run for a raw response', async () => {
    const seen: string[] = []
    const Noting = prepared((endpoint) => {
      for (const phase of ['paginate', 'conform', 'describe', 'tag'] as const)
        endpoint.on(`${phase}/note`, () => void seen.push(phase))
    })
    const { status } = await testApp(new Noting('api').get('/x', () => new Response('x')))
    expect([await status('/x'), seen]).toEqual([200, ['tag']])
  })

  it('may wait, and skip to a later phase', async () => {
    const Skipping = prepared((endpoint) => {
      endpoint.on('before/skip', async (exchange) => {
        await Promise.resolve()
        exchange.setData({ skipped: true })
        exchange.skipTo = 'render'
      })
    })
    const { fetch } = await testApp(new Skipping('api').get('/x', () => 1))
    expect(await (await fetch('/x')).json()).toEqual({ skipped: true })
  })
})

describe('after hooks', () => {
  it('run once per answer, with the data, the raw response or the exception', async () => {
    const results: unknown[] = []
    const api = new RestBlueprint('api', { logger: quiet() })
    api
      .get('/data', () => [1])
      .get('/raw', () => new Response('x'))
      .get('/error', () => {
        throw new HttpException(418)
      })
    api.after((_request, _response, result) => void results.push(result))
    const { status } = await testApp(api)
    expect([await status('/data'), await status('/raw'), await status('/error')]).toEqual([200, 200, 418])
    expect(results).toEqual([[1], expect.any(Response), expect.any(HttpException)])
  })

  it('that throw are a 500, and do not run again for it', async () => {
    let runs = 0
    const api = new RestBlueprint('api', { logger: quiet() }).get('/x', () => 1)
    api.after(() => {
      runs++
      throw new Error('in a hook')
    })
    const { status } = await testApp(api)
    expect([await status('/x'), runs]).toEqual([500, 1])
  })

  it('run where an error handler or the exception renderer fails, too, for the problem that is sent', async () => {
    const results: unknown[] = []
    const { ask } = await testApp((api) => {
      api.get('/at-once', () => abort(409, 'first')).errorHandler(409, broken)
      api.get('/later', () => abort(410, 'first')).errorHandler(410, async () => broken())
      api.get('/rendered', () => abort(418, 'first', { at: { toJSON: broken } }))
      api.after(async (_request, response, result) => {
        await Promise.resolve()
        results.push([response.statusCode, (result as HttpException).status])
        response.setHeader('x-after', '1')
      })
    })
    for (const [path, expected] of [
      ['/at-once', 409],
      ['/later', 410],
      ['/rendered', 418],
    ] as const) {
      const { status, headers, json } = await ask(path)
      expect([status, headers.get('x-after'), headers.get('content-type')]).toEqual([
        expected,
        '1',
        'application/problem+json',
      ])
      expect(json).toMatchObject({ status: expected, detail: 'first' })
      expect(results.splice(0)).toEqual([[expected, expected]])
    }
  })

  it('that fail after an error handler has failed run once, and the problem of the first error is sent', async () => {
    let runs = 0
    const { ask, logger } = await testApp((api) => {
      api.get('/x', () => abort(409, 'first'))
      api.errorHandler(409, broken)
      api.after(() => {
        runs++
        throw new Error('in a hook')
      })
    })
    const { status, json } = await ask('/x')
    expect([status, json.detail, runs]).toEqual([409, 'first', 1])
    expect(logger.lines).toHaveLength(2)
  })
})

describe('a handler that passes its request on', () => {
  it('leaves what the client sent to the schemas of the next endpoint', async () => {
    const logger = quiet()
    const count = z.object({ a: z.string().transform(Number) })
    const first = new RestBlueprint('first', { logger }).post(
      '/:x',
      { query: count, body: count, cookies: count },
      (request, _response, next) => {
        expect([request.query, request.body]).toEqual([{ a: 1 }, { a: 2 }])
        next()
      },
    )
    const text = z.object({ a: z.string(), b: z.string() })
    const second = new RestBlueprint('second', { logger }).post(
      '/x',
      { query: text, body: text, cookies: text, status: 200 },
      ({ query, body, cookies }) => [query, body, cookies],
    )
    const { app, ask } = await testApp(first)
    second.register(app)
    const fields = { 'content-type': 'application/json', cookie: 'a=3; b=z' }
    const { status, json } = await ask('POST /x?a=1&b=x', fields, JSON.stringify({ a: '2', b: 'y' }))
    expect([status, json]).toEqual([
      200,
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
        { a: '3', b: 'z' },
      ],
    ])
  })
})

describe('a schema of header fields', () => {
  it('changes the headers for the handler, not for the steps (RFC 9110 §13)', async () => {
    const api = new RestBlueprint('api', { logger: quiet() })
    api.get(
      '/x',
      {
        headers: z.object({ 'if-none-match': z.array(z.string()).optional(), accept: z.array(z.string()) }),
        etag: { current: () => ({ id: 1 }) },
      },
      ({ headers }) => headers['if-none-match'] ?? [],
    )
    const { fetch } = await testApp(api)
    const accept = 'application/json, text/html'
    const first = await fetch('/x', { headers: { accept, 'if-none-match': '"a", "b"' } })
    expect([first.status, await first.json()]).toEqual([200, ['"a"', '"b"']])
    const etag = first.headers.get('etag') ?? ''
    expect((await fetch('/x', { headers: { accept, 'if-none-match': etag } })).status).toBe(304)
  })

  it('does not change what the next blueprint and the 404 read after the handler has passed the request on', async () => {
    const logger = quiet()
    const headers = z.object({ accept: z.array(z.string()) })
    const first = new RestBlueprint('first', { logger }).get(
      '/:x',
      { headers },
      (_request, _response, next) => next(),
    )
    const second = new RestBlueprint('second', { logger }).get('/x', () => 'second')
    const { app, ask } = await testApp(first)
    second.register(app)
    expect(await ask('/x', { accept: 'application/json' })).toMatchObject({ status: 200, text: '"second"' })
    expect((await ask('/y', { accept: 'application/json, text/html' })).status).toBe(404)
    expect(logger.lines).toEqual([])
  })

  it('are the values of the client for the endpoint that gets the request next', async () => {
    const first = new RestBlueprint('first').get(
      '/:x',
      { headers: z.object({ count: z.coerce.number() }) },
      (_request, _response, next) => next(),
    )
    const second = new RestBlueprint('second').get(
      '/x',
      { headers: z.object({ count: z.string() }) },
      ({ headers }) => headers.count,
    )
    const { app, ask } = await testApp(first)
    second.register(app)
    expect(await ask('/x', { count: '7' })).toMatchObject({ status: 200, text: '"7"' })
  })
})
