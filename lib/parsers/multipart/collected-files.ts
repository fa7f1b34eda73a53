/** The files of a form, each whole before the handler begins. */

import type { FileRule } from './files-option.ts'
import { append, DISCARD, type Sink } from './form-field.ts'
import { expectType, oneFileTooMany } from './form-refusal.ts'
import type { PartHead } from './part-head.ts'
import { Spool, type SpoolOptions } from './spool.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** A file each, a list where a name repeats or the endpoint says `multiple`; without a prototype. */
export type UploadedFiles = Readonly<Record<string, UploadedFile | UploadedFile[]>>

/** Files that have arrived, and the one that does. */
export class CollectedFiles {
  readonly values: UploadedFiles = Object.create(null)
  readonly #options: SpoolOptions
  readonly #rules: Readonly<Record<string, FileRule>> | undefined
  #arriving: Spool | undefined

  constructor(options: SpoolOptions, rules: Readonly<Record<string, FileRule>> | undefined) {
    this.#options = options
    this.#rules = rules
  }

  /** @throws {UnsupportedMediaType} 415, and 422 for one file too many. */
  open(head: PartHead): Sink {
    const { field } = head
    const rule = this.#ruleOf(field)
    if (!rule) return DISCARD
    if (rule.multiple === false && field in this.values) throw oneFileTooMany(field)
    expectType(head, rule.types)
    const { maxBytes = this.#options.maxBytes } = rule
    const spool = new Spool(head, { ...this.#options, maxBytes })
    this.#arriving = spool
    return {
      write: (chunk) => spool.write(chunk),
      close: async () => this.#keep(field, await spool.close(), rule),
    }
  }

  async discard(): Promise<void> {
    const arrived = Object.values(this.values).flat()
    await Promise.all([this.#arriving?.discard(), ...arrived.map((file) => file.discard())])
  }

  /** Anything goes where the endpoint says nothing; undefined for a file that it does not know. */
  #ruleOf(field: string): FileRule | undefined {
    if (!this.#rules) return {}
    return Object.hasOwn(this.#rules, field) ? { multiple: false, ...this.#rules[field] } : undefined
  }

  #keep(field: string, file: UploadedFile, { multiple }: FileRule): void {
    const values = this.values as Record<string, UploadedFile | UploadedFile[]>
    if (multiple && !(field in values)) values[field] = [file]
    else append(values, field, file)
    this.#arriving = undefined
  }
}
