/** The files of a form, stored completely before the handler runs. */

import type { FileRule } from './files-option.ts'
import { expectType, oneFileTooMany } from './form-error.ts'
import { append, DISCARD, type Sink } from './form-field.ts'
import type { PartHead } from './part-head.ts'
import { Spool, type SpoolOptions } from './spool.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** A file per name, a list for a repeated name or one with `multiple`; without a prototype. */
export type UploadedFiles = Readonly<Record<string, UploadedFile | UploadedFile[]>>

/** Stored files, and the one that is being stored. */
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

  /** Every file is allowed without rules; undefined for a file that the rules do not name. */
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
