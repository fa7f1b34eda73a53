/** The blueprint that does it all: one line per mixin, the first to run at the top. */
import { Blueprint } from './blueprint.ts'
import { Arguments } from './mixins/arguments.ts'
import { Exceptions } from './mixins/exceptions.ts'
import { ContentNegotiation } from './mixins/negotiation.ts'
import { Responses } from './mixins/responses.ts'

const Told = /* @__PURE__ */ Exceptions(Blueprint)
const Negotiated = /* @__PURE__ */ ContentNegotiation(Told)
const Parsed = /* @__PURE__ */ Arguments(Negotiated)
const Rendered = /* @__PURE__ */ Responses(Parsed)

/**
 * A blueprint whose endpoints speak the media types their clients ask for.
 *
 *     const api = new RestBlueprint('temperatures')
 *     api.get('/temperatures', () => readings)
 *     api.register(polka(), { prefix: '/api' })
 */
export class RestBlueprint extends Rendered {}
