/**
 * A completely uploaded file.
 *
 * Small files are kept in memory, others in a temporary file that is removed when the response closes.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { constants, copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'

/** The metadata of a file. */
interface FileMetadata {
  readonly field: string
  readonly filename: string | undefined
  readonly type: string
  readonly size: number
}

export class UploadedFile implements FileMetadata {
  /** The name of the form's field. */
  readonly field: string
  /** The client's file name: the last segment of a path, at most 255 characters; undefined without one. */
  readonly filename: string | undefined
  /** The media type that the client states, in lower case, without parameters. Default `application/octet-stream`. */
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** The content, or the path of the file with it; undefined after `discard()`. */
  #storage: Buffer | string | undefined
  #isSaved = false
  /** The last save; `discard()` waits for it. */
  #saving: Promise<void> = Promise.resolve()

  /** @param storage the content, or the path of a temporary file with it. */
  constructor({ field, filename, type, size }: FileMetadata, storage: Buffer | string) {
    this.field = field
    this.filename = filename
    this.type = type
    this.size = size
    this.#storage = storage
  }

  /** A new stream of the content. @throws {Error} when the file was discarded. */
  stream(): Readable {
    const storage = this.#storageOrThrow()
    return typeof storage === 'string' ? createReadStream(storage) : Readable.from([storage])
  }

  /** The whole content. @throws {Error} when the file was discarded. */
  async bytes(): Promise<Buffer> {
    const storage = this.#storageOrThrow()
    return typeof storage === 'string' ? readFile(storage) : storage
  }

  /** The whole content as UTF-8. @throws {Error} when the file was discarded. */
  async text(): Promise<string> {
    return (await this.bytes()).toString()
  }

  /**
   * Saves the file. An existing file is replaced atomically, also when it is a symbolic link.
   *
   * Never use `filename` alone for the path: two clients may send the same name. Only the owner may read the
   * file (mode 0600).
   *
   * @throws {Error} when the file was discarded, and errors of the file system.
   */
  saveTo(path: string): Promise<void> {
    const before = this.#saving.catch(() => {})
    this.#saving = before.then(() => this.#saveTo(path))
    return this.#saving
  }

  /** Removes the temporary file, unless it was saved. */
  async discard(): Promise<void> {
    await this.#saving.catch(() => {})
    const storage = this.#storage
    if (this.#isSaved) return
    this.#storage = undefined
    if (typeof storage === 'string') await rm(storage, { force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.discard()
  }

  #storageOrThrow(): Buffer | string {
    if (this.#storage === undefined) throw new Error(`The file of '${this.field}' was discarded`)
    return this.#storage
  }

  async #saveTo(path: string): Promise<void> {
    const storage = this.#storageOrThrow()
    if (typeof storage === 'string' && !this.#isSaved && (await move(storage, path))) {
      this.#keepAt(path)
      return
    }
    const temporary = join(dirname(path), `.${randomUUID()}`)
    try {
      if (typeof storage === 'string') await copyFile(storage, temporary, constants.COPYFILE_EXCL)
      else await writeFile(temporary, storage, { flag: 'wx', mode: 0o600 })
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    if (typeof storage === 'string' && !this.#isSaved) {
      await rm(storage, { force: true })
      this.#keepAt(path)
    }
  }

  #keepAt(path: string): void {
    this.#storage = path
    this.#isSaved = true
  }
}

/** Renames a file; returns false when the path is on another device. */
async function move(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false
    throw error
  }
}
