/** Whether an object has no named members: a Date, an iterable, bytes, a file or a promise. */
export function isLeaf(value: object): boolean {
  return (
    value instanceof Date ||
    Symbol.iterator in value ||
    Symbol.asyncIterator in value ||
    ArrayBuffer.isView(value) ||
    value instanceof Blob ||
    value instanceof Promise
  )
}
