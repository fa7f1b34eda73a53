/** Types of values after JSON: dates, bigints and bytes arrive as strings, sets as arrays. */

type JsonPrimitive = string | number | boolean | null | undefined

/** Type of a value that was written and parsed as JSON. */
export type Wire<T> = unknown extends T
  ? T
  : T extends JsonPrimitive
    ? T
    : T extends bigint | Date | Uint8Array
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
