/** Path templates: which of several matches a path, and which are mistakes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { Blueprint, type Converter, RestBlueprint } from '../../lib/index.ts'
import { CONVERTERS } from '../../lib/routing/converter.ts'
import { Path } from '../../lib/routing/path.ts'
import { RouteTable } from '../../lib/routing/route-table.ts'
import { testApp } from '../support/test-app.ts'

const own: Record<string, Converter> = {
  ...CONVERTERS,
  year: { parse: String, pattern: '(20|19)[0-9]{2}' },
  slug: { parse: String, pattern: '[a-z0-9-]+' },
}

/** A table of GET routes, and the template it finds for a path. */
function tableOf(templates: readonly string[], strict = false) {
  const routes = templates.map((template) => new Path(template, own))
  const endpoints = routes.map((route) => ({ method: 'GET', route, name: route.template, blueprint: 'b' }))
  const table = new RouteTable(endpoints, strict)
  return (path: string) => table.find('GET', path)?.endpoint.name
}

/** Orders of the same templates. */
const orders = ([...templates]: string[]) => [templates, templates.toReversed()]

describe('templates at one place', () => {
  it.each([
    [['/x/<uuid:a>', '/x/<int:b>', '/x/new', '/x/:c', '/x/<path:d>'], '/x/new', '/x/new'],
    [['/x/<uuid:a>', '/x/<int:b>', '/x/new', '/x/:c', '/x/<path:d>'], '/x/7', '/x/<int:b>'],
    [['/x/<uuid:a>', '/x/<int:b>', '/x/new', '/x/:c', '/x/<path:d>'], '/x/a%2Fb', '/x/:c'],
    [['/x/<uuid:a>', '/x/<int:b>', '/x/new', '/x/:c', '/x/<path:d>'], '/x/a/b', '/x/<path:d>'],
    [['/<int:a>/x', '/:b/y', '/<path:c>'], '/1/y', '/:b/y'],
    [['/<int:a>/x', '/:b/y', '/<path:c>'], '/1/z', '/<path:c>'],
    [['/a/x', '/:b/y', '/<any(a,b):c>/z'], '/a/z', '/<any(a,b):c>/z'],
    [['/posts/<slug:s>', '/posts/<int:i>', '/posts/<year:y>'], '/posts/7', '/posts/<int:i>'],
    [['/posts/<slug:s>', '/posts/<int:i>', '/posts/<year:y>'], '/posts/2024', '/posts/<year:y>'],
    [['/posts/<slug:s>', '/posts/<int:i>', '/posts/<year:y>'], '/posts/a-7', '/posts/<slug:s>'],
    [['/n/<int:i>', '/n/<float:f>'], '/n/1.5', '/n/<float:f>'],
    [['/n/<int:i>', '/n/<float:f>'], '/n/1', '/n/<int:i>'],
    [['/:a', '/:b.csv', '/:c-:d.csv', '/all.csv'], '/all.csv', '/all.csv'],
    [['/:a', '/:b.csv', '/:c-:d.csv', '/all.csv'], '/1.csv', '/:b.csv'],
    [['/:a', '/:b.csv', '/:c-:d.csv', '/all.csv'], '/1-2.csv', '/:c-:d.csv'],
  ])('%j: %s is found by %s, whatever the order of registration', (templates, path, expected) => {
    for (const order of orders(templates)) expect(tableOf(order)(path), order.join(' ')).toBe(expected)
  })

  it('are found as a search through all of them finds them', () => {
    const segment = fc.constantFrom(
      'a',
      'b',
      '7',
      ':free',
      '<int:i>',
      '<any(a,7):k>',
      '<uuid:u>',
      ':x-:y',
      ':x.b',
    )
    const template = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([segments, isOpen]) => unique(`/${segments.join('/')}${isOpen ? '/<path:rest>' : ''}`))
    const UUID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'
    const piece = fc.constantFrom('a', 'b', '7', '8', 'c', '', 'a-b', 'a.b', '7-8.b', '%2F', '%C3%BC', UUID)
    const path = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => `/${pieces.join('/')}`)
    const templates = fc.uniqueArray(template, {
      maxLength: 12,
      selector: (text) => text.replace(/\d+>|\w+\d+/g, ''),
    })
    fc.assert(
      fc.property(templates, fc.array(path, { maxLength: 8 }), fc.boolean(), (templates, paths, strict) => {
        const find = tableOf(templates, strict)
        for (const path of paths) expect(find(path), path).toBe(naive(templates, path, strict))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['/x/<int:a>', '/x/<int:b>'],
    ['/x/:a', '/x/<string:b>'],
    ['/x/<any(a,b):k>', '/x/<any(b,a):k>'],
    ['/x/<any(a,b):k>', '/x/<any(b,c):k>'],
    ['/x/<any(a,b):k>.csv', '/x/<any(c,b):k>.csv'],
    ['/:a/<path:b>', '/:b/<path:a>'],
    ['/x', '/x/'],
    ['/:a-:b', '/:b-:a'],
  ])('%s and %s are ambiguous: a TypeError that names both endpoints', (one, other) => {
    const api = new Blueprint('shop')
      .get(one, { name: 'one' }, () => 1)
      .get(other, { name: 'other' }, () => 1)
    expect(() => api.register({ use() {} })).toThrow(
      new TypeError(
        `GET ${other} ('shop.other') cannot be routed: it matches the same requests as GET ${one} ('shop.one')`,
      ),
    )
  })

  it.each([
    ['/x/<any(a,b):k>', '/x/<any(c,d):k>'],
    ['/x/<any(a,b):k>/<int:id>', '/x/<any(b,c):k>/<uuid:id>'],
    ['/<any(a,b):k>/<any(a,b):l>', '/<any(b,c):k>/<any(c,d):l>'],
    ['/x/:a', '/x/:a/y'],
  ])('%s and %s are not ambiguous', (...templates) => {
    for (const order of orders(templates)) expect(() => tableOf(order)).not.toThrow()
  })
})

describe('a template', () => {
  it('takes letters of any language as names', async () => {
    const { api, get } = await testApp((api) => {
      api.get('/:gęśl', { name: 'one' }, ({ params }) => params)
      api.get('/x/<int:număr>-:имя.csv', ({ params }) => params)
    })
    expect((await get('/%C5%82')).value).toEqual({ gęśl: 'ł' })
    expect((await get('/x/7-a.csv')).value).toEqual({ număr: 7, имя: 'a' })
    expect(api.urlFor('one', { gęśl: 'ł' })).toBe('/%C5%82')
  })

  it('decodes each parameter once: an encoded delimiter is data', async () => {
    const { get, status } = await testApp((api) => {
      api.get('/<name>.json', ({ params }) => params)
      api.get('/:a,:b/list', ({ params }) => params)
      api.get('/k/<any(a&b,c):kind>', ({ params }) => params)
      api.get('/50%/a|b/ł', () => 'text')
    })
    expect((await get('/a%2Fb.json')).value).toEqual({ name: 'a/b' })
    expect((await get('/x%2Cy,z/list')).value).toEqual({ a: 'x,y', b: 'z' })
    expect((await get('/%252F.json')).value).toEqual({ name: '%2F' })
    expect((await get('/k/a%26b')).value).toEqual({ kind: 'a&b' })
    expect((await get('/50%25/a%7cb/%c5%82')).value).toBe('text')
    expect((await get('/50%25/a|b/%C5%82')).value).toBe('text')
    expect(await status('/50%2525/a|b/%C5%82')).toBe(404)
    const below = await testApp((api) => api.get('/x', () => 'x'), { prefix: '/a|ł' })
    for (const path of ['/a|%C5%82/x', '/a%7C%c5%82/x']) expect((await below.get(path)).value, path).toBe('x')
  })

  it('gives each parameter its own text where patterns have groups', () => {
    const date = { parse: String, pattern: '(?<year>[0-9]{4})-(?<month>[0-9]{2})' }
    const pair = { parse: String, pattern: '([a-z])-([a-z])' }
    const converters = { ...CONVERTERS, date, pair, twice: { parse: String, pattern: '([a-z])\\1' } }
    const found = (template: string, path: string) =>
      new RouteTable(
        [{ method: 'GET', route: new Path(template, converters), name: 'one', blueprint: 'b' }],
        false,
      ).find('GET', path)?.params
    expect(found('/<date:a>/:b', '/2024-12/x')).toEqual({ a: '2024-12', b: 'x' })
    expect(found('/<date:a>.csv/:b', '/2024-12.csv/x')).toEqual({ a: '2024-12', b: 'x' })
    expect(found('/<date:a>-<pair:b>_:c/:d', '/2024-12-a-b_c/d')).toEqual({
      a: '2024-12',
      b: 'a-b',
      c: 'c',
      d: 'd',
    })
    expect(found('/:a-<twice:b>', '/x-aa')).toEqual({ a: 'x', b: 'aa' })
    expect(found('/:a-<twice:b>', '/x-ab')).toBeUndefined()
    expect(() => new Path('/<twice:a>-:b', converters)).toThrow(
      new TypeError(
        'The pattern of <twice:a> cannot be used beside another parameter: it has a backreference, or a name of a group twice',
      ),
    )
    expect(() => new Path('/<date:a>_<date:b>_:c', converters)).toThrow(
      /^The pattern of <date:a> and <date:b> and/,
    )
  })

  it('is not formatted with values that the path would not have', async () => {
    const slug = { parse: String, pattern: '[a-z-]+' }
    const { api, get } = await testApp((api) => {
      api.converter('slug', slug)
      api.get('/diff/:from-:to/<path:file>', { name: 'diff' }, ({ params }) => params)
      api.get('/kind/<any(a,a-b):kind>-:to.csv', { name: 'kind' }, ({ params }) => params)
      api.get('/at/:a@:b/', { name: 'at' }, ({ params }) => params)
      api.get('/slug/<slug:a>-<slug:b>', { name: 'slug' }, ({ params }) => params)
      api.get('/n/:a%:b', { name: 'percent' }, ({ params }) => params)
    })
    for (const [name, params] of [
      ['diff', { from: 'release', to: '1-release-2', file: 'a-b/c' }],
      ['kind', { kind: 'a', to: 'b.csv' }],
      ['at', { a: 'u@h', b: '%40@' }],
      ['slug', { a: 'a-b', b: 'c' }],
      ['percent', { a: 'x', b: '100%' }],
    ] as const)
      expect((await get(api.urlFor(name, params))).value, name).toEqual(params)
    for (const [name, params] of [
      ['diff', { from: 'release-1', to: 'release-2', file: 'x' }],
      ['kind', { kind: 'a-b', to: 'c' }],
      ['slug', { a: 'a', b: 'b-c' }],
      ['percent', { a: 'a/b', b: 'x' }],
    ] as const)
      expect(() => api.urlFor(name, params), name).toThrow(/cannot be '.*', which leads to something else/)
  })

  it('has text between two parameters', () => {
    expect(() => new Path('/<int:a><int:b>')).toThrow(/two parameters follow each other/)
  })
})

describe('an Api', () => {
  const blueprint = (name: string, template: string) =>
    new RestBlueprint(name).get(template as '/', { name: 'show' }, () => name)

  it('serves converters of several blueprints at one place, told apart by their patterns', async () => {
    const { app, get } = await testApp(() => {})
    const api = new Api(app, { title: 'T', version: '1' })
    api.registerBlueprint(blueprint('uuid', '/x/<uuid:id>'))
    api.registerBlueprint(blueprint('free', '/x/:id'))
    api.registerBlueprint(blueprint('health', '/health'))
    api.registerBlueprint(blueprint('int', '/x/<int:id>'))
    expect((await get('/health')).value).toBe('health')
    expect((await get('/x/7')).value).toBe('int')
    expect((await get('/x/3f2504e0-4f89-11d3-9a0c-0305e82c3301')).value).toBe('uuid')
    expect((await get('/x/a')).value).toBe('free')
    expect(Object.keys(api.document().paths)).toHaveLength(2)
  })

  it('refuses an ambiguous blueprint when it is registered, and serves the others as before', async () => {
    const { app, get } = await testApp(() => {})
    const api = new Api(app, { title: 'T', version: '1' }).registerBlueprint(blueprint('a', '/x/<int:id>'))
    expect(() => api.registerBlueprint(blueprint('b', '/x/<int:number>'))).toThrow(
      "GET /x/<int:number> ('b.show') cannot be routed: it matches the same requests as GET /x/<int:id> ('a.show')",
    )
    expect((await get('/x/7')).value).toBe('a')
    api.registerBlueprint(blueprint('b', '/y'))
    expect((await get('/y')).value).toBe('b')
  })
})

/** Gives each parameter of a template a name of its own. */
function unique(template: string): string {
  let count = 0
  return template.replace(/(?<=:)\w+(?=[>/.-]|$)/g, (name) => `${name}${count++}`)
}

/** The template whose segments match, text before patterns before free parameters from the left on. */
function naive(templates: readonly string[], path: string, strict: boolean): string | undefined {
  const segments = (strict ? path : path.replace(/(?<=.)\/$/, '')).slice(1).split('/')
  const ranked = templates.flatMap((template) => {
    const rank = rankOf(template.slice(1).split('/'), segments)
    return rank === undefined ? [] : [{ template, rank }]
  })
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1))[0]?.template
}

function rankOf(pattern: readonly string[], segments: readonly string[]): string | undefined {
  const isOpen = pattern.at(-1)?.startsWith('<path') ?? false
  const fixed = isOpen ? pattern.slice(0, -1) : pattern
  const rest = segments.slice(fixed.length).join('/')
  if (isOpen ? rest === '' : segments.length !== fixed.length) return undefined
  const ranks = fixed.map((one, index) => KINDS.findIndex((fits) => fits(one, segments[index] as string)))
  return ranks.includes(-1) ? undefined : ranks.join('') + (isOpen ? '9' : '')
}

/** Kinds of segments, those that are tried first before others. */
const KINDS: readonly ((pattern: string, text: string) => boolean)[] = [
  (pattern, text) => pattern === decodeURI(text),
  (pattern, text) => pattern.startsWith('<any') && ['a', '7'].includes(decodeURI(text)),
  (pattern, text) => pattern.includes('.') && /^.+\.b$/s.test(text),
  (pattern, text) => pattern.startsWith('<uuid') && /^[0-9a-f]{8}-/.test(text),
  (pattern, text) => pattern.startsWith('<int') && /^\d+$/.test(text),
  (pattern, text) => pattern.includes('-:') && /^[^-]+-.+$/s.test(text),
  (pattern, text) => /^:\w+$/.test(pattern) && text !== '',
]
