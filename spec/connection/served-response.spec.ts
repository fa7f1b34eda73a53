/** Fields that are kept in a list: code that looks at them, or changes them, sees no difference to those of Node. */
import { createServer, ServerResponse as NodeResponse, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { servedClasses } from '../../lib/app/app-server.ts'
import { addVary, beforeHead, presetFields, ServedResponse } from '../../lib/connection/served-response.ts'
import { writeHeadAlone, writeWhole } from '../../lib/connection/write-whole.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: the forms that Node takes and does not declare
type Any = any
type Use = (response: Any) => unknown

/** What is called on a response that has `x-a: 1`, `x-b: 2` and `x-c: 3, 4`. */
const USES: Readonly<Record<string, Use>> = {
  nothing: () => undefined,
  getHeader: (response) => ['x-a', 'X-A', 'x-c', 'x-none'].map((name) => response.getHeader(name)),
  'getHeader without a name': (response) => response.getHeader(1),
  hasHeader: (response) => ['x-a', 'X-B', 'x-none'].map((name) => response.hasHeader(name)),
  'hasHeader without a name': (response) => response.hasHeader(),
  getHeaders: (response) => [response.getHeaders(), Object.getPrototypeOf(response.getHeaders())],
  getHeaderNames: (response) => response.getHeaderNames(),
  getRawHeaderNames: (response) => response.getRawHeaderNames(),
  'the fields after one was set': (response) =>
    response.setHeader('X-D', '5') && response.getRawHeaderNames(),
  'setHeader of a field that is there': (response) => response.setHeader('X-A', '9').getHeader('x-a'),
  'setHeader with a wrong value': (response) => response.setHeader('x-a', undefined),
  appendHeader: (response) => response.appendHeader('X-A', ['2', '3']).getHeader('x-a'),
  setHeaders: (response) => response.setHeaders(new Map([['x-b', '8']])).getHeaders(),
  removeHeader: (response) => [response.removeHeader('X-A'), response.hasHeader('x-a')],
  'removeHeader of all': (response) => {
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    return response.getHeaderNames()
  },
  'removeHeader of Date': (response) => response.removeHeader('date'),
  'writeHead with a record': (response) => response.writeHead(201, { 'X-A': '9', 'x-d': ['5', '6'] }) && 0,
  'writeHead with a reason': (response) => response.writeHead(202, 'Fine', { 'x-d': '5' }) && 0,
  'writeHead with names and values': (response) => response.writeHead(203, ['X-A', '9', 'x-d', '5']) && 0,
  'writeHead with a wrong value': (response) => response.writeHead(200, { 'x-d': 'a\nb' }),
  'writeHead with a wrong status': (response) => response.writeHead(99),
  'writeHead twice': (response) => response.writeHead(200).writeHead(201),
  flushHeaders: (response) => [response.flushHeaders(), response.headersSent],
  write: (response) => [response.write('first '), response.getHeader('x-a'), response.getHeaderNames()],
  'setHeader after the head': (response) => [response.write('first '), response.setHeader('x-a', '9')],
  'removeHeader after the head': (response) => [response.write('first '), response.removeHeader('x-a')],
  'setHeader of a Proxy': (response) => new Proxy(response, {}).setHeader('x-d', '5') && 0,
}

const replacePrototype: Use = (response) => {
  Object.setPrototypeOf(response, Object.create(NodeResponse.prototype))
}

const replaceSetHeader: Use = (response) => {
  const { setHeader } = response
  response.setHeader = (name: string, value: unknown) =>
    setHeader.call(response, name, name === 'content-type' ? `${value}; own` : value)
}

/** As `on-headers` does, which many middlewares use. */
const replaceWriteHead: Use = (response) => {
  const { writeHead } = response
  response.writeHead = (...all: unknown[]) => {
    response.setHeader('x-seen', response.getHeaderNames().sort().join(' '))
    response.removeHeader('x-b')
    return writeHead.apply(response, all)
  }
}

/** Does something with a response; its result, or the code of the error. */
function outcomeOf(use: Use, response: ServerResponse): unknown {
  try {
    const result = use(response)
    return result === response ? 'itself' : result
  } catch (error) {
    return (error as Any).code
  }
}

/** The fields of a message, sorted: neither their case nor their order means anything. */
function read(text: string): unknown {
  const [head = '', content] = text.split('\r\n\r\n')
  const [line, ...fields] = head.split('\r\n')
  const compared = fields.map((field) => field.replace(/^[^:]+/, (name) => name.toLowerCase())).sort()
  return { line, fields: compared.map((field) => field.replace(/^date: .*/, 'date')), content }
}

type Server = (
  listener: (request: unknown, response: ServerResponse) => void,
) => ReturnType<typeof createServer>

const servers: readonly Server[] = [createServer, (listener) => createServer(servedClasses, listener)]

describe('fields that are kept in a list', () => {
  const replaced = { replacePrototype, replaceSetHeader, replaceWriteHead }

  it.each(Object.entries({ ...USES, ...replaced }))('are those of Node for %s', async (_name, use) => {
    const seen: unknown[] = []
    const sent: unknown[] = []
    for (const server of servers) {
      const { raw } = await serve(
        server((_request, response) => {
          presetFields(response, ['x-a', '1', 'x-b', '2'])
          presetFields(response, ['x-c', ['3', '4']])
          seen.push([outcomeOf(use, response)])
          response.end('end')
        }),
      )
      sent.push(read(await raw('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')))
    }
    expect(seen[1]).toEqual(seen[0])
    expect(sent[1]).toEqual(sent[0])
  })

  const before: Readonly<Record<string, Use>> = {
    nothing: () => undefined,
    'a field that Node has': (response) => response.setHeader('x-d', '5'),
    'a field that is there': (response) => presetFields(response, ['x-a', '2']),
    'a field in ISO-8859-1': (response) => presetFields(response, ['x-d', '\u00e9']),
    'a field with the name of a member': (response) => presetFields(response, ['constructor', '1']),
    ...replaced,
  }

  it.each(Object.entries(before))(
    'are written with those of a whole response, after %s',
    async (_name, use) => {
      const sent: Any[] = []
      const later: Any[] = []
      for (const server of servers) {
        const { raw } = await serve(
          server((_request, response) => {
            response.once('finish', () => later.push(response.getHeaders()))
            presetFields(response, ['x-a', '1', 'vary', 'X-Own'])
            use(response)
            addVary(response, 'Origin')
            addVary(response, 'Origin')
            writeWhole(response, 200, { 'content-type': 'text/plain', 'x-b': 'Jos\u00e9' }, 'Krak\u00f3w', 7)
          }),
        )
        sent.push(read(await raw('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')))
      }
      expect(sent[1]).toEqual(sent[0])
      expect(sent[1].fields).toEqual(expect.arrayContaining(['vary: X-Own, Origin', 'content-length: 7']))
      expect({ ...later[1], 'content-length': 7 }).toEqual({ ...later[0] })
      expect(Number(later[1]['content-length'])).toBe(7)
    },
  )

  it.each(Object.entries(replaced))('are set at once after %s', async (_name, use) => {
    const sent: Any[] = []
    for (const server of servers) {
      const { raw } = await serve(
        server((_request, response) => {
          use(response)
          presetFields(response, ['x-a', '1', 'x-b', '2'])
          addVary(response, 'Origin')
          writeWhole(response, 200, { 'content-type': 'text/plain', vary: 'Accept' }, 'text', 4)
        }),
      )
      sent.push(read(await raw('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')))
    }
    expect(sent[1]).toEqual(sent[0])
    expect(sent[1].fields.join()).toMatch(/vary: Accept, Origin/)
  })

  it('are kept, without Node having any, until the head is written', async () => {
    const { ask } = await serve(
      createServer(servedClasses, (_request, response) => {
        presetFields(response, ['x-a', '0', 'x-c', '3'])
        presetFields(response, ['x-a', '1'])
        const { setHeader } = ServedResponse.prototype
        const { getHeader } = Object.getPrototypeOf(ServedResponse.prototype)
        const before = getHeader.call(response, 'x-a')
        setHeader.call(response, 'x-b', '2')
        response.end(JSON.stringify([before ?? 'none', getHeader.call(response, 'x-a')]))
      }),
    )
    expect((await ask('/')).json).toEqual(['none', '1'])
  })
})

describe('a field that is added to Vary', () => {
  const forms: Readonly<Record<string, Use>> = {
    nothing: () => undefined,
    setHeader: (response) => response.setHeader('Vary', 'Accept'),
    'setHeader with *': (response) => response.setHeader('Vary', '*'),
    'a record of writeHead': (response) => response.writeHead(200, { Vary: 'Accept' }),
    'names and values of writeHead': (response) => response.writeHead(200, ['Vary', 'Accept']),
    'a writeHead that is replaced': (response) => {
      const { writeHead } = response
      response.writeHead = (...all: unknown[]) => {
        response.setHeader('vary', 'Accept')
        return writeHead.apply(response, all)
      }
    },
    'a head that fails': (response) => {
      expect(() => response.writeHead(200, { 'x-a': 'a\nb' })).toThrow()
      response.setHeader('vary', 'Accept')
    },
  }

  it.each(Object.entries(forms))('is in it after %s', async (name, use) => {
    for (const server of servers) {
      const { ask } = await serve(
        server((_request, response) => {
          addVary(response, 'Origin')
          use(response)
          response.end('end')
        }),
      )
      const expected = name === 'nothing' ? 'Origin' : name.includes('*') ? '*' : 'Accept, Origin'
      expect((await ask('/')).headers.get('vary')).toBe(expected)
    }
  })
})

describe('what is called before the head', () => {
  const fields = { 'content-type': 'text/plain', 'x-own': '1' }
  const writers: Readonly<Record<string, Use>> = {
    'a whole response': (response) => writeWhole(response, 201, fields, 'text', 4),
    'a response without content': (response) => writeHeadAlone(response, 201, fields, '0'),
    'a record of writeHead': (response) => response.writeHead(201, fields).end('text'),
    end: (response) => Object.assign(response, { statusCode: 201 }).setHeader('x-own', '1').end('text'),
    'a whole response after one that fails': (response) => {
      expect(() => writeWhole(response, 500, { ...fields, 'x-bad': 'a\nb' }, 'text', 4)).toThrow()
      response.removeHeader('x-bad')
      response.statusMessage = ''
      writeWhole(response, 201, fields, 'text', 4)
    },
    'a whole response, by a writeHead that is replaced later': (response) => {
      replaceWriteHead(response)
      writeWhole(response, 201, fields, 'text', 4)
    },
    'a whole response, with a setHeader that is replaced later': (response) => {
      replaceSetHeader(response)
      writeWhole(response, 201, fields, 'text', 4)
    },
  }

  it.each(Object.entries(writers))('reads and sets all fields of %s', async (_name, write) => {
    const seen: unknown[][] = []
    const sent: Any[] = []
    for (const server of servers) {
      const { raw } = await serve(
        server((_request, response) => {
          presetFields(response, ['x-a', '1', 'set-cookie', 'a=1'])
          const calls: unknown[] = []
          beforeHead(response, (_response, status) => {
            calls.push(status, response.getHeader('x-own'), response.getHeader('X-A'))
            const cookies = [response.getHeader('set-cookie') ?? []].flat().map(String)
            if (cookies.length < 2) presetFields(response, ['set-cookie', [...cookies, 'b=2']])
          })
          beforeHead(response, () => presetFields(response, ['x-a', '2']))
          addVary(response, 'Origin')
          write(response)
          seen.push(calls)
        }),
      )
      sent.push(read(await raw('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')))
    }
    expect(sent[1]).toEqual(sent[0])
    expect(sent[1].fields).toEqual(
      expect.arrayContaining(['set-cookie: a=1', 'set-cookie: b=2', 'x-a: 2', 'x-own: 1', 'vary: Origin']),
    )
    for (const calls of seen) expect(calls.slice(-3, -1)).toEqual([201, '1'])
  })
})
