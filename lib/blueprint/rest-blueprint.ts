/** The blueprint that does it all: one line per mixin, the first to run at the top. */

import { Arguments } from '../arguments/arguments.ts'
import { Etag } from '../conditional/etag.ts'
import { Exceptions } from '../negotiation/exceptions.ts'
import { ContentNegotiation } from '../negotiation/negotiation.ts'
import { Pagination } from '../pagination/pagination.ts'
import { Patching } from '../patching/patching.ts'
import { Responses } from '../responses/responses.ts'
import { Blueprint } from './blueprint.ts'

const Told = /* @__PURE__ */ Exceptions(Blueprint)
const Negotiated = /* @__PURE__ */ ContentNegotiation(Told)
const Parsed = /* @__PURE__ */ Arguments(Negotiated)
const Rendered = /* @__PURE__ */ Responses(Parsed)
const Paged = /* @__PURE__ */ Pagination(Rendered)
const Tagged = /* @__PURE__ */ Etag(Paged)
const Patched = /* @__PURE__ */ Patching(Tagged)

/**
 * A blueprint whose endpoints speak the media types their clients ask for.
 *
 *     const api = new RestBlueprint('temperatures')
 *     api.get('/temperatures', () => readings)
 *     api.register(polka(), { prefix: '/api' })
 */
export class RestBlueprint extends Patched {}
