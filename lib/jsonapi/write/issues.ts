/** The errors of a document, collected so that a client gets them together. */
import type { HttpException } from '../../exceptions/http-exception.ts'
import { DeserializationException } from '../errors/deserialization-exceptions.ts'
import { MultipleExceptions } from '../errors/multiple-exceptions.ts'
import { pointerTo } from '../errors/pointer.ts'

/** The path of a member in the document: `['data', 'attributes', 'name']`. */
export type Path = readonly (string | number)[]

/** Errors of a response, at most: a document with many more gets the first ones. */
const MOST_ERRORS = 100

export class Issues {
  readonly #exceptions: HttpException[] = []

  add(exception: HttpException): undefined {
    if (this.#exceptions.length < MOST_ERRORS) this.#exceptions.push(exception)
  }

  throwIfAny(): void {
    const [first, second] = this.#exceptions
    if (first) throw second ? new MultipleExceptions(this.#exceptions) : first
  }
}

/** The error of a value that no row can be made of. */
export function failure(status: number, path: Path, detail: string): DeserializationException {
  return new DeserializationException(status, detail, { pointer: pointerTo(path) })
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
