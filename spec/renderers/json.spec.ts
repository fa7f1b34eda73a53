/** A JSON array sent while its rows are still coming. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json } from '../../lib/renderers.ts'

const jsonRows = (rows: AsyncIterable<unknown>) => json()(rows, undefined as never) as AsyncIterable<string>

async function render(rows: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of jsonRows(rows)) text += chunk
  return text
}

async function* over(rows: readonly unknown[], isSlow = false): AsyncGenerator<unknown> {
  for (const row of rows) {
    if (isSlow) await sleep(1)
    yield row
  }
}

describe('rows as JSON', () => {
  it('streams the JSON array of any rows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 300 }), async (rows) => {
        expect(await render(over(rows))).toBe(JSON.stringify(rows))
      }),
    )
    expect(await render(over([1, 2, 3], true))).toBe('[1,2,3]')
    expect(await render(over([]))).toBe('[]')
  })

  it('fails without a closing bracket when the source fails', async () => {
    async function* failing() {
      yield 1
      throw new Error('away')
    }
    const chunks = jsonRows(failing())[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toBe('[1')
    await expect(chunks.next()).rejects.toThrow('away')
  })
})
