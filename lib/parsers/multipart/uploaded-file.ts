/**
 * A file that a client has sent, whole.
 *
 * It lies in memory when it is small, else in a temporary file that is removed when the response closes.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'

/** What a client says of a file. */
export interface FileFacts {
  readonly field: string
  readonly filename: string | undefined
  readonly type: string
  readonly size: number
}

export class UploadedFile implements FileFacts {
  /** The name of the form's field. */
  readonly field: string
  /** The client's name for it: the last segment of a path, at most 255 characters; undefined when it has none. */
  readonly filename: string | undefined
  /** The media type the client claims, in lower case, without parameters. Default `application/octet-stream`. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** The content, or the path of the file that has it; undefined when it was discarded. */
  #place: Buffer | string | undefined
  #isSaved = false
  /** The last save, so that a discard does not come in between. */
  #saving: Promise<void> = Promise.resolve()

  /** @param place the content, or the path of a temporary file that has it. */
  constructor({ field, filename, type, size }: FileFacts, place: Buffer | string) {
    this.field = field
    this.filename = filename
    this.type = type
    this.size = size
    this.#place = place
  }

  /** Its content, as often as you like. @throws {Error} when it was discarded. */
  stream(): Readable {
    const place = this.#here()
    return typeof place === 'string' ? createReadStream(place) : Readable.from([place])
  }

  /** All of it. @throws {Error} when it was discarded. */
  async bytes(): Promise<Buffer> {
    const place = this.#here()
    return typeof place === 'string' ? readFile(place) : place
  }

  /** All of it as UTF-8. @throws {Error} when it was discarded. */
  async text(): Promise<string> {
    return (await this.bytes()).toString()
  }

  /**
   * Keeps it. A file that is there already is replaced in one step, also when it is a symbolic link.
   *
   * The path is yours: never join one from `filename` alone, two clients may use the same. Only the owner
   * may read the file (mode 0600).
   *
   * @throws {Error} when it was discarded, and what the file system says.
   */
  saveTo(path: string): Promise<void> {
    const before = this.#saving.catch(() => {})
    this.#saving = before.then(() => this.#saveTo(path))
    return this.#saving
  }

  /** Removes the temporary file, when there is one that was not saved. */
  async discard(): Promise<void> {
    await this.#saving.catch(() => {})
    const place = this.#place
    if (this.#isSaved) return
    this.#place = undefined
    if (typeof place === 'string') await rm(place, { force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.discard()
  }

  #here(): Buffer | string {
    if (this.#place === undefined) throw new Error(`The file of '${this.field}' was discarded`)
    return this.#place
  }

  async #saveTo(path: string): Promise<void> {
    const place = this.#here()
    if (typeof place === 'string' && !this.#isSaved && (await isMoved(place, path))) {
      this.#keepAt(path)
      return
    }
    const beside = join(dirname(path), `.${randomUUID()}`)
    try {
      if (typeof place === 'string') await copyFile(place, beside, constants.COPYFILE_EXCL)
      else await writeFile(beside, place, { flag: 'wx', mode: 0o600 })
      await rename(beside, path)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
    if (typeof place === 'string' && !this.#isSaved) {
      await rm(place, { force: true })
      this.#keepAt(path)
    }
  }

  #keepAt(path: string): void {
    this.#place = path
    this.#isSaved = true
  }
}

/** Whether a file could be renamed; false when the path is on another device. */
async function isMoved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false
    throw error
  }
}
