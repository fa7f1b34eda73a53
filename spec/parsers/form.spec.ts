import { describe, expect, it } from 'vitest'
import { form } from '../../lib/parsers.ts'
import { parserApp } from '../support/parser-app.ts'

const FORM = 'application/x-www-form-urlencoded'

describe('form', () => {
  it('parses values by name, and a list for a repeated name', async () => {
    const { post } = await parserApp(FORM)
    const fields = new URLSearchParams([
      ['city', 'Kraków & more'],
      ['tag', 'a=b'],
      ['tag', ''],
      ['tag', 'c'],
    ])
    expect(await post(fields)).toEqual({
      status: 200,
      body: { city: 'Kraków & more', tag: ['a=b', '', 'c'] },
    })
  })

  it('keeps invalid percent-encoding, and names of Object.prototype', async () => {
    const { post } = await parserApp(FORM)
    expect((await post('%=%zz&&toString=1&constructor=2&x')).body).toEqual({
      '%': '%zz',
      toString: '1',
      constructor: '2',
      x: '',
    })
  })

  it('rejects __proto__ in any spelling', async () => {
    const { post } = await parserApp(FORM)
    for (const text of ['__proto__=1', '__proto__', 'a=1&%5f_proto_%5F=1']) {
      expect(await post(text)).toEqual({ status: 400, detail: 'The form has a field named __proto__' })
    }
  })

  it('limits the number of fields', async () => {
    const { post } = await parserApp(FORM, { parser: form({ maxFields: 2 }) })
    expect((await post('a=1&b=2')).status).toBe(200)
    expect(await post('a=1&b=2&c=3')).toEqual({ status: 400, detail: 'The form has more than 2 fields' })
    const { post: postMany } = await parserApp(FORM)
    expect((await postMany(Array(1000).fill('a=1').join('&'))).status).toBe(200)
    expect((await postMany(Array(1001).fill('a=1').join('&'))).status).toBe(400)
  })

  it('rejects bytes that are not UTF-8', async () => {
    const { post } = await parserApp(FORM)
    expect((await post(Buffer.from('a=\xe9', 'latin1'), { 'content-type': FORM })).status).toBe(400)
  })
})
