/** Routing: paths with converters, queries, URLs and request targets. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { abort, RestBlueprint } from '../../lib/index.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: a plain Polka handler
type Any = any

describe.each(polkas)('a route on $name', ({ polka }) => {
  const start = (declare: (api: RestBlueprint, app: Any) => unknown, options: TestAppOptions = {}) =>
    testApp(declare, { polka, ...options })

  it('reads parameters by their converters', async () => {
    const { fetch } = await start((api) => {
      api.get('/int/<int:id>', ({ params }) => params)
      api.get('/float/<float:x>', ({ params }) => params)
      api.get('/path/<path:file>', ({ params }) => params)
      api.get('/uuid/<uuid:id>', ({ params }) => params)
      api.get('/<any(day, week):span>/report', ({ params }) => params)
      api.get('/a/:name', ({ params }) => params)
      api.get('/dated/:from-:to.csv', ({ params }) => params)
      api.get('/<word>/plain', ({ params }) => params)
    })
    const params = async (path: string) => {
      const answer = await fetch(path)
      return answer.status === 200 ? answer.json() : answer.status
    }
    expect(await params('/int/007')).toEqual({ id: 7 })
    expect(await params('/int/9007199254740993')).toBe(404)
    expect(await params('/int/-1')).toBe(404)
    expect(await params('/float/1.5')).toEqual({ x: 1.5 })
    expect(await params('/float/1')).toEqual({ x: 1 })
    expect(await params('/float/1.')).toBe(404)
    expect(await params(`/float/${'9'.repeat(400)}.0`)).toBe(404)
    expect(await params('/path/a/b%20c')).toEqual({ file: 'a/b c' })
    expect(await params('/path/')).toBe(404)
    expect(await params('/uuid/3F2504E0-4F89-11D3-9A0C-0305E82C3301')).toEqual({
      id: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    })
    expect(await params('/week/report')).toEqual({ span: 'week' })
    expect(await params('/year/report')).toBe(404)
    expect(await params('/a/a%20b%2Fc%25')).toEqual({ name: 'a b/c%' })
    expect(await params('/a//')).toBe(404)
    expect(await params('/dated/1-2.csv')).toEqual({ from: '1', to: '2' })
    expect(await params('/dated/1-2-3.b.csv')).toEqual({ from: '1', to: '2-3.b' })
    expect(await params('/x/plain')).toEqual({ word: 'x' })
  })

  it('matches a segment of several parameters in linear time', async () => {
    const { fetch } = await start((api) => void api.get('/:a-:b-:c.csv', ({ params }) => params))
    const growth = await growthOf(async (length) => {
      for (const sign of ['-', '.', 'a-', '-.']) await fetch(`/${sign.repeat(length / sign.length)}`)
    }, 12_000)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })

  it('distinguishes routes of one shape by method and converter', async () => {
    const { fetch } = await start((api) => {
      api.get('/x/:word', () => 'word')
      api.get('/x/<int:id>', () => 'int')
      api.post('/x/<int:id>', () => 'posted')
    })
    expect(await (await fetch('/x/1')).json()).toBe('int')
    expect(await (await fetch('/x/a')).json()).toBe('word')
    expect(await (await fetch('/x/1', { method: 'POST' })).json()).toBe('posted')
    expect((await fetch('/x/a', { method: 'POST' })).status).toBe(405)
  })

  it('goes on to the next path where a converter rejects a text, for every method alike', async () => {
    const { fetch, ask } = await start((api) => {
      api.converter('even', {
        pattern: '[0-9]+',
        parse: (text) => (Number(text) % 2 ? undefined : Number(text)),
      })
      api.converter('short', { parse: (text) => (text.length > 3 ? undefined : text), pattern: '[a-z]+' })
      api.delete('/v<int:n>', ({ params }) => params)
      api.post('/<s>', ({ params }) => params)
      api.delete('/<s>', ({ params }) => params)
      api.get('/p/<int:id>', ({ params }) => params)
      api.post('/p/<id>', ({ params }) => params)
      api.get('/q/<even:n>/<short:a>', ({ params }) => params)
      api.get('/q/<even:n>/<path:rest>', ({ params }) => params)
      api.get('/q/<path:all>', ({ params }) => params)
    })
    const large = '9007199254740992'
    const params = async (path: string, method = 'GET') => (await fetch(path, { method })).json()
    expect(await params('/v7', 'DELETE')).toEqual({ n: 7 })
    expect(await params(`/v${large}`, 'DELETE')).toEqual({ s: `v${large}` })
    expect(await params('/q/2/abc')).toEqual({ n: 2, a: 'abc' })
    expect(await params('/q/2/abcd')).toEqual({ n: 2, rest: 'abcd' })
    expect(await params('/q/3/abc')).toEqual({ all: '3/abc' })
    expect(await params(`/p/${large}`, 'POST')).toEqual({ id: large })
    const refused = await ask(`/p/${large}`)
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('ignores a trailing slash unless it is strict, and never letter case', async () => {
    const declare = (api: RestBlueprint) => void api.get('/x', () => 1)
    const [lax, strict] = [await start(declare), await start(declare, { strict: true })]
    expect([(await lax.fetch('/x/')).status, (await lax.fetch('/X')).status]).toEqual([200, 404])
    expect([(await strict.fetch('/x')).status, (await strict.fetch('/x/')).status]).toEqual([200, 404])
  })

  it('accepts custom converters: a value they reject, or throw at, is a 404', async () => {
    const { api, fetch } = await start((api) => {
      const days = ['mon', 'tue']
      api.converter('day', {
        parse: (text) => (text === 'never' ? abort(500) : days.indexOf(text) + 1 || undefined),
        format: (day: number) => days[day - 1] ?? '',
      })
      api.get('/on/<day:day>', { name: 'on' }, ({ params }) => params)
    })
    expect(await (await fetch('/on/tue')).json()).toEqual({ day: 2 })
    expect([(await fetch('/on/sun')).status, (await fetch('/on/never')).status]).toEqual([404, 404])
    expect(api.urlFor('on', { day: 1 })).toBe('/on/mon')
    expect(() => api.urlFor('on', { day: 9 })).toThrow(/needs a value for 'day'/)
  })

  it('parses the query into strings, and into lists where a name repeats', async () => {
    const { fetch } = await start((api) => void api.get('/q', ({ query }) => query))
    expect(await (await fetch('/q?a=1&b=2&b=3&c=&d=%C5%82+x&__proto__=y')).json()).toEqual(
      JSON.parse('{"a":"1","b":["2","3"],"c":"","d":"ł x","__proto__":"y"}'),
    )
    expect(await (await fetch('/q')).json()).toEqual({})
    expect((await fetch(`/q?${'a=1&'.repeat(1001)}`)).status).toBe(400)
  })

  it('refuses values in urlFor that its path does not match', () => {
    const api = new RestBlueprint('pets')
    api.get('/pets/<int:id>', { name: 'show' }, () => 1)
    api.get('/at/<float:degrees>', { name: 'at' }, () => 1)
    api.get('/<any(day, week):span>', { name: 'span' }, () => 1)
    api.get('/things/<uuid:id>', { name: 'thing' }, () => 1)
    expect(() => api.urlFor('show', { id: 'abc' })).toThrow(
      new TypeError("The path '/pets/<int:id>' cannot have 'abc' as 'id'"),
    )
    expect(() => api.urlFor('show', { id: -1n })).toThrow("cannot have '-1' as 'id'")
    expect(() => api.urlFor('at', { degrees: -1.5 })).toThrow("cannot have '-1.5' as 'degrees'")
    expect(() => api.urlFor('span', { span: 'year' })).toThrow("cannot have 'year' as 'span'")
    expect(() => api.urlFor('thing', { id: 7 })).toThrow("cannot have '7' as 'id'")
    expect([api.urlFor('show', { id: '7' }), api.urlFor('at', { degrees: 1.5 })]).toEqual([
      '/pets/7',
      '/at/1.5',
    ])
    expect(api.urlFor('span', { span: 'week' })).toBe('/week')
  })

  it('builds URLs with urlFor that match the route again', async () => {
    const { api } = await start((api) => {
      api.get('/files/<path:file>', { name: 'file' }, () => 1)
      api.get('/a b/:name', { name: 'odd' }, () => 1)
    })
    expect(api.urlFor('file', { file: 'a/b c/ł' })).toBe('/files/a/b%20c/%C5%82')
    expect(api.urlFor('odd', { name: 'x/y?' }, { q: ['1', 2], none: undefined })).toBe(
      '/a%20b/x%2Fy%3F?q=1&q=2',
    )
    expect(() => api.urlFor('nothing')).toThrow(
      new TypeError("The blueprint 'api' has no endpoint 'nothing'"),
    )
    expect(() => api.urlFor('file')).toThrow(TypeError)
  })

  it('throws in urlFor for a value whose URL leads to something else, or has none (RFC 3986 §5.2.4, §4.2)', async () => {
    const { api, fetch } = await start((api) => {
      api.converter('list', { parse: () => undefined, format: String })
      api.get('/x/:id', { name: 'show' }, ({ params }) => params)
      api.get('/y/.:id', { name: 'hidden' }, ({ params }) => params)
      api.get('/z/<int:id>', { name: 'number' }, ({ params }) => params)
      api.get('/f/<path:p>', { name: 'file' }, ({ params }) => params)
      api.get('/l/<list:l>', { name: 'list' }, ({ params }) => params)
      api.get('/<path:p>', { name: 'any' }, ({ params }) => params)
    })
    const thrown = (...call: Parameters<typeof api.urlFor>) => {
      expect(() => api.urlFor(...call)).toThrow(TypeError)
      return (message: string) => expect(() => api.urlFor(...call)).toThrow(message)
    }
    for (const id of ['.', '..'])
      thrown('show', { id })(`The path '/x/:id' cannot be '/x/${id}', which leads to something else`)
    thrown('hidden', { id: '.' })("The path '/y/.:id' cannot be '/y/..'")
    for (const p of ['..', 'a/../b', './a', 'a/.', '../', 'a/./'])
      thrown('file', { p })(`cannot be '/f/${p}'`)
    for (const p of ['a/', '/', 'a/b//', '/a/', '//a//', 'a/.../', '%2F/'])
      expect(await (await fetch(api.urlFor('file', { p }))).json()).toEqual({ p })
    expect([api.urlFor('file', { p: 'a/' }), api.urlFor('any', { p: '/' })]).toEqual(['/f/a%2F', '/%2F'])
    for (const p of ['../a', '/evil.example']) thrown('any', { p })(`The path '/<path:p>' cannot be '/${p}'`)
    for (const id of ['\ud800', 'a\udc00b']) thrown('show', { id })("The path '/x/:id' cannot have '")
    thrown('any', { p: 'a/\ud800' })("The path '/<path:p>' cannot have 'a/\\ud800' as 'p'")
    for (const id of [2 ** 53, '9007199254740992', 2n ** 64n])
      thrown('number', { id })(`The path '/z/<int:id>' cannot have '${id}' as 'id'`)
    thrown('show', { id: Object.create(null) })("cannot have [Object: null prototype] {} as 'id'")
    const circle = {}
    thrown('show', { id: Object.assign(circle, { circle }) })("The path '/x/:id' cannot have")
    expect(api.urlFor('list', { l: ['a'] })).toBe('/l/a')
    for (const id of ['...', '.a', '/..', '%2e%2e', '\\evil', '\ud83d\ude00', '2026-01-01']) {
      expect(await (await fetch(api.urlFor('show', { id }))).json()).toEqual({ id })
    }
    expect(await (await fetch(api.urlFor('number', { id: 2 ** 53 - 1 }))).json()).toEqual({ id: 2 ** 53 - 1 })
  })

  it('writes values in urlFor that its endpoint reads: a Date as ISO 8601; an object is a TypeError', async () => {
    const { api, fetch } = await start((api) => {
      const at = z.date()
      api.get('/since', { name: 'since', query: z.object({ at, n: z.bigint() }) }, ({ query }) => query)
      api.get('/on/:at', { name: 'on', params: z.object({ at }) }, ({ params }) => params)
    })
    const at = new Date('2026-05-01T12:00:00Z')
    const since = await fetch(api.urlFor('since', {}, { at, n: 7n, none: undefined }))
    expect(await since.json()).toEqual({ at: at.toISOString(), n: '7' })
    expect(await (await fetch(api.urlFor('on', { at }))).json()).toEqual({ at: at.toISOString() })
    for (const n of [
      { a: 1 },
      [[1]],
      Object.create(null),
      new Map(),
      new Date(Number.NaN),
      Number.NaN,
      () => 1,
    ])
      expect(() => api.urlFor('since', {}, { at, n })).toThrow(/^The parameter 'n' of a query cannot be /)
    expect(api.urlFor('since', {}, { at: new URL('http://a.example/') })).toBe(
      '/since?at=http%3A%2F%2Fa.example%2F',
    )
  })

  it('routes an absolute request target by its path (RFC 9112 §3.2.2)', async () => {
    const { raw } = await start((api) => void api.get('/x', () => 1))
    const answer = await raw('GET http://example.com/x?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
  })
})
