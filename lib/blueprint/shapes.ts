/** The shapes of all that an endpoint answers, and the one that applies: by status, then by media type. */
import { MediaType } from '../http/media-type.ts'
import { letGo } from '../renderers/source.ts'
import type { JsonSchemaHook } from '../schema/json-schema.ts'
import { type DeclaredResponse, isSuccess } from './declared-response.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import { Shape, type Validation } from './shape.ts'

type ByType = ReadonlyMap<string, Shape>

const VALIDATIONS: readonly unknown[] = ['strip', 'check', 'trust'] satisfies Validation[]

export class Shapes {
  /** The status of an answer of nothing: 204, the endpoint's own, or the only one there is. */
  readonly empty: number | undefined
  readonly #byStatus: ReadonlyMap<number, ByType>
  readonly #saysSuccess: boolean

  /** @throws {TypeError} that names the endpoint, for a validation that is none. */
  constructor(
    declared: ReadonlyMap<number, DeclaredResponse>,
    { name, status }: Endpoint,
    validation: Validation,
    hook: JsonSchemaHook | undefined,
  ) {
    if (!VALIDATIONS.includes(validation)) {
      throw new TypeError(
        `The option 'validate' of '${name}' is 'strip', 'check' or 'trust', not ${String(validation)}`,
      )
    }
    const shapesOf = ({ schemas }: DeclaredResponse) =>
      new Map([...schemas].map(([type, schema]) => [type, new Shape(schema, validation, name, hook)]))
    this.#byStatus = new Map([...declared].map(([status, response]) => [status, shapesOf(response)]))
    const successes = [...declared.keys()].filter(isSuccess)
    const empty = successes.filter((status) => declared.get(status)?.schemas.size === 0)
    this.empty =
      [204, status].find((one) => empty.includes(one)) ?? (empty.length === 1 ? empty[0] : undefined)
    this.#saysSuccess = successes.length > 0
  }

  /** Makes the data what was declared. @throws {Error} for what was not: a 500, for the log. */
  apply(exchange: Exchange): void | Promise<void> {
    const { content, data } = exchange
    if (content) return undefined
    if (data === undefined && exchange.status === 204 && this.empty !== undefined)
      exchange.status = this.empty
    const byType = this.#byStatus.get(exchange.status)
    if (!byType && isSuccess(exchange.status) && !this.#saysSuccess) return undefined // errors alone
    const shape = byType && shapeFor(byType, exchange.contentType)
    if (!shape) {
      letGo(data)
      if (byType?.size !== 0) throw undeclared(exchange, byType)
      exchange.data = undefined
      return undefined
    }
    exchange.schema = shape.schema
    const shaped = shape.of(data)
    if (!(shaped instanceof Promise)) {
      exchange.data = shaped
      return undefined
    }
    return shaped.then((settled) => {
      exchange.data = settled
    })
  }
}

function undeclared({ endpoint, status, contentType }: Exchange, byType: ByType | undefined): Error {
  const what = byType ? `${status} as ${contentType}` : status
  return new Error(`The endpoint '${endpoint.name}' answers ${what}, which its response does not declare`)
}

/** As renderers are looked up: by the type, without its parameters, JSON for all `+json`, by a range. */
function shapeFor(shapes: ByType, contentType: string): Shape | undefined {
  const found = shapes.get('*') ?? shapes.get(contentType)
  if (found || shapes.size === 0) return found
  const type = MediaType.of(contentType)
  const json = type.isJson ? ['application/json'] : []
  const names = [type.toString(), type.essence, ...json, `${type.type}/*`, '*/*']
  return names.map((name) => shapes.get(name)).find((shape) => shape !== undefined)
}
