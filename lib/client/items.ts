/** Items that come over time. */

/** Goes through them once. Leaving the loop, or `return()`, hangs up. */
export interface Items<T> extends AsyncIterableIterator<T, undefined, undefined> {
  return(): Promise<IteratorResult<T, undefined>>
}

/** Makes items of text as it arrives; called without text for what is left. */
export type Reading<T> = (text?: string) => Iterable<T>

/**
 * Reads the content of a response, chunk by chunk.
 *
 * A generator's own `return()` waits for the `next()` that is under way, which may be for ever: this one hangs
 * up first.
 */
export function itemsOf<T>(response: Response, reading: Reading<T>): Items<T> {
  const reader = response.body?.getReader()
  let isOver = !reader
  const stop = () => {
    isOver = true
    return reader?.cancel().catch(() => {}) // what broke has been told already
  }
  const items = (async function* (): AsyncGenerator<T, undefined, undefined> {
    const decoder = new TextDecoder()
    try {
      while (reader && !isOver) {
        const { done, value } = await reader.read()
        if (isOver) return
        isOver = done
        yield* reading(done ? undefined : decoder.decode(value, { stream: true }))
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
