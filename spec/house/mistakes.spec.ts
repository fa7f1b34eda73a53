/** Mistakes in the options of what surrounds endpoints: each is a TypeError at start-up, and never opens anything. */
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { documentOf } from '../../lib/openapi.ts'
import { authenticate, cache, cors, csrf, rateLimit, requestId } from '../../lib/security.ts'
import { health, shutdown } from '../../lib/server.ts'
import { polka } from '../support/polka.ts'

// biome-ignore lint/suspicious/noExplicitAny: mistakes of a developer without TypeScript
type Any = any

const INFO = { title: 'T', version: '1' }
const surrounded = (options: Any) =>
  new Api(polka(), { ...INFO, ...options }).registerBlueprint(new RestBlueprint('pets').get('/pets', () => 1))
const CSRF = { secrets: ['x'.repeat(32)], session: () => 's' }
const LIMIT = { points: 1, seconds: 1 }
const server = createServer()

const SURROUNDINGS = ['requestId', 'accessLog', 'securityHeaders', 'cors', 'csrf', 'rateLimit', 'cache']

describe.each([...SURROUNDINGS, 'openapi', 'docs', 'health'])('the option %s', (option) => {
  it.each<[string, unknown, string]>([
    ['a promise of options', Promise.resolve({ origin: 'https://a.example' }), '\\[object Promise\\]'],
    ['a date', new Date(0), String(new Date(0)).replace(/[+()]/g, '\\$&')],
    ['a list', [], 'a list'],
    ['null', null, 'null'],
    ['NaN', Number.NaN, 'NaN'],
  ])('is a TypeError for %s, on an Api, a blueprint and an endpoint', (_name, value, found) => {
    const message = new RegExp(`takes an object of options, not ${found}`)
    expect(() => surrounded({ [option]: value })).toThrow(message)
    if (!SURROUNDINGS.includes(option)) return
    const blueprint = new RestBlueprint('pets', { [option]: value } as Any).get('/pets', () => 1)
    expect(() => new Api(polka(), INFO).registerBlueprint(blueprint)).toThrow(message)
    const endpoint = new RestBlueprint('pets').get('/pets', { [option]: value } as Any, () => 1)
    expect(() => new Api(polka(), INFO).registerBlueprint(endpoint)).toThrow(message)
  })
})

describe('a mistake around endpoints, in', () => {
  it.each<[string, () => unknown, string]>([
    ['cors(), a promise', () => cors(Promise.resolve({}) as Any), 'not [object Promise]'],
    ['cache(), a promise', () => cache(Promise.resolve({}) as Any), 'not [object Promise]'],
    ['limits', () => rateLimit({ limits: null } as Any), 'not null'],
    ['limits that are NaN', () => rateLimit({ limits: Number.NaN } as Any), 'not NaN'],
    [
      'by',
      () => rateLimit({ ...LIMIT, by: async () => 'a' } as Any),
      'by: the function by; use a function that',
    ],
    [
      'allowedHeaders',
      () => cors({ allowedHeaders: [5] } as Any),
      "in 'allowedHeaders', has 5, which is no field",
    ],
    [
      'exposedHeaders',
      () => cors({ exposedHeaders: [null] } as Any),
      "in 'exposedHeaders', has null, which is no",
    ],
    ['vary', () => cache({ vary: [5] } as Any), "in 'vary', has 5, which is no field name"],
    ['requestId()', () => requestId(5 as Any), 'requestId() takes an object of options, not 5'],
    [
      'requestId() without options',
      () => requestId(null as Any),
      'requestId() takes an object of options, not',
    ],
    [
      'the logger of requestId()',
      () => requestId({ logger: {} } as Any),
      "a logger without the method 'error'",
    ],
    ['health()', () => health('x' as Any), "health() takes an object of options, not 'x'"],
    ['the logger of health()', () => health({ logger: null } as Any), "a logger without the method 'error'"],
    [
      'checks',
      () => health({ checks: Promise.resolve({}) } as Any),
      "in 'checks', takes an object of options",
    ],
    ['the logger of shutdown()', () => shutdown(server, { logger: 5 } as Any), 'a logger without the method'],
    [
      'a signal',
      () => shutdown(server, { signals: ['SIGTREM'] as Any }),
      "'SIGTREM': did you mean 'SIGTERM'?",
    ],
    ['a signal like SIGKILL', () => shutdown(server, { signals: ['SIGKILL'] }), "has 'SIGKILL'"],
    [
      'a signal that is a number',
      () => shutdown(server, { signals: [15] as Any }),
      'has 15, which is no signal',
    ],
    [
      'abortedStatus',
      () => surrounded({ accessLog: { abortedStatus: 99999 } }),
      'abortedStatus: 99999; use 100 to',
    ],
    [
      'an endless abortedStatus',
      () => surrounded({ accessLog: { abortedStatus: Infinity } }),
      'Infinity; use 100',
    ],
    [
      'the logger of accessLog',
      () => surrounded({ accessLog: { logger: null } }),
      'needs a logger with the method',
    ],
    [
      'a cookie with its prefix',
      () => csrf({ ...CSRF, cookie: '__Host-csrf' }),
      "cookie '__Host-csrf': '__Host-' is",
    ],
    [
      'a cookie with another',
      () => csrf({ ...CSRF, cookie: '__Secure-csrf' }),
      "has the cookie '__Secure-csrf'",
    ],
    [
      'a field that is sent anyway',
      () => csrf({ ...CSRF, header: 'Cookie' }),
      "header 'Cookie', which browsers send",
    ],
    ['a field without a preflight', () => csrf({ ...CSRF, header: 'Accept' }), "has the header 'Accept'"],
    ['a description', () => surrounded({ description: 5 }), 'The Api cannot have description: 5; use a text'],
    [
      'settings',
      () => surrounded({ docs: { settings: 'x' } }),
      "in 'docs', cannot have settings: 'x'; use an",
    ],
    ['submitMethods', () => surrounded({ docs: { submitMethods: 'x' } }), "submitMethods: 'x'; use a list"],
    [
      'a submitted method',
      () => surrounded({ docs: { submitMethods: ['GTE'] } }),
      "submitMethods: 'gte'; use 'get'",
    ],
    [
      'servers',
      () => surrounded({ openapi: { servers: 'x' } }),
      "in 'openapi', cannot have servers: 'x'; use a list",
    ],
    [
      'a server',
      () => surrounded({ openapi: { servers: ['/v1'] } }),
      "in entry 0 of 'servers', takes an object",
    ],
    ['tags', () => surrounded({ openapi: { tags: 5 } }), 'cannot have tags: 5; use a list'],
    ['a tag', () => surrounded({ openapi: { tags: [{}] } }), "in entry 0 of 'tags', needs name: a text"],
    ['contact', () => surrounded({ openapi: { contact: 'x' } }), "cannot have contact: 'x'; use an object"],
    [
      'license',
      () => surrounded({ openapi: { license: 'MIT' } }),
      "cannot have license: 'MIT'; use an object",
    ],
    [
      'components',
      () => surrounded({ openapi: { components: [] } }),
      'cannot have components: a list; use an object',
    ],
    [
      'failures',
      () => surrounded({ openapi: { failures: 'no' } }),
      "cannot have failures: 'no'; use true or false",
    ],
    ['errorSchema', () => surrounded({ openapi: { errorSchema: 'x' } }), "in 'errorSchema', takes an object"],
    [
      'nestedTags',
      () => surrounded({ openapi: { nestedTags: 'x' } }),
      "nestedTags: 'x'; use 'own', 'outermost'",
    ],
    [
      'document',
      () => surrounded({ openapi: { document: 'x' } }),
      "cannot have document: 'x'; use an object",
    ],
    [
      'a version of OpenAPI',
      () => surrounded({ openapi: { version: null } }),
      'OpenAPI version number: null',
    ],
    [
      'documentOf()',
      () => documentOf([], { ...INFO, tags: 5 } as Any),
      'An OpenAPI document cannot have tags: 5',
    ],
  ])('%s is a TypeError', (_name, act, message) => {
    expect(act).toThrow(TypeError)
    expect(act).toThrow(message)
  })

  it.each<[string, object, string]>([
    ['documentOnly', { documentOnly: 'false' }, "cannot have documentOnly: 'false'; use true or false"],
    ['hasScopes', { hasScopes: 'no' }, "cannot have hasScopes: 'no'; use true or false"],
    ['document', { document: 'apiKey' }, "The security scheme 'key', in 'document', takes an object"],
  ])('%s of a security scheme is a TypeError, and no open door', (_name, wrong, message) => {
    const key: Any = { document: { type: 'http' }, challenge: 'Own', authenticate: () => undefined, ...wrong }
    const pets = new RestBlueprint('pets')
      .security({ key })
      .get('/pets', { security: [{ key: [] }] }, () => 1)
    expect(() => new Api(polka(), INFO).registerBlueprint(pets)).toThrow(message)
    expect(() => pets.register(polka())).toThrow(TypeError)
    expect(() => authenticate({ key }, [{ key: [] }])).toThrow(message)
  })

  it('nothing is a mistake where options are undefined, null-prototype or of another realm', () => {
    const bare = Object.assign(Object.create(null), { visibility: 'public' })
    expect(() => surrounded({ cache: bare, cors: undefined, docs: undefined })).not.toThrow()
  })
})
