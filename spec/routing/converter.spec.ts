import { describe, expect, it } from 'vitest'
import { Blueprint } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

describe.each(polkas)('converters on $name', ({ polka }) => {
  it('SMO-185 SMO-186 SMO-187 SMO-188 convert segments, and have schemas in the order of the path', async () => {
    const { api, ask } = await testApp(
      (api) => {
        api.get('/<string:a>/<int:b>/<float:c>/<uuid:d>/<any(x, y):e>/:f/<path:g>', ({ params }) => params)
      },
      { polka },
    )
    const uuid = '2f1c1a52-6d0c-4a86-9ad5-6a3f4d9c2f11'
    expect((await ask(`GET /s/7/1.5/${uuid}/y/%C5%82/g/h`)).json).toEqual({
      a: 's',
      b: 7,
      c: 1.5,
      d: uuid,
      e: 'y',
      f: 'ł',
      g: 'g/h',
    })
    expect((await ask(`GET /s/7/3/${uuid}/y/f/g`)).json.c, 'an integer is a number, too').toBe(3)
    for (const path of [
      `/s/x/1.5/${uuid}/y/f/g`,
      `/s/7/1./${uuid}/y/f/g`,
      `/s/7/.5/${uuid}/y/f/g`,
      '/s/7/1.5/no/y/f/g',
      `/s/7/1.5/${uuid}/z/f/g`,
    ])
      expect((await ask(`GET ${path}`)).status, path).toBe(404)
    const text = { type: 'string', minLength: 1 }
    expect(
      api['~registration'].compiled.endpoints[0]?.route.parameters.map(({ name, converter }) => [
        name,
        converter.schema,
      ]),
    ).toEqual([
      ['a', text],
      ['b', { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }],
      ['c', { type: 'number', minimum: 0 }],
      ['d', { type: 'string', format: 'uuid' }],
      ['e', { type: 'string', enum: ['x', 'y'] }],
      ['f', text],
      ['g', text],
    ])
  })

  it('SMO-189 SMO-190 can be added, with or without a schema; unknown ones are rejected', async () => {
    const { api, ask } = await testApp(
      (api) => {
        api.converter('hex', {
          parse: (text) => Number.parseInt(text, 16) || undefined,
          schema: { type: 'integer' },
        })
        api.converter('word', { parse: (text) => text.toUpperCase() })
        api.get('/<hex:n>/<word:w>', ({ params }) => params)
      },
      { polka },
    )
    expect((await ask('GET /ff/a')).text).toBe('{"n":255,"w":"A"}')
    expect((await ask('GET /zz/a')).status).toBe(404)
    expect(
      api['~registration'].compiled.endpoints[0]?.route.parameters.map(({ converter }) => converter.schema),
    ).toEqual([{ type: 'integer' }, undefined])
    expect(() => new Blueprint('x').get('/<none:x>', () => 1).endpoints).toThrow(/unknown converter 'none'/)
  })

  it('of a blueprint hold for those nested in it, and may replace those that every blueprint has', async () => {
    const inner = new Blueprint('inner').get('/<int:n>', { name: 'show' }, ({ params }) => params)
    const { ask } = await testApp(
      (api) => {
        api.converter('int', { parse: (text) => `${text}!` })
        api.converter('word', { parse: (text) => text.toUpperCase(), format: String })
        inner.register(api, { prefix: '/<word:w>' })
      },
      { polka },
    )
    expect((await ask('GET /a/7')).text).toBe('{"w":"A","n":"7!"}')
    expect(inner.endpoints.map(({ name }) => name)).toEqual(['show'])
    expect(inner.urlFor('show', { w: 'a', n: 7 })).toBe('/a/7')
  })
})
