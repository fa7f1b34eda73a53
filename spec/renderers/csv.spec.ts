/** CSV, as a spreadsheet or any reader of RFC 4180 reads it. */
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { type CsvOptions, csv } from '../../lib/renderers/csv.ts'
import type { JsonSchema, RenderContext } from '../../lib/renderers/renderer.ts'

async function render(data: unknown, options?: CsvOptions, schema?: JsonSchema): Promise<string> {
  const rendered = await csv(options)(data, { schema } as unknown as RenderContext)
  if (typeof rendered === 'string') return rendered
  let text = ''
  for await (const chunk of rendered as AsyncIterable<string>) text += chunk
  return text
}

async function* over<T>(rows: Iterable<T>): AsyncGenerator<T> {
  yield* rows
}

/** A reader of RFC 4180 §2, strict. */
function read(text: string): string[][] {
  const records: string[][] = []
  let [record, at]: [string[], number] = [[], 0]
  while (at < text.length) {
    let field = ''
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (at >= text.length) throw new Error('A quoted field does not end')
        field += text[at]
        if (text[at] === '"') at++
      }
      at++
    } else {
      for (; at < text.length && !',\r\n"'.includes(text[at] as string); at++) field += text[at]
    }
    record.push(field)
    if (text[at] === ',') at++
    else if (text.startsWith('\r\n', at)) {
      at += 2
      records.push(record)
      record = []
    } else throw new Error(`Unexpected ${JSON.stringify(text[at])} at ${at}`)
    if (text[at - 1] === ',' && text.startsWith('\r\n', at)) continue
  }
  return records
}

describe('the columns', () => {
  it.each<[string, JsonSchema]>([
    ['allOf', { properties: { id: {} }, allOf: [{ properties: { name: {} } }] }],
    ['alternatives', { anyOf: [{ properties: { id: {} } }, { properties: { name: {} } }] }],
    [
      'a reference beside members',
      { properties: { id: {} }, $ref: '#/$defs/N', $defs: { N: { properties: { name: {} } } } },
    ],
    ['patterns', { properties: { id: {} }, patternProperties: { '^n': {} } }],
    ['other members', { properties: { id: {} }, unevaluatedProperties: true }],
    ['an alternative that takes anything', { anyOf: [{ properties: { id: {} } }, {}] }],
  ])('of a schema with %s are all that rows may have', async (_what, row) => {
    const data = [{ id: 1, name: 'x' }]
    for (const schema of [row, { ...row, $defs: row.$defs, type: 'object' }])
      expect(await render(data, {}, schema)).toBe('id,name\r\n1,x\r\n')
    if (!row.$defs) expect(await render(data, {}, { type: 'array', items: row })).toBe('id,name\r\n1,x\r\n')
  })

  it('are those of nested objects too, with flatten', async () => {
    const at = new Date(0)
    const rows = [
      { id: 1, home: { city: 'x', geo: { lat: 1 } }, tags: ['a'], at },
      { id: 2, home: null, more: { b: { toJSON: () => ({ c: 3 }) } } },
    ]
    const lines = [
      'id,home.city,home.geo.lat,tags,at,home,more.b.c',
      '1,x,1,"[""a""]",1970-01-01T00:00:00.000Z,,',
      '2,,,,,,3',
      '',
    ]
    expect(await render(rows, { flatten: true })).toBe(lines.join('\r\n'))
    expect(await render(over(rows), { flatten: true })).toBe(lines.join('\r\n'))
    const columns = ['home.city', { key: 'id', header: 'Id' }]
    expect(await render(rows, { flatten: true, columns })).toBe('home.city,Id\r\nx,1\r\n,2\r\n')
    const schema = { properties: { id: {}, home: { type: 'object', properties: { city: {} } } } }
    expect(await render([], { flatten: true }, schema)).toBe('id,home.city\r\n')
    expect(await render([{ home: { city: 'x' } }], {}, schema)).toBe('id,home\r\n,"{""city"":""x""}"\r\n')
  })
})

describe('csv', () => {
  it('names the columns in the first line and ends every line with CRLF (RFC 4180 §2.1)', async () => {
    expect(
      await render([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bo' },
      ]),
    ).toBe('id,name\r\n1,Ada\r\n2,Bo\r\n')
  })

  it('writes dates as ISO 8601, booleans as true and false, bigints as digits, null as empty, nested values as JSON', async () => {
    const row = {
      date: new Date(0),
      never: new Date(Number.NaN),
      yes: true,
      no: false,
      big: 2n ** 64n,
      none: null,
      absent: undefined,
      list: [1, { a: 2n }],
      url: new URL('http://a/'),
      map: new Map([['a', 1]]),
    }
    const [names, fields] = read(await render([row]))
    expect(names).toEqual(Object.keys(row))
    expect(fields).toEqual([
      '1970-01-01T00:00:00.000Z',
      '',
      'true',
      'false',
      '18446744073709551616',
      '',
      '',
      '[1,{"a":"2"}]',
      'http://a/',
      '{"a":1}',
    ])
  })

  it('has a column for every key of every row, in the order of first occurrence', async () => {
    expect(await render([{ a: 1 }, { b: 2, a: 3 }])).toBe('a,b\r\n1,\r\n3,2\r\n')
    expect(await render(new Set([{ a: 1 }, { b: 2 }]))).toBe('a,b\r\n1,\r\n,2\r\n')
  })

  it('uses the columns of the option, with headings', async () => {
    const columns = ['b', { key: 'a', header: 'The A' }, 'missing']
    expect(await render([{ a: 1, b: 2, c: 3 }], { columns })).toBe('b,The A,missing\r\n2,1,\r\n')
    expect(await render([{ 'a.b': 1, a: { b: 2 } }], { columns: ['a.b'] })).toBe('a.b\r\n1\r\n')
  })

  it('uses the columns of the schema, so that an empty list has its header', async () => {
    const properties = { id: {}, name: {} }
    expect(await render([], {}, { type: 'array', items: { properties } })).toBe('id,name\r\n')
    expect(await render([{ name: 'x' }], {}, { properties })).toBe('id,name\r\n,x\r\n')
    const items = { $ref: '#/$defs/Row' }
    expect(await render(over([]), {}, { items, $defs: { Row: { properties } } })).toBe('id,name\r\n')
    const open = { items: { properties, additionalProperties: true } }
    expect(await render([{ more: 1 }], {}, open)).toBe('id,name,more\r\n,,1\r\n')
    expect(await render([], { columns: ['x'] })).toBe('x\r\n')
    expect(await render([])).toBe('')
  })

  it('streams asynchronous rows, with the columns of the first hundred', async () => {
    expect(await render(over([{ a: 1 }, { b: 2 }]))).toBe('a,b\r\n1,\r\n,2\r\n')
    expect(await render(ReadableStream.from([{ a: 1 }]))).toBe('a\r\n1\r\n')
  })

  it('fails at a new key after the header', async () => {
    const rows = Array.from({ length: 200 }, (_, index) =>
      index < 150 ? { a: index } : { a: index, late: 1 },
    )
    await expect(render(over(rows))).rejects.toThrow(/'late' appeared after the header/)
    expect(await render(rows)).toContain('a,late\r\n')
    expect(await render(over(rows), { columns: ['a'] })).toContain('199\r\n')
  })

  it('accepts arrays as rows', async () => {
    expect(await render([[1, 'a,b'], [2]])).toBe('1,"a,b"\r\n2\r\n')
    expect(await render([[1, 2, 3]], { columns: ['x', 'y'] })).toBe('x,y\r\n1,2\r\n')
    expect(await render(over([['a', 'b']]))).toBe('a,b\r\n')
  })

  it('writes an object as one row, and other values in a column named value', async () => {
    expect(await render({ a: 1 })).toBe('a\r\n1\r\n')
    expect(await render('text')).toBe('value\r\ntext\r\n')
    expect(await render([1, 2])).toBe('value\r\n1\r\n2\r\n')
    expect(await render([{ a: 1 }, null, 5])).toBe('a,value\r\n1,\r\n,\r\n,5\r\n')
    expect(await render(null)).toBe('value\r\n""\r\n')
    expect(await render(new Map([['a', 1]]))).toBe('a\r\n1\r\n')
  })

  it('writes an error as a row of its problem document, without its cause', async () => {
    const error = new NotFound('No such reading', { cause: new Error('secret') })
    expect(await render(error)).toBe(
      'type,title,status,detail\r\nabout:blank,Not Found,404,No such reading\r\n',
    )
  })

  it('quotes fields with quotes, commas and line breaks of any kind (RFC 4180 §2.6, §2.7)', async () => {
    expect(await render([['"', ',', '\r', '\n', '\r\n', ' plain ']], { header: false })).toBe(
      '"""",",","\r","\n","\r\n", plain \r\n',
    )
  })

  it('has options for no header and for a byte order mark', async () => {
    expect(await render([{ a: 1 }], { header: false })).toBe('1\r\n')
    expect(await render([{ a: 'ł' }], { bom: true })).toBe('\uFEFFa\r\nł\r\n')
  })

  it('ends with the number of rows, where a client wants proof that it has all', async () => {
    expect(await render([{ a: 1 }, { a: 2 }], { end: true })).toBe('a\r\n1\r\n2\r\n# end of 2 rows\r\n')
    expect(await render(over([{ a: 1 }]), { end: true })).toBe('a\r\n1\r\n# end of 1 rows\r\n')
    expect(await render([], { end: true, columns: ['a'] })).toBe('a\r\n# end of 0 rows\r\n')
    expect(() => csv({ end: 1 as never })).toThrow(/csv cannot have end: 1; use true or false/)
  })

  it('accepts other delimiters, and rejects invalid ones', async () => {
    expect(await render([{ a: '1;2', b: '1,2' }], { delimiter: ';' })).toBe('a;b\r\n"1;2";1,2\r\n')
    expect(() => csv({ delimiter: '"' as never })).toThrow(TypeError)
  })

  it('escapes formulas by option, but not negative numbers', async () => {
    const rows = [{ text: '=1+1', number: -5, decimal: '-5.50', dash: '-5+1', at: '@x' }]
    expect(await render(rows, { escapeFormulas: true })).toBe(
      "text,number,decimal,dash,at\r\n'=1+1,-5,-5.50,'-5+1,'@x\r\n",
    )
    expect(await render(rows)).toBe('text,number,decimal,dash,at\r\n=1+1,-5,-5.50,-5+1,@x\r\n')
    expect(await render([{ a: '-5.50' }, { a: '-' }], { escapeFormulas: true })).toBe("a\r\n-5.50\r\n'-\r\n")
  })

  const field = fc.oneof(
    fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '|', '\t', '\r', '\n', ' ', '=', '-', '@', 'ł', '＝'),
    }),
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
  )
  const textOf = (value: unknown) => (value === null ? '' : String(Object.is(value, -0) ? 0 : value))

  it('is parsed to the same fields, for any content', async () => {
    const tables = fc.array(fc.record({ a: field, b: field, c: field }, { noNullPrototype: true }), {
      minLength: 1,
    })
    await fc.assert(
      fc.asyncProperty(tables, fc.boolean(), async (rows, isStream) => {
        const records = read(await render(isStream ? over(rows) : rows))
        expect(records).toEqual([['a', 'b', 'c'], ...rows.map(({ a, b, c }) => [a, b, c].map(textOf))])
      }),
      { numRuns: 300 },
    )
  })

  it('is byte for byte the output of csv-stringify', async () => {
    const tables = fc.array(fc.tuple(field, field, field), { minLength: 1 })
    const delimiters = fc.constantFrom<NonNullable<CsvOptions['delimiter']>>(',', ';', '\t', '|')
    await fc.assert(
      fc.asyncProperty(tables, delimiters, fc.boolean(), async (rows, delimiter, escapeFormulas) => {
        const theirs = stringify(rows, {
          delimiter,
          escape_formulas: escapeFormulas,
          record_delimiter: '\r\n',
          quote_record_delimiter: true,
          cast: { boolean: String },
        })
        expect(await render(rows, { delimiter, escapeFormulas })).toBe(theirs)
      }),
      { numRuns: 500 },
    )
  })
})
