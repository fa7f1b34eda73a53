/** Declares the endpoints of one API on its blueprint. */
import type { Handler } from '../../walk/handler.ts'
import type { Failure } from '../errors/database-codes.ts'
import { databaseError } from '../errors/database-error.ts'
import type { JsonApiBlueprint } from '../protocol/json-api-blueprint.ts'
import { CURSOR_PROFILE } from '../query/page.ts'
import type { Action } from '../resource/resource-options.ts'
import { ApiCall, type ApiRequest } from './api-call.ts'
import { EXPORT_TYPES } from './export.ts'
import type { Manager } from './manager.ts'
import type { PostprocessorKind } from './processors.ts'
import { parameterOfFailure } from './refused-parameter.ts'
import type { ServedApi } from './served-api.ts'
import { type EndpointPlace, write } from './write-endpoints.ts'

/** Parameters of a path by name. */
type Params = Readonly<Record<string, string>>

/** Reads a request; the parameters of its path beside it. */
type Read = (call: ApiCall, params: Params) => unknown

/** Changes resources. */
type Operate = Parameters<typeof write>[3]

type Options = Pick<
  JsonApiBlueprint['~options'],
  'name' | 'profiles' | 'outgoing' | 'status' | 'hidden' | 'documented'
>

/** Options of endpoints with pages. */
export const PAGED: Options = { profiles: [CURSOR_PROFILE] }

/** Options of endpoints with pages of resources: as tables, too, unless postprocessors change their documents. */
export function listedBy({ postprocessors }: ServedApi, kind: PostprocessorKind): Options {
  return postprocessors[kind]?.length ? PAGED : { ...PAGED, outgoing: [null, ...EXPORT_TYPES] }
}

export class EndpointBuilder {
  readonly api: ServedApi
  readonly #blueprint: JsonApiBlueprint
  readonly #manager: Manager

  constructor(blueprint: JsonApiBlueprint, api: ServedApi, manager: Manager) {
    this.#blueprint = blueprint
    this.api = api
    this.#manager = manager
  }

  /** Whether the field `Idempotency-Key` of a POST is read. */
  get hasKeys(): boolean {
    return Boolean(this.#manager.options.idempotency)
  }

  /** @param fixed parameters that the path has as text. */
  get(template: string, read: Read, options: Options, fixed: Params = {}): void {
    const place = this.#place(template)
    this.#blueprint.get(template, options, async (request) => {
      try {
        const call = new ApiCall(this.api, this.#manager, request as ApiRequest, place.template)
        return await read(call, { ...call.request.params, ...fixed })
      } catch (error) {
        const parameterOf = (failure: Failure) => parameterOfFailure(request as ApiRequest, failure)
        throw databaseError(error, undefined, parameterOf) ?? error
      }
    })
  }

  change(
    method: 'POST' | 'PATCH' | 'DELETE',
    template: string,
    operation: Action['operation'],
    operate: Operate,
    options: Options,
  ): void {
    const place = this.#place(template)
    const handler: Handler = (request) => write(place, request as ApiRequest, operation, operate)
    if (method === 'POST') this.#blueprint.post(template, options, handler)
    else if (method === 'PATCH') this.#blueprint.patch(template, options, handler)
    else this.#blueprint.delete(template, options, handler)
  }

  #place(template: string): EndpointPlace {
    return { api: this.api, manager: this.#manager, template: this.api.prefix + template }
  }
}
