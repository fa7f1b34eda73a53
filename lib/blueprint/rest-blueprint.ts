/** The blueprint that does it all: one line per mixin, the first to run at the top. */
import { Blueprint } from './blueprint.ts'
import { Arguments } from './mixins/arguments.ts'
import { Etag } from './mixins/etag.ts'
import { Exceptions } from './mixins/exceptions.ts'
import { ContentNegotiation } from './mixins/negotiation.ts'
import { Pagination } from './mixins/pagination.ts'
import { Patching } from './mixins/patching.ts'
import { Responses } from './mixins/responses.ts'

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
