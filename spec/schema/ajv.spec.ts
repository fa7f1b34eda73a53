import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, vi } from 'vitest'
import { jsonSchema } from '../../lib/json-schema.ts'
import { isSchema } from '../../lib/schema/schema.ts'
import { validate } from '../../lib/schema/validate.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

const pathsOf = (schema: Parameters<typeof jsonSchema>[0], value: unknown) => {
  const validated = validate(jsonSchema(schema), value)
  return 'issues' in validated ? validated.issues.map(({ path }) => path) : []
}

describe('jsonSchema', () => {
  it('wraps a plain JSON Schema, and returns it as its description', () => {
    const plain = { type: 'string' }
    const schema = jsonSchema<string>(plain)
    expect(isSchema(schema)).toBe(true)
    expect(schema['~standard']).toMatchObject({ version: 1, vendor: 'mazurka' })
    expect(validate(schema, 'a')).toEqual({ value: 'a' })
    expect(validate(schema, 1)).toEqual({ issues: [{ path: [], detail: 'must be string' }] })
  })

  it('supports 2020-12 with recursion', () => {
    expect(pathsOf({ prefixItems: [{ type: 'string' }], items: false }, [1])).toEqual([[0]])
    const tree = { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } }
    expect(pathsOf(tree, { kids: [{ kids: [1] }] })).toEqual([['kids', 0, 'kids', 0]])
  })

  it('includes the name of a missing or unexpected member in the path', () => {
    expect(pathsOf({ required: ['a/b~'] }, {})).toEqual([['a/b~']])
    expect(pathsOf({ items: { additionalProperties: false } }, [{ 'x/y': 1 }])).toEqual([[0, 'x/y']])
    expect(pathsOf({ unevaluatedProperties: false }, { x: 1 })).toEqual([['x']])
    expect(pathsOf({ properties: { 'a/b~c': { type: 'string' } } }, { 'a/b~c': 1 })).toEqual([['a/b~c']])
    expect(pathsOf({ properties: { 0: { type: 'string' } } }, { 0: 1 })).toEqual([['0']])
  })

  describe('of large content', () => {
    const NODE = {
      type: 'object',
      properties: { children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
    }
    const REFERENCE = { $ref: '#/$defs/Node' }

    it.each([
      ['items', { items: REFERENCE }, (n: number) => Array(n).fill(0), [0]],
      ['types', { items: { type: 'string' } }, (n: number) => Array(n).fill(0), [0]],
      ['choices', { items: { anyOf: [REFERENCE, REFERENCE] } }, (n: number) => Array(n).fill(0), [0]],
      [
        'members',
        { additionalProperties: REFERENCE },
        (n: number) => Object.fromEntries(Array.from({ length: n }, (_, index) => [`a${index}`, 0])),
        ['a0'],
      ],
    ])('reports the first error of %s alone', (_, schema, make, path) => {
      const wrapped = jsonSchema({ ...schema, $defs: { Node: NODE } })
      const pathsFor = (n: number) =>
        wrapped['~standard'].validate(make(n)) as unknown as { issues: { path: unknown }[] }
      expect(pathsFor(500_000).issues.map((issue) => issue.path)[0]).toEqual(path)
      expect(pathsFor(500_000).issues.length).toBeLessThan(10)
      expect(pathsFor(1000).issues.length).toBeGreaterThanOrEqual(1000)
    })

    it('takes time in proportion to the items that `contains` refuses', async () => {
      const schema = jsonSchema({ contains: REFERENCE, $defs: { Node: NODE } })
      const lists = new Map([2500, 20_000].map((n) => [n, Array(n).fill(0)]))
      const growth = await growthOf((n) => schema['~standard'].validate(lists.get(n)), 20_000)
      expect(growth).toBeLessThan(SUPERLINEAR)
    })

    it('refuses lists within lists, however long they are', () => {
      const schema = jsonSchema({
        contains: { $ref: '#/$defs/List' },
        $defs: { List: { anyOf: [{ contains: REFERENCE }, { type: 'string' }] }, Node: NODE },
      })
      const list = Array(200_000).fill(0)
      expect(schema['~standard'].validate([list, list])).toHaveProperty('issues')
    })

    it('leaves it to an Ajv of your own', () => {
      const ajv = new Ajv2020({ allErrors: true })
      const schema = jsonSchema({ items: { type: 'string' } }, { ajv })
      const result = schema['~standard'].validate(Array(20_000).fill(0))
      expect((result as { issues: unknown[] }).issues).toHaveLength(20_000)
    })
  })

  it('checks formats', () => {
    expect(pathsOf({ type: 'string', format: 'email' }, 'not-an-address')).toEqual([[]])
    expect(pathsOf({ type: 'string', format: 'email' }, 'a@b.example')).toEqual([])
  })

  it('takes no member that every object inherits for one of the content', () => {
    const members = { constructor: { type: 'string' }, toString: { type: 'number' } }
    for (const name of Object.keys(members)) {
      expect(pathsOf({ properties: members }, {}), name).toEqual([])
      expect(pathsOf({ properties: members, required: [name] }, {}), name).toEqual([[name]])
    }
    expect(pathsOf({ properties: members }, { constructor: 1, toString: 1 })).toEqual([['constructor']])
    expect(pathsOf({ required: ['__proto__'] }, {})).toEqual([['__proto__']])
    expect(pathsOf({ required: ['__proto__'] }, JSON.parse('{"__proto__":1}'))).toEqual([])
    expect(pathsOf({ $id: 'https://a.example/b', properties: members }, {})).toEqual([])
    expect(pathsOf({ $id: 'https://a.example/b', properties: members }, {})).toEqual([])
  })

  it('takes inherited getters of classes for members, whatever other texts of the schema say', () => {
    class User {
      get name() {
        return 'Anna'
      }
    }
    const texts = { description: 'constructor', examples: ['toString'], enum: ['constructor'] }
    const schema = { properties: { other: texts }, required: ['name'] }
    expect(pathsOf(schema, new User())).toEqual([])
  })

  it('refuses the default of a member that every object inherits, which Ajv would not fill in', () => {
    const schema = { items: { properties: { toString: { type: 'string', default: 'x' } } } }
    expect(() => jsonSchema(schema as never)).toThrow(
      new TypeError(
        "Invalid JSON Schema 2020-12: the default of 'toString', which every object inherits, cannot be filled in",
      ),
    )
  })

  it.each(['valueOf', 'toString'])('rejects content whose %s would be called to compare it', (name) => {
    const content = { list: [{ [name]: 1 }, { [name]: 1 }] }
    const schema = { properties: { list: { uniqueItems: true } } }
    expect(pathsOf(schema, content)).toEqual([['list', 0, name]])
    expect(pathsOf({ enum: [{ a: 1 }] }, { [name]: 1 })).toEqual([[name]])
    expect(pathsOf({ properties: { list: { type: 'array' } } }, content)).toEqual([])
    const own = new Ajv2020({ strict: false })
    own.addKeyword({
      keyword: 'broken',
      validate() {
        throw new Error('mine')
      },
    })
    expect(() => validate(jsonSchema({ broken: true }, { ajv: own }), 1)).toThrow('mine')
  })

  it('takes NaN and Infinity for no numbers, which JSON does not have', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const type of ['number', 'integer'])
        expect(pathsOf({ type }, value), `${type} ${value}`).toEqual([[]])
      expect(pathsOf({ minimum: 1 }, value), 'keywords of numbers apply to numbers alone').toEqual([])
    }
  })

  it('adds defaults to copies of instances, with their prototypes', () => {
    class Row {
      id: number
      constructor(id: number) {
        this.id = id
      }
      get double() {
        return this.id * 2
      }
    }
    const schema = jsonSchema({
      items: { properties: { kind: { default: 'cat' }, at: {} }, required: ['double'] },
    })
    const rows = [
      new Row(1),
      Object.freeze(new Row(2)),
      Object.assign(new Row(3), { at: new URL('http://a/') }),
    ]
    const before = JSON.stringify(rows)
    const { value } = schema['~standard'].validate(rows) as { value: (Row & { kind: string })[] }
    expect(value.map(({ kind, double }) => [kind, double])).toEqual([
      ['cat', 2],
      ['cat', 4],
      ['cat', 6],
    ])
    expect(JSON.stringify(value[2])).toBe('{"id":3,"at":"http://a/","kind":"cat"}')
    expect(JSON.stringify(rows)).toBe(before)
  })

  it('adds defaults to a copy, and coerces nothing', () => {
    const schema = jsonSchema({ properties: { list: { items: { properties: { n: { default: 1 } } } } } })
    const value = JSON.parse('{"list":[{},{"n":2}],"__proto__":{"x":1}}')
    const validated = validate(schema, value) as { value: object }
    expect(JSON.stringify(validated.value)).toBe('{"list":[{"n":1},{"n":2}],"__proto__":{"x":1}}')
    expect(value.list[0]).toEqual({})
    expect(pathsOf({ type: 'integer' }, '1')).toEqual([[]])
  })

  it('adds defaults to a copy of an object with toJSON, in its JSON form', () => {
    class Doc {
      id = 1
      #name = 'Ada'
      toJSON(): object {
        return { id: this.id, name: this.#name }
      }
    }
    const self = { id: 1, toJSON: (): unknown => self }
    const list = Object.assign([{}], { toJSON: () => [{ id: 2 }] })
    const schema = jsonSchema({
      items: { properties: { n: { default: 5 } }, items: { properties: { n: { default: 6 } } } },
    })
    const docs = [new Doc(), self, { id: 1, toJSON: 'x' }, list, new URL('http://a/'), Buffer.from('a')]
    const before = JSON.stringify(docs)
    expect(validate(schema, docs)).toEqual({
      value: [
        { id: 1, name: 'Ada', n: 5 },
        { id: 1, n: 5 },
        { id: 1, toJSON: 'x', n: 5 },
        [{ id: 2, n: 6 }],
        ...docs.slice(4),
      ],
    })
    expect([JSON.stringify(docs), 'n' in self, list[0]]).toEqual([before, false, {}])
  })

  it('accepts several schemas with one $id', () => {
    const schema = () => jsonSchema({ $id: 'https://example.org/user', type: 'string' })
    expect([schema(), schema()].map((each) => validate(each, 'a'))).toEqual([{ value: 'a' }, { value: 'a' }])
  })

  it('validates with a given Ajv', () => {
    const ajv = new Ajv2020({ removeAdditional: 'all', strict: false })
    ajv.addKeyword({ keyword: 'even', validate: (_: unknown, data: number) => data % 2 === 0 })
    expect(validate(jsonSchema({ even: true }, { ajv }), 3)).toMatchObject({ issues: [{ path: [] }] })
    const value = { a: 1, b: 1 }
    expect(validate(jsonSchema({ properties: { a: {} } }, { ajv }), value)).toEqual({ value: { a: 1 } })
    expect(value).toEqual({ a: 1, b: 1 })
  })

  it.each([{}, { $id: 'https://a.example/d' }])(
    'reports an unknown format at registration alone: %j',
    (id) => {
      const warn = vi.spyOn(console, 'warn').mockReturnValue()
      const schema = jsonSchema({ ...id, type: 'string', format: 'none' })
      expect(warn).toHaveBeenCalled()
      warn.mockClear()
      validate(schema, 1)
      expect(warn).not.toHaveBeenCalled()
      warn.mockRestore()
    },
  )

  it.each<[title: string, schema: never]>([
    ['an unknown type', { type: 'strin' } as never],
    ['an unknown type in a schema with an $id', { $id: 'https://a.example/c', type: 'strin' } as never],
    ['an unknown type beside an inherited name', { required: ['toString'], type: 'strin' } as never],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' } as never],
    ['a reference without a target', { $ref: '#/$defs/none' } as never],
    ['an asynchronous schema', { $async: true } as never],
    ['no object', 'string' as never],
    ['an array', [] as never],
  ])('rejects %s with a TypeError', (_, schema) => {
    expect(() => jsonSchema(schema)).toThrow(TypeError)
  })
})
