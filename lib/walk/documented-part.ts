/** The part that a surrounding adds to the OpenAPI operation of an endpoint. */
import type { JsonSchema } from '../schema/json-schema.ts'

export interface DocumentedPart {
  /** Parameter Objects of the request. */
  readonly parameters?: readonly JsonSchema[]
  /** Header Objects of every response, by field name. */
  readonly headers?: Readonly<Record<string, JsonSchema>>
  /** Header Objects of the responses below 400, by field name. */
  readonly successHeaders?: Readonly<Record<string, JsonSchema>>
  /** Statuses that it responds with, from 400 on, with the Header Objects of that response. */
  readonly errors?: Readonly<Record<number, Readonly<Record<string, JsonSchema>>>>
}
