/**
 * The media types that the option `type` makes, of any version: found with the type of a version that does not exist.
 *
 *     type(sample) → application/vnd.acme.v{sample}+json  ·  matches application/vnd.acme.v9+json
 */
import { MediaType } from '../http/media-type.ts'
import type { VersionsOptions } from './versions-options.ts'

/** Digits stay as they are where `type` changes case, pads, or makes a number of them. */
const SAMPLE = '73105192'
const NUMBER = /^v?\d[\d._-]*$/
const NAME = /^[\w.-]+$/

export class VersionPattern {
  /** The type before and after the version; undefined where parameters alone name it, or `type` has a list of its own. */
  readonly #around: readonly string[] | undefined
  readonly #version: RegExp

  constructor(type: VersionsOptions['type'], names: readonly string[]) {
    const hasLetter = names.every((name) => name.startsWith('v'))
    const around = essenceOf(type, hasLetter ? `v${SAMPLE}` : SAMPLE)?.split(SAMPLE)
    this.#around = around?.length === 2 ? around : undefined
    this.#version = names.every((name) => NUMBER.test(name)) ? NUMBER : NAME
  }

  /** Whether a type, given without parameters, is that of a version. */
  matches(essence: string): boolean {
    const [before, after] = this.#around ?? []
    if (before === undefined || after === undefined) return false
    if (!essence.startsWith(before) || !essence.endsWith(after)) return false
    return this.#version.test(essence.slice(before.length, essence.length - after.length))
  }
}

/** The type of a version without parameters; undefined where `type` has none for it. */
function essenceOf(type: VersionsOptions['type'], version: string): string | undefined {
  try {
    return MediaType.parse(type(version))?.essence
  } catch {
    return undefined
  }
}
