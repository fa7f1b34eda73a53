/** NDJSON: a line per row. */
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ndjson } from '../../lib/renderers/ndjson.ts'
import type { RenderContext } from '../../lib/renderers/renderer.ts'

async function render(data: unknown): Promise<string> {
  const rendered = await ndjson()(data, {} as RenderContext)
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

  it('is parsed line by line to the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 300 }), async (rows) => {
        const lines = (await render(rows)).split('\n').slice(0, -1)
        expect(lines).toEqual(rows.map((row) => JSON.stringify(row)))
      }),
    )
  })
})
