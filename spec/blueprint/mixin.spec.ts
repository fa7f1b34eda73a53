/** Mixins: each works alone, and prepares endpoints after those below it; third parties can write one. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  Arguments,
  Blueprint,
  type BlueprintOptions,
  type Constructor,
  ContentNegotiation,
  type Endpoint,
  type EndpointOptions,
  Etag,
  Exceptions,
  MIMEMap,
  Pagination,
  Patching,
  Responses,
  RestBlueprint,
} from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { ROOT, readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'

/** The state of each endpoint when this mixin prepares it. */
interface Recording {
  readonly seen: object[]
}

/** Steps that every endpoint has. */
const CORE = ['handle/callHandler', 'render/renderResult', 'send/sendRendered']

/** Records the state of an endpoint after all mixins below have prepared it. */
function Recorder<T extends Constructor<Blueprint>>(Base: T): T & Constructor<Recording> {
  return class extends Base implements Recording {
    readonly seen: object[] = []

    protected override prepare(endpoint: Endpoint): void {
      super.prepare(endpoint)
      this.seen.push(stateOf(endpoint))
    }
  }
}

function stateOf(endpoint: Endpoint): object {
  const { steps, incoming, outgoing, errorTypes, defaultOffer, offerOf } = endpoint
  const offers = [
    ...(outgoing?.offers ?? []),
    ...(errorTypes?.offers ?? []),
    defaultOffer,
    offerOf('text/plain'),
  ]
  return {
    steps: steps.filter((step) => !CORE.includes(step)),
    accepts: incoming?.types,
    returns: offers.map(({ contentType, renderer }) => [contentType, renderer !== undefined]),
  }
}

async function serveApi<B extends Blueprint>(api: B, declare: (api: B) => void) {
  declare(api)
  const app = polka()
  api.register(app)
  return { app, ...(await serve(app)) }
}

const Bare = Recorder(Blueprint)
const Negotiating = Recorder(ContentNegotiation(Blueprint))
const Arguing = Recorder(Arguments(ContentNegotiation(Blueprint)))

const MIXINS: [
  name: string,
  Base: Constructor<Blueprint>,
  Mixed: Constructor<Blueprint & Recording>,
  options: object,
][] = [
  ['ContentNegotiation', Bare, ContentNegotiation(Bare), {}],
  ['Exceptions', Bare, Exceptions(Bare), {}],
  ['Arguments', Negotiating, Arguments(Negotiating), {}],
  ['Responses', Negotiating, Responses(Negotiating), {}],
  ['Pagination', Arguing, Pagination(Arguing), { paginate: true }],
  ['Etag', Bare, Etag(Bare), { etag: true }],
  [
    'Patching',
    Arguing,
    Patching(Arguing),
    { incoming: ['application/merge-patch+json'], patch: { schema: z.unknown(), current: () => ({}) } },
  ],
]

describe.each(MIXINS)('the mixin %s', (_name, Base, Mixed, options) => {
  const { paginate, etag, patch, ...ofBase } = options as Readonly<Record<string, unknown>>
  const prepared = (Class: Constructor<Blueprint>) => {
    class Mine extends Class {}
    const given = Class === Base ? ofBase : options
    const api = new Mine('mine').get('/x', given as never, (() => 1) as never)
    return {
      api: api as Blueprint & Partial<Recording>,
      state: stateOf(api['~registration'].compiled.endpoints[0] as Endpoint),
    }
  }

  it('prepares an endpoint after the mixins below it', () => {
    const { api, state } = prepared(Mixed)
    expect(api.seen?.[0]).toEqual(prepared(Base).state)
    expect(state).not.toEqual(api.seen?.[0])
  })

  it('prepares an endpoint before a class above it', () => {
    class Last extends Recorder(Mixed) {
      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        endpoint.mixin('Last', []).on('tag/lastStep', () => {})
      }
    }
    const api = new Last('last').get('/x', options as never, (() => 1) as never)
    expect(stateOf(api['~registration'].compiled.endpoints[0] as Endpoint)).toMatchObject({
      steps: expect.arrayContaining(['tag/lastStep']),
    })
    expect(api.seen[1]).toEqual(prepared(Mixed).state)
  })
})

describe('the mixins of lib/', () => {
  const mixins = readdirSync(`${ROOT}lib`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readPage(`lib/${file}`)] as const)
    .flatMap(([file, source]) => {
      const [, name] = /^export function (\w+)<T extends Constructor</m.exec(source) ?? []
      return name === undefined ? [] : [[file, name, source] as const]
    })

  it('are all tested above', () => {
    expect(mixins.map(([, name]) => name).sort()).toEqual(MIXINS.map(([name]) => name).sort())
  })

  it('call super.prepare first', () => {
    for (const [file, , source] of mixins) {
      expect(source.match(/override prepare\(/g), file).toHaveLength(1)
      expect(
        source.replaceAll(/override prepare\(.*\): void \{\n\s+super\.prepare\(endpoint\)\n/g, ''),
        file,
      ).not.toMatch(/override prepare\(/)
    }
  })
})

describe('ContentNegotiation alone', () => {
  class Gate extends ContentNegotiation(Blueprint) {}

  it('responds with 406 and 415, accepts JSON, and parses nothing', async () => {
    const { fetch } = await serveApi(new Gate('gate', { logger: quiet() }), (gate) => {
      gate.post('/x', (request) => ({ body: request.body === undefined }))
    })
    const post = (accept: string, type: string) =>
      fetch('/x', { method: 'POST', body: '{}', headers: { accept, 'content-type': type } })
    expect((await post('image/png', 'application/json')).status).toBe(406)
    expect((await post('*/*', 'text/csv')).status).toBe(415)
    expect(await (await post('*/*', 'application/json')).json()).toEqual({ body: true })
  })
})

describe('Exceptions alone', () => {
  class ErrorBlueprint extends Exceptions(Blueprint) {}

  it('renders errors in the media type the client prefers, and negotiates nothing else', async () => {
    const { fetch } = await serveApi(new ErrorBlueprint('errors', { logger: quiet() }), (api) => {
      api.exceptionRenderer.renders('text/csv', () => 'status\r\n')
      api.get('/x', () => ({ a: 1 })).get('/bug', () => JSON.parse('{'))
    })
    const accepting = (accept: string) => ({ headers: { accept } })
    expect((await fetch('/x', accepting('image/png'))).headers.get('content-type')).toBe('application/json')
    const page = await fetch('/bug', accepting('text/html'))
    expect([page.status, page.headers.get('content-type')]).toEqual([500, 'text/html; charset=utf-8'])
    expect(await (await fetch('/bug', accepting('text/csv'))).text()).toBe('status\r\n')
    expect((await fetch('/bug')).headers.get('content-type')).toBe('application/problem+json')
  })
})

describe('Arguments on top of ContentNegotiation', () => {
  class Reader extends Arguments(ContentNegotiation(Blueprint)) {}

  it('parses content of the incoming types', async () => {
    const { fetch } = await serveApi(new Reader('reader', { logger: quiet() }), (reader) => {
      reader.incoming.addMimetype('text/x-list')
      reader.contentParser.parses('text/x-list', async (content) => (await content.text()).split(';'))
      reader.post('/x', ({ body }) => ({ body }))
    })
    const post = async (type: string, body: string) =>
      (await fetch('/x', { method: 'POST', body, headers: { 'content-type': type } })).json()
    expect(await post('application/json', '[1]')).toEqual({ body: [1] })
    expect(await post('text/x-list', 'a;b')).toEqual({ body: ['a', 'b'] })
    expect(await post('application/json', '{')).toMatchObject({ status: 400 })
  })
})

describe('Responses on top of ContentNegotiation', () => {
  class Writer extends Responses(ContentNegotiation(Blueprint)) {}

  it('renders the data of handlers', async () => {
    const { fetch } = await serveApi(new Writer('writer', { logger: quiet() }), (writer) => {
      writer.outgoing.addMimetype('text/x-list')
      writer.contentRenderer.renders('text/x-list', (data) => (data as string[]).join(';'))
      writer.get('/x', () => ['a', 'b'])
    })
    expect(await (await fetch('/x')).json()).toEqual(['a', 'b'])
    expect(await (await fetch('/x', { headers: { accept: 'text/x-list' } })).text()).toBe('a;b')
  })
})

describe('RestBlueprint', () => {
  it('stacks Exceptions, ContentNegotiation, Arguments, Responses on Blueprint', () => {
    const adds: Readonly<Record<string, string>> = {
      exceptionRenderer: 'Exceptions',
      incoming: 'ContentNegotiation',
      contentParser: 'Arguments',
      contentRenderer: 'Responses',
    }
    const stack: string[] = []
    for (
      let layer = RestBlueprint.prototype as object;
      layer !== Blueprint.prototype;
      layer = Object.getPrototypeOf(layer)
    ) {
      for (const name of Object.getOwnPropertyNames(layer))
        if (Object.hasOwn(adds, name)) stack.unshift(adds[name] ?? '')
    }
    expect(stack).toEqual(['Exceptions', 'ContentNegotiation', 'Arguments', 'Responses'])
  })

  it('checks 406 before 415, and 415 before it reads the content; the handler runs last', async () => {
    let runs = 0
    const { fetch } = await serveApi(new RestBlueprint('api', { logger: quiet() }), (api) => {
      api.post('/x', () => ++runs)
    })
    const post = async (accept: string, type: string, body: string) =>
      (await fetch('/x', { method: 'POST', body, headers: { accept, 'content-type': type } })).status
    expect(await post('image/png', 'text/csv', '{')).toBe(406)
    expect(await post('*/*', 'text/csv', '{')).toBe(415)
    expect(await post('*/*', 'application/json', '{')).toBe(400)
    expect(runs).toBe(0)
    expect(await post('*/*', 'application/json', '{}')).toBe(200)
  })

  it('can be extended: a subclass has its own defaults and steps', async () => {
    class Custom extends RestBlueprint {
      constructor(name: string, options: BlueprintOptions = {}) {
        super(name, options)
        this.outgoing = new MIMEMap().setMimetypes(['text/plain', 'application/json'])
      }

      protected override prepare(endpoint: Endpoint): void {
        super.prepare(endpoint)
        endpoint.mixin('Custom', [])
        endpoint.on('identify/nameEndpoint', ({ response }) => {
          response.setHeader('x-endpoint', endpoint.name)
        })
      }
    }
    const { fetch } = await serveApi(new Custom('custom', { logger: quiet() }), (api) => {
      api.get('/x', function query() {
        return 'hello'
      })
    })
    const answer = await fetch('/x')
    expect([answer.headers.get('content-type'), answer.headers.get('x-endpoint')]).toEqual([
      'text/plain; charset=utf-8',
      'query',
    ])
  })
})

interface StampOptions extends EndpointOptions {
  /** The stamp of the responses. */
  readonly stamp?: string
}

interface StampMixin {
  readonly '~options': StampOptions
  /** Formats a stamp. */
  format(stamp: string): string
}

/** A third-party mixin. */
function Stamp<T extends Constructor<Blueprint>>(Base: T): T & Constructor<StampMixin> {
  return class extends Base implements StampMixin {
    declare readonly '~options': StampOptions

    format(stamp: string): string {
      return `<${stamp}>`
    }

    protected override prepare(endpoint: Endpoint<StampOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Stamp', ['stamp'])
      const { stamp } = endpoint.options
      if (stamp === undefined) return
      if (stamp === '') throw new TypeError(`The endpoint '${endpoint.name}' has an empty stamp`)
      endpoint.on('describe/stamp', ({ response }) => void response.setHeader('x-stamp', this.format(stamp)))
    }
  }
}

describe('a third-party mixin', () => {
  class Stamped extends Stamp(RestBlueprint) {}

  it('adds an option and a step to those of RestBlueprint', async () => {
    const { fetch } = await serveApi(new Stamped('stamped', { logger: quiet() }), (api) => {
      api
        .get('/x', { stamp: 'paid', outgoing: ['text/plain'] }, () => 'x')
        .get('/y', { name: 'y' }, () => 'y')
    })
    const [x, y] = [await fetch('/x'), await fetch('/y')]
    expect([x.headers.get('x-stamp'), await x.text()]).toEqual(['<paid>', 'x'])
    expect([y.headers.get('x-stamp'), await y.text()]).toEqual([null, '"y"'])
  })

  it('adds no step to an endpoint without the option', () => {
    const api = new Stamped('stamped').get('/x', () => 1).get('/y', { stamp: 'paid' }, () => 1)
    const stamps = api.endpoints.map(({ steps }) => steps.filter((step) => step === 'describe/stamp'))
    expect(stamps).toEqual([[], ['describe/stamp']])
  })

  it('has members that a subclass overrides', async () => {
    class Loud extends Stamped {
      override format(stamp: string): string {
        return super.format(stamp.toUpperCase())
      }
    }
    const { fetch } = await serveApi(new Loud('loud'), (api) => api.get('/x', { stamp: 'paid' }, () => 1))
    expect((await fetch('/x')).headers.get('x-stamp')).toBe('<PAID>')
  })

  it('extends a plain Blueprint as well', async () => {
    class Light extends Stamp(Blueprint) {}
    const { fetch } = await serveApi(new Light('light'), (api) => api.get('/x', { stamp: 'paid' }, () => 1))
    expect((await fetch('/x')).headers.get('x-stamp')).toBe('<paid>')
  })

  it('refuses an invalid option at registration', () => {
    const api = new Stamped('stamped').get('/x', { name: 'x', stamp: '' }, () => 1)
    expect(() => api.register(polka())).toThrow(new TypeError("The endpoint 'x' has an empty stamp"))
  })

  it('allows its option only on blueprints that have it: a compile error elsewhere', () => {
    const api = new RestBlueprint('plain')
    // @ts-expect-error: this blueprint has no stamps
    api.get('/x', { stamp: 'paid' }, () => 1)
    // @ts-expect-error: nor beside a known option
    api.get('/y', { name: 'y', stamp: 'paid' }, () => 1)
    // @ts-expect-error: a stamp is text
    new Stamped('stamped').get('/x', { stamp: 7 }, () => 1)
    expect(() => api.endpoints).toThrow("The endpoint 'GET /x' has the unknown option 'stamp'")
  })
})
