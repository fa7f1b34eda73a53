/** The errors of a document, collected so that a client gets all of one kind at once. */

import { HttpException } from '../../exceptions/http-exception.ts'
import type { ErrorItem } from '../../http/problem.ts'
import { pointerOf } from '../../json/json-pointer.ts'

/** The path of a member in the document: `['data', 'attributes', 'name']`. */
export type Path = readonly (string | number)[]

interface Issue extends ErrorItem {
  readonly status: number
}

export class Issues {
  readonly #issues: Issue[] = []

  /** @param path of a value that the document has. */
  add(status: number, path: Path, detail: string): undefined {
    this.#issues.push({ status, detail, pointer: pointerOf(path) })
  }

  /** @throws {HttpException} with all errors that have the status of the first one. */
  throwIfAny(): void {
    const [first] = this.#issues
    if (!first) return
    const errors = this.#issues
      .filter(({ status }) => status === first.status)
      .map(({ detail, pointer }) => ({ detail, ...(pointer === undefined ? {} : { pointer }) }))
    throw new HttpException(first.status, first.detail, { errors })
  }
}

/** @throws {HttpException} with one error. */
export function refuse(status: number, path: Path, detail: string): never {
  throw new HttpException(status, detail, { errors: [{ detail, pointer: pointerOf(path) }] })
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
