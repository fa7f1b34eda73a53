import { describe, expect, it } from 'vitest'
import { parserApp } from '../support/parser-app.ts'

const TEXT = 'text/plain'

describe('content of a part', () => {
  it('is a 400 in a PUT, which would replace the whole by it (RFC 9110 §14.5)', async () => {
    const { ask } = await parserApp(TEXT, { declare: (api) => api.put('/', ({ body }) => ({ body })) })
    const fields = { 'content-type': TEXT, 'content-range': 'bytes 0-2/19' }
    const { status, json } = await ask('PUT /', fields, 'THE')
    expect([status, json.detail]).toEqual([
      400,
      'Content-Range is not supported: a PUT has the whole content',
    ])
    expect((await ask('POST /', fields, 'THE')).status).toBe(200) // it has no meaning there
  })
})

describe('text', () => {
  it.each([
    ['nothing, which is UTF-8', '', Buffer.from('Kraków')],
    ['utf-8', '; charset=utf-8', Buffer.from('Kraków')],
    ['UTF8, in quotes', '; format=flowed; Charset="UTF8"', Buffer.from('Kraków')],
    ['iso-8859-1', '; charset=iso-8859-1', Buffer.from('Kraków', 'latin1')],
    ['latin1', '; charset=latin1', Buffer.from('Kraków', 'latin1')],
    ['windows-1250', '; charset=windows-1250', Buffer.from('Krak\xf3w', 'latin1')],
    ['utf-16le', '; charset=utf-16le', Buffer.from('Kraków', 'utf16le')],
    ['a byte order mark', '', Buffer.from('\ufeffKraków')],
    ['a byte order mark of UTF-16', '; charset=utf-16', Buffer.from('\ufeffKraków', 'utf16le')],
  ])('decodes the charset of the Content-Type: %s (RFC 9110 §8.3.2)', async (_name, parameters, bytes) => {
    const { post } = await parserApp(TEXT)
    expect(await post(bytes, { 'content-type': TEXT + parameters })).toEqual({ status: 200, body: 'Kraków' })
  })

  it.each(['klingon', '""', 'utf-7', '__proto__', 'x'.repeat(5000)])(
    'refuses the charset %s',
    async (charset) => {
      const { post } = await parserApp(TEXT)
      expect(await post('x', { 'content-type': `${TEXT}; charset=${charset}` })).toEqual({
        status: 415,
        detail: 'The charset is not supported',
      })
    },
  )

  it('rejects bytes that are invalid in the charset', async () => {
    const { post } = await parserApp(TEXT)
    expect((await post(Buffer.from([0xc3, 0x28]))).detail).toBe('The content is not UTF-8')
    const odd = await post(Buffer.from([0x00, 0xd8, 0x00]), { 'content-type': `${TEXT}; charset=utf-16le` })
    expect(odd).toEqual({ status: 400, detail: 'The content is not utf-16le' })
  })

  it('parses other text types that are listed and registered as text', async () => {
    const { post } = await parserApp('text/csv', { parser: (content) => content.text() })
    expect(await post('a,b\r\n', { 'content-type': 'text/csv; header=present' })).toEqual({
      status: 200,
      body: 'a,b\r\n',
    })
  })
})
