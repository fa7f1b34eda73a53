/** Rows on their way into chunks, whatever they come from. */
import { Readable } from 'node:stream'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { getHeapSpaceStatistics } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { type RowFormat, renderRows, streamRows } from '../../lib/renderers/rows.ts'
import { isCollection, iteratorOf } from '../../lib/renderers/source.ts'

const lines: RowFormat = { rows: (rows) => rows.map((row) => `${row}\n`).join('') }

async function chunksOf(source: AsyncIterable<string>): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of source) chunks.push(chunk)
  return chunks
}

/** A source that tells whether it was stopped. */
function watched<Source>(rows: (stop: { isStopped: boolean }) => Source) {
  const state = { isStopped: false }
  return { state, source: rows(state) }
}

describe('isCollection', () => {
  it('is true for arrays, sets, generators and streams', () => {
    const all = [
      [],
      new Set(),
      (function* () {})(),
      (async function* () {})(),
      Readable.from([]),
      new ReadableStream(),
    ]
    expect(all.map(isCollection)).toEqual(all.map(() => true))
  })

  it('is false for text, maps, bytes and objects', () => {
    const all = ['text', new Map(), new Uint8Array(), Buffer.from('x'), {}, null, undefined, 7, new Date()]
    expect(all.map(isCollection)).toEqual(all.map(() => false))
  })
})

describe('renderRows', () => {
  it('returns text for few synchronous rows', () => {
    expect(renderRows([1, 2], lines)).toBe('1\n2\n')
    expect(renderRows([], { ...lines, head: () => 'head\n', tail: () => 'tail' })).toBe('head\ntail')
  })

  it('returns chunks of about 32 kB for many', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `row number ${index}`)
    const chunks = await chunksOf(renderRows(rows, lines) as AsyncIterable<string>)
    expect(chunks.join('')).toBe(rows.map((row) => `${row}\n`).join(''))
    for (const chunk of chunks.slice(0, -1)) expect(chunk.length).toBeLessThan(36_000)
  })

  it.each([
    ['text', (text: string) => text, 1],
    ['objects with text', (text: string) => ({ id: 1, text }), 1],
    ['lists with text', (text: string) => [1, text], 1],
    ['objects whose text is nested', (text: string) => ({ id: 1, inner: { text } }), 1],
    ['objects whose text shows when they are formatted', (text: string) => ({ toJSON: () => text }), 100],
  ])('takes no more rows than a chunk needs, where they are long: %s', async (_, rowOf, most) => {
    const text = 'x'.repeat(100_000)
    let made = 0
    async function* rows() {
      for (; made < 300; ) {
        made++
        yield rowOf(text)
      }
    }
    const format = { rows: (group: readonly unknown[]) => group.map((row) => JSON.stringify(row)).join('') }
    const chunks = streamRows(rows(), format)[Symbol.asyncIterator]()
    await chunks.next()
    expect(made).toBeLessThanOrEqual(most)
    const before = made
    await chunks.next() // the length of the rows before is known
    expect(made - before).toBe(1)
    for (let isDone = false; !isDone; ) isDone = (await chunks.next()).done === true
    expect(made).toBe(300)
  })

  it('stops a generator when the reader stops, and fails when it fails', async () => {
    let isStopped = false
    function* endless() {
      try {
        for (;;) yield 'x'.repeat(100)
      } finally {
        isStopped = true
      }
    }
    for await (const _ of renderRows(endless(), lines) as AsyncIterable<string>) break
    expect(isStopped).toBe(true)
    function* failing() {
      for (let count = 0; count < 2000; count++) yield 'x'.repeat(100)
      throw new Error('away')
    }
    await expect(chunksOf(renderRows(failing(), lines) as AsyncIterable<string>)).rejects.toThrow('away')
  })
})

describe('a row that cannot be formatted', () => {
  const strict: RowFormat = {
    rows: (rows) => {
      if (rows.includes(150)) throw new Error('not a row')
      return lines.rows(rows)
    },
  }

  it('stops synchronous rows', async () => {
    const { state, source } = watched(function* (stop) {
      try {
        for (let row = 0; row < 3000; row++) yield row < 140 ? 'x'.repeat(400) : row
      } finally {
        stop.isStopped = true
      }
    })
    const chunks = (renderRows(source, strict) as AsyncIterable<string>)[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toMatch(/^(x{400}\n){80,}$/)
    await expect(chunks.next()).rejects.toThrow('not a row')
    expect((await chunks.next()).done).toBe(true)
    expect(state.isStopped).toBe(true)
  })

  it('comes after the text of the groups before it, once', async () => {
    async function* rows() {
      for (let row = 0; row < 3000; row++) yield row
    }
    const chunks = streamRows(rows(), strict)[Symbol.asyncIterator]()
    expect((await chunks.next()).value).toBe(lines.rows(Array.from({ length: 100 }, (_, row) => row)))
    await expect(chunks.next()).rejects.toThrow('not a row')
    expect((await chunks.next()).done).toBe(true)
  })
})

describe('many streams in turn', () => {
  const rowAt = (id: number) => ({ id, name: `the row with number ${id}`, notes: [`${id} of many`] })
  const format: RowFormat = { rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('') }
  function* rows() {
    for (let id = 0; ; id++) yield rowAt(id)
  }
  async function* asyncRows() {
    for (let id = 0; ; id++) yield rowAt(id)
  }

  it.each([
    ['asynchronous', asyncRows],
    ['synchronous', rows],
  ])('leave no rows and no text in the old generation of the heap: %s', async (_, source) => {
    const streams = Array.from({ length: 200 }, () => renderRows(source(), format) as AsyncIterable<string>)
    const readers = streams.map((stream) => stream[Symbol.asyncIterator]())
    const readAll = async () => {
      for (const reader of readers) await reader.next()
    }
    await readAll()
    const before = oldMegabytes()
    for (let count = 0; count < 10; count++) await readAll()
    expect(oldMegabytes() - before).toBeLessThan(8)
    for (const reader of readers) await reader.return?.()
  })
})

function oldMegabytes(): number {
  const old = getHeapSpaceStatistics().find((space) => space.space_name === 'old_space')
  return (old?.space_used_size ?? 0) / 1024 ** 2
}

describe('streamRows', () => {
  it('collects rows that are available at once into few chunks', async () => {
    async function* rows() {
      for (let count = 0; count < 10_000; count++) yield 'a row of some length'
    }
    const chunks = await chunksOf(streamRows(rows(), lines))
    expect(chunks.join('').length).toBe(210_000)
    expect(chunks.length).toBeLessThan(50)
  })

  it('sends the rows so far when the source waits', async () => {
    async function* rows() {
      yield 1
      yield 2
      await sleep(20)
      yield 3
      await turn()
      yield 4
    }
    expect(await chunksOf(streamRows(rows(), lines))).toEqual(['1\n2\n', '3\n', '4\n'])
  })

  it('sends the opening when the source waits before its first row, and the head with the first row', async () => {
    async function* rows() {
      await sleep(20)
      yield 1
    }
    const format = { ...lines, opening: 'hello\n', head: () => 'head\n' }
    expect(await chunksOf(streamRows(rows(), format))).toEqual(['hello\n', 'head\n1\n'])
  })

  it('returns the rows before an error, then the error', async () => {
    async function* rows() {
      yield 1
      throw new Error('away')
    }
    const chunks = streamRows(rows(), lines)[Symbol.asyncIterator]()
    expect(await chunks.next()).toEqual({ done: false, value: '1\n' })
    await expect(chunks.next()).rejects.toThrow('away')
    expect((await chunks.next()).done).toBe(true)
  })

  it('stops the source when a row cannot be formatted', async () => {
    const { state, source } = watched(async function* (stop) {
      try {
        for (;;) yield Symbol('no text')
      } finally {
        stop.isStopped = true
      }
    })
    const format = { rows: (rows: readonly unknown[]) => `${rows[0] as string}` }
    await expect(chunksOf(streamRows(source, format))).rejects.toThrow(TypeError)
    await turn()
    expect(state.isStopped).toBe(true)
  })

  it('stops the source when the reader stops', async () => {
    const { state, source } = watched(async function* (stop) {
      try {
        for (;;) yield 'x'.repeat(100)
      } finally {
        stop.isStopped = true
      }
    })
    for await (const _ of streamRows(source, lines)) break
    expect(state.isStopped).toBe(true)
  })

  it('does not read the source before the first chunk is requested', async () => {
    let isTouched = false
    const source = {
      [Symbol.asyncIterator]() {
        isTouched = true
        return iteratorOf(Readable.from([1]))
      },
    }
    const chunks = streamRows(source, lines)
    expect(isTouched).toBe(false)
    expect(await chunksOf(chunks)).toEqual(['1\n'])
  })
})

describe('iteratorOf', () => {
  it('stops a Node stream at once, even during a pending read', async () => {
    const stream = new Readable({ objectMode: true, read() {} })
    const iterator = iteratorOf(stream)
    iterator.next().catch(() => {})
    await iterator.return?.()
    expect(stream.destroyed).toBe(true)
  })

  it('stops a web stream at once, even during a pending read', async () => {
    let isCancelled = false
    const stream = new ReadableStream({
      cancel: () => {
        isCancelled = true
      },
    })
    const iterator = iteratorOf(stream as never)
    const pending = iterator.next()
    await iterator.return?.()
    expect(isCancelled).toBe(true)
    expect((await pending).done).toBe(true)
  })
})
