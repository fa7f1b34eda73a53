/** Header fields beyond ISO-8859-1: encoded where a rule exists, otherwise refused with the name of the field. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodedField, encodedUrl } from '../../lib/http/encoded-field.ts'
import { created, HttpException, serializeResponse } from '../../lib/index.ts'
import { testApp } from '../support/test-app.ts'

describe('encodedUrl', () => {
  it.each([
    ['/cities/Łódź', '/cities/%C5%81%C3%B3d%C5%BA'],
    ['/a b"<>`{}', '/a%20b%22%3C%3E%60%7B%7D'],
    ['/é?q=ł#ż', '/%C3%A9?q=%C5%82#%C5%BC'],
    ['/%C5%81/100%', '/%C5%81/100%'],
    ['/😀/\ud800', '/%F0%9F%98%80/%EF%BF%BD'],
    ['/x\r\nSet-Cookie: a=1', '/x%0D%0ASet-Cookie:%20a=1'],
    ["https://h:1/a?b=c&d[]=(e);f=~!*'#g", "https://h:1/a?b=c&d[]=(e);f=~!*'#g"],
    ['', ''],
  ])('of %j is %s', (url, encoded) => {
    expect(encodedUrl(url)).toBe(encoded)
  })

  it('is the path and query that WHATWG URLs have, and encodes nothing twice', () => {
    const texts = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/[\\^'\t\r\n]|\/\/|\/\.|%2e|[\s]$/i.test(`/${text}`))
    fc.assert(
      fc.property(texts, (text) => {
        const encoded = encodedUrl(`/${text}`)
        expect(encodedUrl(encoded)).toBe(encoded)
        expect(encoded).toMatch(/^[\x21-\x7e]*$/)
        expect(new URL(encoded, 'https://h').href).toBe(new URL(`/${text}`, 'https://h').href)
      }),
    )
  })
})

describe('encodedField', () => {
  it.each([
    ['link', '</Łódź>; rel="next", </x>; rel="prev"', '</%C5%81%C3%B3d%C5%BA>; rel="next", </x>; rel="prev"'],
    [
      'content-disposition',
      'attachment; filename="Łódź.csv"',
      'attachment; filename="__d_.csv"; filename*=UTF-8\'\'%C5%81%C3%B3d%C5%BA.csv',
    ],
    ['content-disposition', 'attachment; filename="é.csv"', 'attachment; filename="é.csv"'],
    [
      'content-disposition',
      'attachment; filename=ż.csv',
      'attachment; filename="_.csv"; filename*=UTF-8\'\'%C5%BC.csv',
    ],
    [
      'content-disposition',
      'attachment; filename="a\\"ż;b.csv"; foo=bar',
      'attachment; filename="a\\"_;b.csv"; filename*=UTF-8\'\'a%22%C5%BC%3Bb.csv; foo=bar',
    ],
    [
      'content-disposition',
      'inline ; FileName = "ż.csv"',
      'inline; FileName = "_.csv"; filename*=UTF-8\'\'%C5%BC.csv',
    ],
    [
      'content-disposition',
      'attachment; filename=żółw "x".csv',
      'attachment; filename="___w \\"x\\".csv"; filename*=UTF-8\'\'%C5%BC%C3%B3%C5%82w%20%22x%22.csv',
    ],
    ['x-name', 'é\tx', 'é\tx'],
  ])('%s: %s is sent as %s', (name, value, encoded) => {
    expect(encodedField(name, value)).toBe(encoded)
  })

  it.each([
    ['x-name', 'Łódź'],
    ['x-name', 'a\r\nb'],
    ['link', '</x>; title="Łódź"'],
    ['content-disposition', 'attachment; name="Łódź"; filename="b"'],
  ])('%s: %j is a TypeError that names the field', (name, value) => {
    expect(() => encodedField(name, value)).toThrow(new RegExp(`^The field ${name} cannot contain`))
  })

  it('needs linear time for hostile values', () => {
    for (const piece of ['<', '"', ';', ' ;filename=', 'ł']) {
      const run = () => encodedField('location', piece.repeat(50_000))
      expect(run).not.toThrow()
      for (const name of ['link', 'content-disposition'])
        expect(() => encodedField(name, `${piece.repeat(50_000)}\0`)).toThrow(TypeError)
    }
  })
})

describe('a response', () => {
  it('of created() has the status 201, also where the option is undefined', async () => {
    const { ask } = await testApp((api) => {
      api.post('/cities', () => created('/cities/1', 1, { status: undefined } as object))
      api.post('/late', () => created('/cities/1', 1, { status: 202 }))
    })
    expect([(await ask('POST /cities')).status, (await ask('POST /late')).status]).toEqual([201, 202])
  })

  it('of created() has a Location that clients follow, whatever the characters of the path', async () => {
    const { ask, url } = await testApp((api) => {
      api.get('/cities/:name', ({ params }) => params.name)
      api.post('/cities', () => created('/cities/Łódź', { done: true }))
      api.post('/found', () => serializeResponse(1, { headers: { 'Content-Location': '/cities/é' } }))
      api.post('/gone', () => {
        throw new HttpException(409, 'Moved', { headers: { location: '/cities/Łódź' } })
      })
    })
    const made = await ask('POST /cities')
    expect([made.status, made.headers.get('location')]).toEqual([201, '/cities/%C5%81%C3%B3d%C5%BA'])
    expect(await (await fetch(new URL(made.headers.get('location') ?? '', url))).json()).toBe('Łódź')
    expect((await ask('POST /found')).headers.get('content-location')).toBe('/cities/%C3%A9')
    expect(await ask('POST /gone')).toMatchObject({ status: 409 })
  })

  it('is refused where it is made, for a field that cannot be encoded', () => {
    expect(() => serializeResponse(1, { headers: { 'X-City': 'Łódź' } })).toThrow(/^The field x-city cannot/)
    expect(() => created('/x', 1, { headers: [['x-city', 'Łódź']] })).toThrow(/^The field x-city cannot/)
  })
})
