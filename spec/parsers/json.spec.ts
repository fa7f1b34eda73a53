import { describe, expect, it } from 'vitest'
import { json } from '../../lib/parsers.ts'
import { parserApp } from '../support/parser-app.ts'

const JSON_TYPE = 'application/json'

describe('json', () => {
  it.each<[string, unknown]>([
    ['{"a":[1,"ł",null,true]}', { a: [1, 'ł', null, true] }],
    [' null\r\n', null],
    ['"text"', 'text'],
    ['0', 0],
    ['false', false],
    ['[]', []],
    ['\ufeff{"a":1}', { a: 1 }],
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['"\\ud800"', '\ud800'],
    ['12345678901234567890', 12345678901234567000],
    ['-0.1e-7', -1e-8],
    ['{"constructor":"x"}', { constructor: 'x' }],
    ['{"constructor":null,"prototype":{}}', { constructor: null, prototype: {} }],
    ['["__proto__"]', ['__proto__']],
    ['{"a":"\\"__proto__\\":1"}', { a: '"__proto__":1' }],
  ])('parses %s', async (text, value) => {
    const { post } = await parserApp(JSON_TYPE)
    expect(await post(text)).toEqual({ status: 200, body: value })
  })

  it('ignores the charset parameter (RFC 8259 §11)', async () => {
    const { post } = await parserApp(JSON_TYPE)
    const fields = { 'content-type': 'Application/JSON; charset="iso-8859-1"' }
    expect(await post('{"a":"ł"}', fields)).toEqual({ status: 200, body: { a: 'ł' } })
  })

  it('reports the position of a syntax error without the content', async () => {
    const { post } = await parserApp(JSON_TYPE)
    for (const text of [
      '  ',
      '{"secret":}',
      "{'secret':1}",
      '{"secret":1}}',
      '[1,]',
      'NaN',
      '{"a":"\u0000"}',
    ]) {
      const { status, detail } = await post(ReadableStream.from([Buffer.from(text)]))
      expect(status).toBe(400)
      expect(detail).toMatch(/^The content is not JSON( from character \d+ on)?$/)
    }
    expect((await post(Buffer.from([0x22, 0xff, 0x22]))).detail).toBe('The content is not UTF-8')
    expect((await post('{"a":{"__proto__":1}}')).detail).toBe(
      'The JSON has a member that is not allowed: __proto__',
    )
    expect((await post('{"constructor":{"prototype":{"a":1}}}')).detail).toBe(
      'The JSON has a member that is not allowed: constructor.prototype',
    )
  })

  it('finds them at any place', async () => {
    const { post } = await parserApp(JSON_TYPE)
    const proto = 'The JSON has a member that is not allowed: __proto__'
    for (const text of [
      '{"\\u005f_proto__":1}',
      '[1,[{"a":[{"__proto__":{}}]}]]',
      '{"constructor":{"__proto__":1,"prototype":2}}',
    ])
      expect([text, (await post(text)).detail]).toEqual([text, proto])
  })

  it('rejects members that would change a prototype with any of their characters escaped', async () => {
    const { post } = await parserApp(JSON_TYPE)
    const escapesOf = (name: string) =>
      Array.from(name, (character, at) => {
        const code = character.charCodeAt(0).toString(16)
        return ['toLowerCase', 'toUpperCase'].map(
          (change) => `${name.slice(0, at)}\\u00${code[change as 'toLowerCase']()}${name.slice(at + 1)}`,
        )
      }).flat()
    for (const name of escapesOf('__proto__'))
      expect((await post(`[{"a":"ł"},{"${name}":1}]`)).detail).toMatch(/not allowed: __proto__$/)
    for (const name of escapesOf('constructor'))
      expect((await post(`[[{"a":{"${name}":{"prototype":1}}}]]`)).detail).toMatch(/constructor\.prototype$/)
    const harmless = String.raw`[{"\u0063onstructor":[],"\u005F_proto_":1,"\u00e9":"\u2028"}]`
    expect(await post(harmless)).toEqual({ status: 200, body: JSON.parse(harmless) })
  })

  it('treats a request without content as such, chunks without a byte too', async () => {
    const { post, raw } = await parserApp(JSON_TYPE)
    expect(await post('')).toEqual({ status: 200, body: undefined })
    const fields = `Content-Type: ${JSON_TYPE}\r\nTransfer-Encoding: chunked\r\nConnection: close`
    const answer = await raw(`POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n\r\n0\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 200 /)
  })

  it('accepts 100 levels and rejects 101', async () => {
    const { post } = await parserApp(JSON_TYPE)
    const nested = (levels: number) => '[{"a":'.repeat(levels / 2) + 1 + '}]'.repeat(levels / 2)
    expect((await post(nested(100))).status).toBe(200)
    const { status, detail } = await post(`[${nested(100)}]`)
    expect([status, detail]).toEqual([400, 'The JSON is nested deeper than 100 levels'])
    expect((await post(`[${'[],'.repeat(1000)}[]]`)).status).toBe(200)
  })

  it('ignores brackets in strings, with any escapes', async () => {
    const { post } = await parserApp(JSON_TYPE, { parser: json({ maxDepth: 2 }) })
    for (const value of ['[[[[', '"[[[[', '\\', '\\"[[[[\\\\', '{"a":{"b":{}}}', '\\\\"']) {
      expect(await post(JSON.stringify({ [value]: [value] }))).toEqual({
        status: 200,
        body: { [value]: [value] },
      })
      expect((await post(JSON.stringify({ [value]: [[value]] }))).status).toBe(400)
    }
  })

  it('parses +json types without a parser of their own', async () => {
    const { post } = await parserApp('application/vnd.temps+json')
    expect(await post('{"a":1}')).toEqual({ status: 200, body: { a: 1 } })
    const { post: postDeep } = await parserApp('application/merge-patch+json', {
      parser: json({ maxDepth: 1 }),
    })
    expect((await postDeep('[[]]')).status).toBe(400)
  })
})
