/** Stores a file in memory, and above a size in a temporary file. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { partTooLarge } from './form-error.ts'
import type { PartHead } from './part-head.ts'
import { UploadedFile } from './uploaded-file.ts'

export interface SpoolOptions {
  readonly maxBytes: number
  /** Longer files are written to a temporary file. */
  readonly memoryBytes: number
  /** Directory of the temporary file. */
  readonly directory: string
}

export class Spool {
  readonly #head: PartHead
  readonly #options: SpoolOptions
  #chunks: Buffer[] = []
  #size = 0
  #file: { readonly path: string; readonly handle: FileHandle } | undefined

  constructor(head: PartHead, options: SpoolOptions) {
    this.#head = head
    this.#options = options
  }

  /** @throws {ContentTooLarge} 413, when the file is over its limit. */
  async write(chunk: Buffer): Promise<void> {
    const { maxBytes, memoryBytes } = this.#options
    this.#size += chunk.length
    if (this.#size > maxBytes) throw partTooLarge('file', this.#head.field, maxBytes)
    if (this.#file) return this.#file.handle.writeFile(chunk)
    this.#chunks.push(chunk)
    if (this.#size > memoryBytes) await this.#spill()
  }

  /** Returns the stored file. */
  async close(): Promise<UploadedFile> {
    const { field, filename, type } = this.#head
    await this.#file?.handle.close()
    const storage = this.#file?.path ?? Buffer.concat(this.#chunks)
    return new UploadedFile({ field, filename, type, size: this.#size }, storage)
  }

  /** Removes the temporary file of an incomplete upload. */
  async discard(): Promise<void> {
    await this.#file?.handle.close().catch(() => {})
    if (this.#file) await rm(this.#file.path, { force: true })
  }

  async #spill(): Promise<void> {
    const path = join(this.#options.directory, `mazurka-${randomUUID()}`)
    const handle = await open(path, 'wx', 0o600)
    this.#file = { path, handle }
    await handle.writeFile(Buffer.concat(this.#chunks))
    this.#chunks = []
  }
}
