/** Objects that are read as a whole: without members that a schema describes. */
import { isPlain } from './record.ts'

/** Whether an object has no named members: a Date, an iterable of a class, bytes, a file or a promise. */
export function isLeaf(value: object): boolean {
  if (isPlain(value)) return false
  if (Symbol.iterator in value || Symbol.asyncIterator in value) return true
  return (
    value instanceof Date || ArrayBuffer.isView(value) || value instanceof Blob || value instanceof Promise
  )
}
