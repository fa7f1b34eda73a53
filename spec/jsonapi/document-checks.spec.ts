/** The checks of spec/support/json-api.ts: each finds a document that breaks its rule, and none finds one that does not. */
import { describe, expect, it } from 'vitest'
import { documentProblems, type JsonApiReply, jsonApi, responseProblems } from '../support/json-api.ts'
import { type Role, schemaProblems } from '../support/json-api-schema.ts'
import { serve } from '../support/server.ts'

const TYPE = 'application/vnd.api+json'
const jsonapi = { version: '1.1' }
const author = { type: 'person', id: '9', attributes: { name: 'Ada' } }
const article = {
  type: 'article',
  id: '1',
  attributes: { title: 'x', 'ł-1': null },
  relationships: {
    author: { data: { type: 'person', id: '9' }, links: { related: '/api/article/1/author' } },
    comments: { data: [] },
  },
  links: { self: { href: '/api/article/1', title: 'x', hreflang: ['en', 'pl'] } },
}
const compound = {
  data: [article],
  included: [author],
  links: { self: '/api/article', next: null, describedby: 'https://example.com/openapi.json' },
  meta: { total: 1 },
  jsonapi,
}

/** The response with a document. */
function reply(document: unknown, status = 200, fields: Readonly<Record<string, string>> = {}): JsonApiReply {
  const headers = new Headers({ 'content-type': TYPE, vary: 'Accept', ...fields })
  return { status, headers, document, text: JSON.stringify(document) ?? '' }
}

describe('a right response', () => {
  it.each([
    ['a compound document (JA-12, JA-37, JA-42, JA-54)', reply(compound)],
    ['a missing resource', reply({ data: null, jsonapi })],
    ['meta alone', reply({ meta: {}, jsonapi })],
    [
      'members with @ anywhere (JA-56, JA-57)',
      reply({ '@a': 1, data: { ...author, '@b': 2 }, jsonapi: { ...jsonapi, '@c': 3 } }),
    ],
    [
      'a relationship (JA-14)',
      reply({ data: [{ type: 'person', id: '9' }], links: { self: '/a', related: '/b' }, jsonapi }),
    ],
    [
      'an included resource of a relationship (JA-38)',
      reply({ data: { type: 'person', id: '9' }, included: [author], jsonapi }),
    ],
    ['errors', reply({ errors: [{ status: '404', source: { header: 'Accept' } }], jsonapi }, 404)],
    ['errors of several statuses', reply({ errors: [{ status: '404' }, { status: '409' }], jsonapi }, 400)],
    ['a created resource', reply({ data: article, jsonapi }, 201, { location: '/api/article/1' })],
    ['no content', { ...reply(undefined, 204), text: '' }],
    [
      'extensions and profiles',
      reply(
        { data: [], jsonapi: { ...jsonapi, ext: ['https://a.b'], profile: ['https://c.d', 'https://e.f'] } },
        200,
        {
          'content-type': `${TYPE}; ext="https://a.b"; profile="https://c.d https://e.f"`,
        },
      ),
    ],
    ['results of operations', reply({ 'atomic:results': [{ data: author }, {}], jsonapi })],
  ])('has no problems: %s', (_, right) => {
    expect(responseProblems(right)).toEqual([])
  })

  it('may lack linkage where a sparse fieldset hides it (JA-39)', () => {
    const { relationships: _, ...sparse } = article
    const document = { ...compound, data: [sparse] }
    expect(responseProblems(reply(document), '/api/article?include=author&fields[article]=title')).toEqual([])
    expect(responseProblems(reply(document), '/api/article?include=author')).toEqual([
      'included has person 9, which nothing in the document links to',
    ])
  })
})

describe('a wrong document', () => {
  const data = (members: object) => ({ data: { ...author, ...members }, jsonapi })
  const related = (relationship: unknown) => data({ relationships: { boss: relationship } })

  it.each<[string, unknown, RegExp]>([
    ['no object (JA-9)', [], /must be object/],
    ['no data, errors or meta (JA-10)', { jsonapi }, /must have required property/],
    [
      'data and errors (JA-11)',
      { data: null, errors: [], jsonapi },
      /must NOT have additional properties \((data|errors)\)/,
    ],
    [
      'included without data (JA-13)',
      { meta: {}, included: [], jsonapi },
      /additional properties \(included\)/,
    ],
    ['an unknown member (JA-7)', { data: null, people: [], jsonapi }, /\(people\)/],
    ['a resource without a type (JA-17, JA-19)', { data: { id: '1' }, jsonapi }, /required property 'type'/],
    ['a resource without an id (JA-17, JA-19)', { data: { type: 'a' }, jsonapi }, /required property 'id'/],
    ['an id that is a number (JA-20)', data({ id: 1 }), /\/data\/id must be string/],
    ['a resource with a lid (JA-18)', data({ lid: 'a' }), /\(lid\)/],
    ['attributes that are a list (JA-24)', data({ attributes: [] }), /attributes must be object/],
    ['an attribute named type (JA-23)', data({ attributes: { type: 'x' } }), /\(type\)/],
    [
      'an attribute with a reserved character (JA-51, JA-55)',
      data({ attributes: { 'a.b': 'x' } }),
      /\(a\.b\)/,
    ],
    ['an attribute that ends with a hyphen (JA-52)', data({ attributes: { 'a-': 'x' } }), /\(a-\)/],
    ['an empty relationship object (JA-28)', related({}), /must have required property/],
    ['linkage without a type (JA-35)', related({ data: { id: '1' } }), /required property 'type'/],
    [
      'linkage that is twice there',
      related({ data: [author, author].map(({ type, id }) => ({ type, id })) }),
      /duplicate/,
    ],
    ['primary data that are a text (JA-15)', { data: 'x', jsonapi }, /\/data must be/],
    ['a type with a space at its end (JA-22)', data({ type: 'person ' }), /type must match pattern/],
    ['an attribute without a name (JA-50)', data({ attributes: { '': 1 } }), /additional properties/],
    ['relationships that are a list (JA-27)', data({ relationships: [] }), /relationships must be object/],
    ['linkage that is a text (JA-32)', related({ data: 'person 9' }), /boss\/data must be/],
    [
      'included resources that are no list (JA-38)',
      { data: null, included: author, jsonapi },
      /must be array/,
    ],
    ['links that are a list (JA-43)', { data: null, links: [], jsonapi }, /\/links must be object/],
    ['jsonapi that is a text (JA-46)', { data: null, jsonapi: '1.1' }, /\/jsonapi must be object/],
    ['meta that is a list (JA-41)', { data: null, meta: [], jsonapi }, /\/meta must be object/],
    ['a link that is a number (JA-44)', { data: null, links: { self: 1 }, jsonapi }, /\/links\/self must be/],
    [
      'a link object without href (JA-44)',
      data({ links: { self: { title: 'x' } } }),
      /required property 'href'/,
    ],
    ['a link object with an unknown member', data({ links: { self: { href: '/', to: 1 } } }), /\(to\)/],
    [
      'relative links',
      data({ links: { self: 'person/9' } }),
      /the link person\/9 is neither absolute nor a path/,
    ],
    [
      'links of both kinds',
      { ...data({ links: { self: '/a' } }), links: { self: 'http://x/a' } },
      /some links are absolute, and some are not/,
    ],
    [
      'an included resource that nothing links to (JA-39)',
      { data: [], included: [author], jsonapi },
      /nothing .* links to/,
    ],
    [
      'included resources that link to each other alone',
      {
        data: [],
        included: [
          { type: 'a', id: '1', relationships: { b: { data: { type: 'b', id: '1' } } } },
          { type: 'b', id: '1', relationships: { a: { data: { type: 'a', id: '1' } } } },
        ],
        jsonapi,
      },
      /included has a 1/,
    ],
    [
      'one resource twice (JA-40)',
      { data: [article], included: [author, { ...author, attributes: {} }], jsonapi },
      /are person 9/,
    ],
    [
      'a field that is an attribute and a relationship (JA-23)',
      data({ attributes: { boss: 1 }, relationships: { boss: { data: null } } }),
      /an attribute and a relationship 'boss'/,
    ],
  ])('is found: %s', (_, document, problem) => {
    expect(documentProblems(document, 'response').join('\n')).toMatch(problem)
  })

  it.each<[string, object, RegExp]>([
    ['a status that is a number', { status: 404 }, /status must be string/],
    ['a status without an error', { status: '200' }, /status must match pattern/],
    ['a source that is a text', { status: '404', source: '/data' }, /source must be object/],
    ['an empty source', { status: '404', source: {} }, /source must NOT have fewer than 1/],
    ['an unknown source', { status: '404', source: { path: 'x' } }, /\(path\)/],
    [
      'a pointer that is none',
      { status: '404', source: { pointer: '#/data' } },
      /pointer must match pattern/,
    ],
    ['an unknown link', { status: '404', links: { self: '/' } }, /\(self\)/],
    ['an unknown member', { status: '404', message: 'x' }, /\(message\)/],
    ['a code that is a number', { status: '404', code: 7 }, /code must be string/],
    ['no member', {}, /must NOT have fewer than 1/],
  ])('is found: an error with %s', (_, error, problem) => {
    expect(responseProblems(reply({ errors: [error], jsonapi }, 404)).join('\n')).toMatch(problem)
  })
})

describe('a wrong response', () => {
  const right = { data: author, jsonapi }

  it.each<[string, JsonApiReply, RegExp]>([
    ['without a version (JA-45, JA-47)', reply({ data: null }), /jsonapi\.version is not '1\.1'/],
    ['of another version', reply({ data: null, jsonapi: { version: '1.0' } }), /jsonapi\.version/],
    ['without Vary', reply(right, 200, { vary: 'Origin' }), /Vary does not have Accept/],
    ['with a charset', reply(right, 200, { 'content-type': `${TYPE}; charset=utf-8` }), /other parameters/],
    [
      'with a profile in the media type alone',
      reply(right, 200, { 'content-type': `${TYPE}; profile="https://c.d"` }),
      /jsonapi\.profile is \[\], the Content-Type has \[https:\/\/c\.d\]/,
    ],
    [
      'with an extension in the document alone',
      reply({ ...right, jsonapi: { ...jsonapi, ext: ['https://a.b'] } }),
      /jsonapi\.ext is \[https:\/\/a\.b\], the Content-Type has \[\]/,
    ],
    ['with content and 204', { ...reply(undefined, 204), text: 'x' }, /a 204 has content/],
    ['with data and 404', reply(right, 404), /a 404 without errors/],
    ['with errors and 200', reply({ errors: [{ status: '404' }], jsonapi }), /a 200 with errors/],
    ['with an empty list of errors', reply({ errors: [], jsonapi }, 404), /errors is empty/],
    [
      'with errors of another status',
      reply({ errors: [{ status: '409' }], jsonapi }, 404),
      /its errors are 409/,
    ],
    [
      'with errors of another class',
      reply({ errors: [{ status: '404' }, { status: '409' }], jsonapi }, 500),
      /its errors are 404, 409/,
    ],
    [
      'whose Location is not the self link',
      reply({ data: article, jsonapi }, 201, { location: '/api/article/2' }),
      /the Location is \/api\/article\/2, the self link \/api\/article\/1/,
    ],
  ])('is found: %s', (_, wrong, problem) => {
    expect(responseProblems(wrong).join('\n')).toMatch(problem)
  })

  it('is found: an error of another media type', () => {
    const html = { ...reply(undefined, 404, { 'content-type': 'text/html' }), text: '<h1>' }
    expect(responseProblems(html)).toEqual(['an error is text/html'])
  })
})

describe('a request document', () => {
  const schema = (role: Role, document: unknown) => schemaProblems(document, role)

  it('may lack the id, and have local ids', () => {
    const document = {
      data: { type: 'article', lid: 'a', relationships: { author: { data: { type: 'person', lid: 'b' } } } },
    }
    expect(documentProblems(document, 'request')).toEqual([])
    expect(schema('response', document)).not.toEqual([])
    const neither = { data: { type: 'article', relationships: { author: { data: { type: 'person' } } } } }
    expect(schema('request', neither)).not.toEqual([])
  })

  it('of operations is checked operation by operation', () => {
    const operations = (...list: object[]) => documentProblems({ 'atomic:operations': list }, 'request')
    const right = [
      { op: 'add', data: { type: 'person', lid: 'a' } },
      { op: 'remove', ref: { type: 'person', id: '1' } },
    ]
    expect(operations(...right)).toEqual([])
    expect(operations({ op: 'put' })).toEqual(['0: put is no operation'])
    expect(operations({ op: 'add', path: '/' })).toEqual(['0: an operation has no member path'])
    expect(operations({ op: 'add', ref: {}, href: '/' })).toEqual([
      '0: an operation has not both ref and href',
    ])
    expect(operations(right[1] as object, { op: 'add', data: { type: 1 } })[0]).toMatch(/^1: \/data\/type/)
  })
})

describe('the client', () => {
  it('throws with all problems of a response, and before it sends a wrong request', async () => {
    let requests = 0
    const served = await serve((_, response) => {
      requests++
      response.writeHead(200, { 'content-type': TYPE }).end('{"data":{"type":"a"}}')
    })
    const api = jsonApi(served)
    await expect(api.get('/a')).rejects.toThrow(
      /^GET \/a → 200: not as JSON:API 1\.1 says\n {2}- Vary[\s\S]*required property 'id'[\s\S]*jsonapi\.version/,
    )
    await expect(api.post('/a', { data: {} })).rejects.toThrow(/The request POST \/a: .*\n {2}- .*'type'/)
    expect(requests).toBe(1)
    await expect(api.send('POST /a', { data: {} })).rejects.toThrow('POST /a → 200')
    expect(requests).toBe(2)
  })
})
