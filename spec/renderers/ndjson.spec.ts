/** NDJSON: a line per row. */
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type NdjsonOptions, ndjson } from '../../lib/renderers/ndjson.ts'
import type { RenderContext } from '../../lib/renderers/renderer.ts'

async function render(data: unknown, options?: NdjsonOptions): Promise<string> {
  const rendered = await ndjson(options)(data, {} as RenderContext)
  if (typeof rendered === 'string') return rendered
  let text = ''
  for await (const chunk of rendered as AsyncIterable<string>) text += chunk
  return text
}

describe('ndjson', () => {
  it('writes a line of JSON per row, of lists, generators, web streams and Node streams', async () => {
    async function* generator() {
      yield { a: 1 }
      yield { a: 2 }
    }
    const rows = [{ a: 1 }, { a: 2 }]
    for (const data of [rows, new Set(rows), generator(), ReadableStream.from(rows), Readable.from(rows)]) {
      expect(await render(data)).toBe('{"a":1}\n{"a":2}\n')
    }
    expect(await render([])).toBe('')
  })

  it('writes one line for data other than a collection', async () => {
    expect(await render({ a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z"}\n')
    expect(await render('a\nb')).toBe('"a\\nb"\n')
    expect(await render(undefined)).toBe('null\n')
  })

  it('ends a list with the number of its rows, where a client wants proof that it has all', async () => {
    async function* generator() {
      for (let a = 0; a < 250; a++) yield { a }
    }
    const end = { end: true }
    expect(await render([{ a: 1 }, { a: 2 }], end)).toBe('{"a":1}\n{"a":2}\n{"end":true,"rows":2}\n')
    expect(await render([], end)).toBe('{"end":true,"rows":0}\n')
    expect(await render(generator(), end)).toMatch(/\n\{"a":249\}\n\{"end":true,"rows":250\}\n$/)
    expect(await render({ a: 1 }, end)).toBe('{"a":1}\n')
    expect(() => ndjson({ end: 'yes' as never })).toThrow(/ndjson cannot have end: 'yes'; use true or false/)
  })

  it('has no last line when the source breaks', async () => {
    async function* broken() {
      yield { a: 1 }
      await new Promise(setImmediate)
      throw new Error('broken')
    }
    let text = ''
    const reading = (async () => {
      const chunks = ndjson({ end: true })(broken(), {} as RenderContext)
      for await (const chunk of chunks as AsyncIterable<string>) text += chunk
    })()
    await expect(reading).rejects.toThrow('broken')
    expect(text).toBe('{"a":1}\n')
  })

  it('is parsed line by line to the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 300 }), async (rows) => {
        const lines = (await render(rows)).split('\n').slice(0, -1)
        expect(lines).toEqual(rows.map((row) => JSON.stringify(row)))
      }),
    )
  })
})
