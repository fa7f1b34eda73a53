/** Sources of rows on a real server: rows are read while they are sent, whatever the type and the schema. */
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import type { RestBlueprint } from '../../lib/index.ts'
import { csv, html, json, markdown, ndjson, sse, text } from '../../lib/renderers.ts'
import { testApp } from '../support/test-app.ts'

const ROWS = 400_000

/** A source that counts its rows, as the `iterate()` of a database does. */
class Table {
  pulls = 0
  isClosed = false

  /** Rows that can be iterated over again, and are not in memory either. */
  again(): Iterable<{ id: number; name: string }> {
    return { [Symbol.iterator]: () => this.rows() }
  }

  *rows(count = ROWS): Generator<{ id: number; name: string }> {
    try {
      for (let id = 0; id < count; id++) {
        this.pulls++
        yield { id, name: 'x'.repeat(20) }
      }
    } finally {
      this.isClosed = true
    }
  }
}

const renderers = {
  'application/json': json(),
  'application/vnd.pretty+json': json({ space: 2 }),
  'application/x-ndjson': ndjson(),
  'text/csv': csv(),
  'text/event-stream': sse(),
  'text/html': html(),
  'text/markdown': markdown(),
  'text/plain': text(),
}

const Row = z.object({ id: z.int(), name: z.string() })
const LateRow = z.object({ id: z.int(), name: z.string().refine(async () => true) })
const schemas = {
  'without a schema': {},
  'with a schema': { response: z.array(Row) },
  'with an async schema': { response: z.array(LateRow) },
}
const cases = Object.entries(schemas).flatMap(([title, options]) =>
  Object.keys(renderers).map((type) => ({ title, options, type })),
)

const served = (declare: (api: RestBlueprint) => unknown) => testApp(declare, { renderers })

describe('rows of a synchronous iterator', () => {
  it.each(cases)('are read while they are sent, as $type $title', async ({ type, options }) => {
    for (const source of ['rows', 'again'] as const) {
      const table = new Table()
      let pullsAtHead = 0
      const { fetch } = await served((api) => {
        api.use((_request, response, next) => {
          const writeHead = response.writeHead.bind(response)
          response.writeHead = (...all: unknown[]) => {
            pullsAtHead ||= table.pulls
            return writeHead(...all)
          }
          next()
        })
        api.get('/rows', options, (): Iterable<{ id: number; name: string }> => table[source]())
      })
      const response = await fetch('/rows', { headers: { accept: type } })
      const reader = response.body?.getReader()
      expect(response.headers.get('content-type')).toContain(type)
      expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
      expect(pullsAtHead).toBeGreaterThan(0)
      expect(pullsAtHead).toBeLessThan(2_000)
      await reader?.cancel()
      await vi.waitFor(() => expect(table.isClosed).toBe(true))
      expect(table.pulls).toBeLessThan(ROWS)
    }
  })

  it.each(cases)('give the same content as a list, as $type $title', async ({ type, options }) => {
    for (const count of [0, 1, 99, 100, 101, 3_000]) {
      const { ask } = await served((api) => {
        api.get('/list', options, () => [...new Table().rows(count)])
        api.get('/rows', options, () => new Table().rows(count))
      })
      const list = await ask('/list', { accept: type })
      const rows = await ask('/rows', { accept: type })
      expect(rows.status).toBe(200)
      const indentsLists = type === 'text/plain' // lists are indented there, rows are lines
      if (!indentsLists) expect(rows.text.replaceAll('/rows', '/list')).toBe(list.text)
    }
  })

  it('that are few are validated as a list: a schema with a minimum works, a wrong row is a 500', async () => {
    const { outcome, logger } = await served((api) => {
      const few = { response: z.array(Row).min(2) }
      api.get('/few', few, () => new Table().rows(2))
      api.get('/one', few, () => new Table().rows(1))
      api.get('/wrong', { response: z.array(z.object({ id: z.int().max(50) })) }, () => new Table().rows())
    })
    expect(await outcome('/few')).toMatchObject({ status: 200 })
    expect(await outcome('/one')).toMatchObject({ status: 500 })
    expect(await outcome('/wrong')).toMatchObject({ status: 500 })
    expect(logger.text()).toContain('#/51/id')
  })

  it('that are wrong after the head break the connection, and close their source', async () => {
    const table = new Table()
    const { fetch, logger } = await served((api) => {
      api.get('/', { response: z.array(z.object({ id: z.int().max(5_000) })) }, () => table.rows())
    })
    const response = await fetch('/')
    await expect(response.text()).rejects.toThrow()
    expect(table.isClosed).toBe(true)
    expect(logger.text()).toContain('#/5001/id')
  })

  it('are not read for HEAD, and a cursor that was opened before is closed', async () => {
    const table = new Table()
    const { status } = await served((api) => {
      api.get('/plain', () => table.rows())
      api.get('/checked', { response: z.array(Row) }, () => table.rows())
    })
    expect(await status('HEAD /plain')).toBe(200)
    expect(table.pulls).toBe(0)
    expect(await status('HEAD /checked')).toBe(200)
    expect(table.pulls).toBe(100)
    expect(table.isClosed).toBe(true)
  })

  it.each([
    ['returns nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('not released')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('not released')
      },
    ],
  ])('are not read for HEAD either where their release %s', async (_, cancel) => {
    const { status } = await served((api) => {
      api.get('/rows', () => ({
        cancel,
        async *[Symbol.asyncIterator]() {
          yield 1
        },
      }))
    })
    expect(await status('HEAD /rows')).toBe(200)
  })

  it('let other requests through', async () => {
    const { fetch, get } = await served((api) => {
      api.get('/rows', { response: z.array(Row) }, () => new Table().rows())
      api.get('/other', () => 1)
    })
    const long = await fetch('/rows')
    const text = long.text()
    let isOver = false
    const over = text.then(() => {
      isOver = true
    })
    expect(await get('/other')).toEqual({ status: 200, value: 1 })
    expect(isOver).toBe(false)
    await over
    expect(JSON.parse(await text)).toHaveLength(ROWS)
  })
})
