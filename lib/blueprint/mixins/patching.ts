/** PATCH as a state and what becomes of it: the handler gets the patched value, checked. */
import { NotFound, UnprocessableContent } from '../../exceptions/client-errors.ts'
import { jsonValue } from '../../http/json-value.ts'
import { mergePatch } from '../../http/merge-patch.ts'
import { Patch } from '../../parsers/patch.ts'
import type { Schema } from '../../schema/schema.ts'
import { contentReader, refuse } from '../argument.ts'
import type { Blueprint } from '../blueprint.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Exchange, Handler } from '../exchange.ts'
import type { ArgumentsMixin, ArgumentsOptions } from './arguments.ts'
import type { Constructor } from './constructor.ts'
import type { StateRequest } from './etag.ts'

/** How an endpoint is patched. */
export interface PatchOptions {
  /** The state to patch; undefined: there is none, 404. Default: what `etag.current` found. */
  readonly current?: (request: StateRequest) => unknown
  /** What the patched state must be: the handler gets what it makes of it as `body`. */
  readonly schema: Schema
}

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface PatchedOptions extends ArgumentsOptions {
  /** Takes merge patches (RFC 7396), and JSON patches where there is a parser for them (RFC 6902). */
  readonly patch?: PatchOptions
}

/** What the mixin adds to a blueprint. */
export interface PatchingMixin {
  readonly '~options': PatchedOptions
}

const MERGE_PATCH = 'application/merge-patch+json'
const JSON_PATCH = 'application/json-patch+json'

export function Patching<T extends Constructor<Blueprint & ArgumentsMixin>>(
  Base: T,
): T & Constructor<PatchingMixin> {
  return class extends Base implements PatchingMixin {
    declare readonly '~options': PatchedOptions

    /** Says which patches are taken, unless `incoming` has spoken. */
    protected override declare(
      method: string,
      template: string,
      options: PatchedOptions,
      handler: Handler,
      name: string,
    ): void {
      const { patch, incoming } = options
      const types = this.contentParser.types.includes(JSON_PATCH) ? [MERGE_PATCH, JSON_PATCH] : [MERGE_PATCH]
      super.declare(
        method,
        template,
        patch && !incoming ? { ...options, incoming: types } : options,
        handler,
        name,
      )
    }

    protected override prepare(endpoint: Endpoint<PatchedOptions>): void {
      super.prepare(endpoint)
      const { patch, body } = endpoint.options
      if (!patch) return
      if (body)
        throw new TypeError(`The endpoint '${endpoint.name}' has a patch and a body: one of them is enough`)
      const { schema, current } = patch
      const { unknown: policy, jsonSchema: hook } = this.settings
      const read = contentReader({ schema, policy: endpoint.options.unknown ?? policy, hook, isText: false })
      const check = (exchange: Exchange): void | Promise<void> => {
        const complaints = read(exchange)
        return complaints instanceof Promise ? complaints.then(refuse) : refuse(complaints)
      }
      endpoint.receive.push((exchange) => apply(exchange, current, check))
    }
  }
}

/** @throws {NotFound} 404, {Conflict} 409, {UnprocessableContent} 422 (RFC 5789 §2.2, RFC 6902 §5). */
function apply(
  exchange: Exchange,
  current: PatchOptions['current'],
  check: (exchange: Exchange) => void | Promise<void>,
): void | Promise<void> {
  const request = exchange.request as Exchange['request'] & { body?: unknown; current?: unknown }
  if (!exchange.accepted)
    throw new UnprocessableContent('There is no patch', {
      errors: [{ detail: 'Content is required', pointer: '#' }],
    })
  const state = current ? current(request as unknown as StateRequest) : request.current
  const settle = (settled: unknown): void | Promise<void> => {
    if (settled === undefined || settled === null) throw new NotFound('There is nothing here to patch')
    const { body } = request
    request.body = body instanceof Patch ? body.apply(settled) : mergePatch(jsonValue(settled, 'kept'), body)
    return check(exchange)
  }
  return state instanceof Promise ? state.then(settle) : settle(state)
}
