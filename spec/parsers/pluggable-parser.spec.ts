import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  BadRequest,
  contentParser,
  type ParseContext,
  type ParseFunction,
  PluggableParser,
  RestBlueprint,
} from '../../lib/index.ts'
import { parserApp } from '../support/parser-app.ts'

const named =
  (name: string): ParseFunction =>
  async (content) =>
    `${name}: ${await content.text()}`

describe('PluggableParser', () => {
  it('accepts functions, as a call or a decorator; the last one wins', async () => {
    const { api, post } = await parserApp('text/x-mine', { parser: named('old') })
    const decorated = named('first')
    expect(api.contentParser.parses('text/x-mine')(decorated)).toBe(decorated)
    expect((await post('a')).body).toBe('first: a')
    expect(api.contentParser.parses('text/x-mine', named('second'))).toBe(api.contentParser)
    expect((await post('a')).body).toBe('second: a')
  })

  it('accepts objects with a parse method, and keeps its this', async () => {
    class Counter {
      count = 0
      parse(): number {
        return ++this.count
      }
    }
    const { post } = await parserApp('text/x-mine', { parser: new Counter() })
    await post('a')
    expect(await post('a')).toEqual({ status: 200, body: 2 })
  })

  it('calls parseText in place of parse, on the parser, and waits for its promise', async () => {
    class Marker {
      mark = '!'
      parse(): never {
        throw new Error('never called')
      }
      async parseText(text: string): Promise<string> {
        return text + this.mark
      }
    }
    const { post } = await parserApp('text/x-mine', { parser: new Marker() })
    expect(await post('a')).toEqual({ status: 200, body: 'a!' })
  })

  it('looks up the type with its parameters, the type, JSON for +json, a range, */*', async () => {
    const { api, fetch } = await parserApp('text/x-mine', { parser: named('old') })
    api.contentParser = new PluggableParser()
      .parses('*/*', named('any'))
      .parses('text/*', named('text'))
      .parses('application/json', named('json'))
      .parses('application/x; v=2', named('v2'))
      .parses('application/x', named('v1'))
    api.incoming.setMimetypes(['text/csv', 'application/a+json', 'application/x', 'image/png'])
    const bodyOf = async (type: string) => {
      const answer = await fetch('/', { method: 'POST', body: 'a', headers: { 'content-type': type } })
      return ((await answer.json()) as { body: string }).body
    }
    expect(await bodyOf('text/csv; charset=utf-8')).toBe('text: a')
    expect(await bodyOf('application/a+json')).toBe('json: a')
    expect(await bodyOf('application/x')).toBe('v1: a')
    expect(await bodyOf('IMAGE/png')).toBe('any: a')
    expect(api.contentParser.types).toEqual([
      '*/*',
      'text/*',
      'application/json',
      'application/x; v=2',
      'application/x',
    ])
    expect(api.contentParser.has('application/x; v=2')).toBe(true)
  })

  it('passes the request to the parser', async () => {
    let received: ParseContext | undefined
    const { api, post } = await parserApp('text/x-mine', {
      parser: (content, context) => {
        received = context
        return content.text()
      },
    })
    await post('a', { 'content-type': 'Text/X-Mine; Version="a\\"b"' })
    expect(received).toMatchObject({ contentType: 'text/x-mine', parameters: { version: 'a"b' } })
    expect([received?.request.method, received?.endpoint]).toEqual(['POST', api.endpoints[0]])
  })

  it('sends the HttpException of a parser, and a 500 for other errors', async () => {
    const { post, logger } = await parserApp('text/x-mine', {
      parser: async (content) => {
        if ((await content.text()) === 'bad') throw new BadRequest('This is no x-mine')
        throw new Error('secret')
      },
    })
    expect(await post('bad')).toEqual({ status: 400, detail: 'This is no x-mine' })
    expect(await post('worse')).toEqual({ status: 500, detail: undefined })
    expect(logger.lines).toEqual([['POST / failed: secret', new Error('secret')]])
  })

  it('answers malformed content with 400, whose detail does not repeat it', async () => {
    const parsers: Record<string, ParseFunction> = {
      json: async (content) => (await content.text()).split('\n').map((line) => JSON.parse(line)),
      uri: async (content) => decodeURIComponent(await content.text()),
      latin: async (content) => new TextDecoder('utf-8', { fatal: true }).decode(await content.bytes()),
      returned: () => new SyntaxError('malformed'),
    }
    for (const [name, parser] of Object.entries(parsers)) {
      const { post, logger } = await parserApp(`text/x-${name}`, { parser })
      const content = name === 'latin' ? new Uint8Array([0xff]) : '%7"'
      expect(await post(content), name).toEqual({
        status: 400,
        detail: `The content is not valid text/x-${name}`,
      })
      expect(logger.lines).toEqual([])
    }
    const parseText = (text: string) => JSON.parse(text)
    const { post } = await parserApp('text/x-mine', { parser: { parse: parseText as never, parseText } })
    expect(await post('{bad')).toMatchObject({ status: 400 })
  })

  it('leaves the mistakes of a parser a 500, and an error its own status', async () => {
    const other = async (error: Error) => {
      const { post } = await parserApp('text/x-mine', { parser: () => Promise.reject(error) })
      return (await post('a')).status
    }
    expect(await other(new TypeError('undefined is not a function'))).toBe(500)
    expect(await other(Object.assign(new SyntaxError('too deep'), { status: 422 }))).toBe(422)
  })

  it('answers 400 where a generator throws while the handler reads it', async () => {
    const asynchronous: ParseFunction = async function* (content) {
      for (const line of (await content.text()).split('\n')) yield JSON.parse(line)
    } as ParseFunction
    const synchronous: ParseFunction = async (content) => {
      const lines = (await content.text()).split('\n')
      return (function* () {
        for (const line of lines) yield JSON.parse(line)
      })()
    }
    for (const parser of [asynchronous, synchronous]) {
      const { fetch } = await parserApp('application/x-ndjson', {
        parser,
        declare: (api) =>
          api.post('/rows', async ({ body }) => {
            const rows: unknown[] = []
            for await (const row of body as AsyncIterable<unknown>) rows.push(row)
            return rows
          }),
      })
      const send = async (body: string) => {
        const headers = { 'content-type': 'application/x-ndjson' }
        const { status } = await fetch('/rows', { method: 'POST', headers, body })
        return status
      }
      expect(await send('{"i":1}\n{"i":2}')).toBe(200)
      expect(await send('{"i":1}\n{bad')).toBe(400)
    }
  })

  it('names the mistake where a schema of the body refuses a stream', async () => {
    const { fetch, logger } = await parserApp('application/x-ndjson', {
      parser: async function* () {
        yield 1
      } as ParseFunction,
      declare: (api) => api.post('/rows', { body: z.array(z.int()) }, () => 'never'),
    })
    const headers = { 'content-type': 'application/x-ndjson' }
    const { status } = await fetch('/rows', { method: 'POST', headers, body: '1' })
    expect(status).toBe(500)
    expect(String(logger.lines)).toContain("leave out 'body', and validate each value")
  })

  it('wraps a parser of another kind for all types', async () => {
    const { api, post } = await parserApp('text/x-mine', { parser: named('old') })
    api.contentParser = PluggableParser.of(named('all'))
    expect((await post('a')).body).toBe('all: a')
    expect(PluggableParser.of(api.contentParser)).toBe(api.contentParser)
  })

  it('is copied by each blueprint: registrations do not affect others', () => {
    const [one, other] = [new RestBlueprint('one'), new RestBlueprint('other')]
    one.contentParser.parses('text/x-mine', named('one'))
    expect(one.contentParser.has('text/x-mine')).toBe(true)
    expect(other.contentParser.has('text/x-mine')).toBe(false)
    expect(contentParser.has('text/x-mine')).toBe(false)
    expect(contentParser.types).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
    ])
    class Mine extends PluggableParser {}
    expect(new Mine().parses('a/b', named('mine')).copy()).toBeInstanceOf(Mine)
  })

  it('rejects invalid arguments with a TypeError that names the value', () => {
    const parser = new PluggableParser()
    expect(() => parser.parses('csv', named('x'))).toThrow(
      new TypeError('"csv" is not a media type such as \'text/csv\''),
    )
    for (const nonsense of [7, 'text', {}, { parse: 'text' }, [], Symbol('x'), Object.create(null)]) {
      expect(() => parser.parses('text/csv', nonsense as never)).toThrow(TypeError)
    }
    expect(() => parser.parses('text/csv', 7 as never)).toThrow(
      'A parser is a function or has a parse method, not 7',
    )
    expect(() => parser.registerParser('text/csv', null as never)).toThrow(TypeError)
  })

  it('without a parser for a type of an endpoint is a TypeError at registration', () => {
    const api = new RestBlueprint('api')
    api.post('/x', { name: 'x', incoming: ['text/csv'] }, () => 1)
    expect(() => api.register({ use() {} })).toThrow(
      new TypeError(
        "The endpoint 'x' accepts text/csv, which the content parser cannot parse: contentParser.parses('text/csv', …)",
      ),
    )
    const context = { contentType: 'text/csv' } as ParseContext
    expect(() => new PluggableParser().parse({} as never, context)).toThrow(
      new TypeError("No parser is registered for 'text/csv'"),
    )
  })
})
