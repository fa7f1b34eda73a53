/** The blueprint with all mixins: one line each, the first to run at the top. */
import { Arguments } from '../arguments/arguments.ts'
import { Etag } from '../conditional/etag.ts'
import { Exceptions } from '../negotiation/exceptions.ts'
import { ContentNegotiation } from '../negotiation/negotiation.ts'
import { Pagination } from '../pagination/pagination.ts'
import { Patching } from '../patching/patching.ts'
import { Responses } from '../responses/responses.ts'
import type { Handler } from '../walk/handler.ts'
import { Blueprint } from './blueprint.ts'
import type { Exact } from './endpoint-options.ts'
import { EndpointDefinition } from './resource.ts'

const WithExceptions = /* @__PURE__ */ Exceptions(Blueprint)
const WithNegotiation = /* @__PURE__ */ ContentNegotiation(WithExceptions)
const WithArguments = /* @__PURE__ */ Arguments(WithNegotiation)
const WithResponses = /* @__PURE__ */ Responses(WithArguments)
const WithPagination = /* @__PURE__ */ Pagination(WithResponses)
const WithEtag = /* @__PURE__ */ Etag(WithPagination)
const WithPatching = /* @__PURE__ */ Patching(WithEtag)

/**
 * A blueprint whose endpoints respond in the media types that their clients accept.
 *
 *     const api = new RestBlueprint('temperatures')
 *     api.get('/temperatures', () => readings)
 *     api.register(polka(), { prefix: '/api' })
 */
export class RestBlueprint extends WithPatching {}

/** {@link RestBlueprint.endpoint} apart from a blueprint: `{ get: endpoint({ summary: 'All' }, list) }`. */
export function endpoint<
  const P extends string,
  const O extends RestBlueprint['~options'],
  H extends Handler<P, O>,
>(options: Exact<O, RestBlueprint['~options']>, handler: H): EndpointDefinition<P, O, ReturnType<H>> {
  return new EndpointDefinition(options, handler as never)
}
