/** What becomes of a value on its way through JSON: dates and bigints arrive as text, sets as lists. */

type Plain = string | number | boolean | null | undefined

/** The type of a value that was JSON for a while. */
export type Wire<T> = unknown extends T
  ? T
  : T extends Plain
    ? T
    : T extends bigint | Date
      ? string
      : T extends { toJSON(): infer J }
        ? J
        : T extends (...parameters: never) => unknown
          ? never
          : T extends ReadonlySet<infer I>
            ? Wire<I>[]
            : T extends ReadonlyMap<unknown, infer V>
              ? { [key: string]: Wire<V> }
              : { [K in keyof T]: Wire<T[K]> }
