/** Items of a streamed response. */

/** Single-use iterator over items. Leaving the loop, or `return()`, closes the connection. */
export interface Items<T> extends AsyncIterableIterator<T, undefined, undefined> {
  return(): Promise<IteratorResult<T, undefined>>
}

/** Parses items from each chunk of text; called without text at the end, for the rest. */
export type ItemParser<T> = (text?: string) => Iterable<T>

/**
 * Reads the content of a response, chunk by chunk.
 *
 * A generator's own `return()` waits for a pending `next()`, possibly for ever: this one cancels the stream
 * first.
 */
export function itemsOf<T>(response: Response, parse: ItemParser<T>): Items<T> {
  const reader = response.body?.getReader()
  let isOver = !reader
  const stop = () => {
    isOver = true
    return reader?.cancel().catch(() => {}) // read() has thrown the same error
  }
  const items = (async function* (): AsyncGenerator<T, undefined, undefined> {
    const decoder = new TextDecoder()
    try {
      while (reader && !isOver) {
        const { done, value } = await reader.read()
        if (isOver) return
        isOver = done
        // `yield*` would make a promise more of each item
        for (const item of parse(done ? undefined : decoder.decode(value, { stream: true }))) yield item
      }
    } finally {
      await stop()
    }
  })()
  return {
    next: () => items.next(),
    async return() {
      await stop()
      return items.return(undefined)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
