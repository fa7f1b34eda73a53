/** Bytes: a Buffer, another Uint8Array, an ArrayBuffer or a DataView. Other typed arrays are lists of numbers. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.getPrototypeOf(value) === Object.prototype) return undefined // most data: one test in place of four
  if (value instanceof Uint8Array) return value
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value)
  return value instanceof DataView
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : undefined
}

/** Bytes within JSON: base64 with padding (RFC 4648 §4). */
export function base64Of({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}
