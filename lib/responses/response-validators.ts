/** The validators of the responses of an endpoint, by status and media type. */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { forbidsContent } from '../http/status.ts'
import { listedType } from '../negotiation/offer.ts'
import { lookUpByMediaType } from '../registry/media-type-map.ts'
import { checkChoice } from '../registry/options.ts'
import { discard } from '../renderers/source.ts'
import type { JsonSchemaHook } from '../schema/json-schema.ts'
import type { Exchange } from '../walk/exchange.ts'
import { warnUnsent } from '../walk/unanswered.ts'
import { isSuccess, ofStatus, type ResponseDefinition, type ResponseStatus } from './response-option.ts'
import { ResponseValidator, sentForm, type Validation } from './response-validator.ts'

type ByType = ReadonlyMap<string, ResponseValidator>

const NONE: ByType = new Map()

const VALIDATIONS: readonly unknown[] = ['strip', 'check', 'trust'] satisfies Validation[]

/** The validators of the responses of an endpoint, by status and media type. */
export class ResponseValidators {
  /** The status of a response without content: 204, the endpoint's own, or the only one declared. */
  readonly emptyStatus: number | undefined
  /** The form of the schemas that describes the data as it is sent. */
  readonly sentForm: 'input' | 'output'
  readonly #byStatus: ReadonlyMap<ResponseStatus, ByType>
  readonly #declaresSuccess: boolean

  /** @throws {TypeError} that names the endpoint, for an unknown validation. */
  constructor(
    declared: ReadonlyMap<ResponseStatus, ResponseDefinition>,
    { name, status }: Pick<Endpoint, 'name' | 'status'>,
    validation: Validation,
    hook: JsonSchemaHook | undefined,
  ) {
    checkChoice(`The endpoint '${name}'`, 'validate', validation, VALIDATIONS)
    this.sentForm = sentForm(validation)
    const validatorsOf = ({ schemas }: ResponseDefinition) =>
      new Map(
        [...schemas].map(([type, schema]) => [type, new ResponseValidator(schema, validation, name, hook)]),
      )
    this.#byStatus = new Map([...declared].map(([status, response]) => [status, validatorsOf(response)]))
    const successes = [...declared.keys()].filter(isSuccess)
    const [first, ...others] = successes.filter((one) => this.#byStatus.get(one)?.size === 0)
    this.emptyStatus =
      [204, status].find((one) => this.#ofStatus(one)?.size === 0) ??
      (others.length === 0 ? (first as number | undefined) : undefined)
    this.#declaresSuccess = successes.length > 0
  }

  /** The validators of a status by media type; empty where the response has no content. */
  #ofStatus(status: number): ByType | undefined {
    const found = ofStatus(this.#byStatus, status)
    return found && forbidsContent(status) ? NONE : found
  }

  /** The media types whose responses of a status have a schema. */
  typesOf(status: number): readonly string[] {
    return [...(this.#ofStatus(status)?.keys() ?? [])]
  }

  /** A state as a response with this status and media type has it, as {@link ResponseValidator.represent}. */
  represent(state: unknown, status: number, contentType: string): unknown {
    const byType = this.#ofStatus(status)
    const validator = byType?.size ? lookUpByMediaType(byType, contentType) : undefined
    return validator ? validator.represent(state) : state
  }

  /** Validates the data of the result. @throws {Error} for an undeclared response: a 500, for the log. */
  apply(exchange: Exchange): void | Promise<void> {
    const { result } = exchange
    if (!result || result.kind === 'raw') return undefined
    const { data } = result
    const isEmpty = data === undefined && result.status === 204
    const status = isEmpty ? (this.emptyStatus ?? 204) : result.status
    if (status !== result.status) exchange.setData(data, status)
    const byType = this.#ofStatus(status)
    if (!byType && isSuccess(status) && !this.#declaresSuccess) return undefined // only errors are declared
    const validator = byType?.size ? lookUpByMediaType(byType, listedType(exchange.offer)) : undefined
    if (!validator) {
      discard(data)
      if (byType?.size !== 0) throw undeclared(exchange, byType)
      warnUnsent(exchange.endpoint, data, `the response declares no content for ${status}`)
      return exchange.setData(undefined)
    }
    exchange.schema = validator.schema
    const validated = validator.of(data)
    if (validated instanceof Promise) return validated.then((settled) => exchange.setData(settled))
    return exchange.setData(validated)
  }
}

function undeclared({ endpoint, status, contentType }: Exchange, byType: ByType | undefined): Error {
  const response = byType ? `${status} as ${contentType}` : status
  return new Error(`The endpoint '${endpoint.name}' answers ${response}, which its response does not declare`)
}
