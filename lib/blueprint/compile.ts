/**
 * From what a blueprint was told to what a request meets: endpoints with their stages, and a route table.
 */

import { type Offer, offer } from '../negotiation/offer.ts'
import type { Converter } from '../routing/converter.ts'
import { Path } from '../routing/path.ts'
import { RouteTable } from '../routing/route-table.ts'
import { isPromise } from '../schema/is-promise.ts'
import type { Exchange, Step } from '../walk/exchange.ts'
import { handle } from '../walk/handler-result.ts'
import { stageOf } from '../walk/middleware.ts'
import { send } from '../walk/send.ts'
import type { Blueprint, Parts } from './blueprint.ts'
import { Endpoint, type Mount, type RouteDefinition } from './endpoint.ts'
import type { AfterHook, BeforeHook } from './routes.ts'

/** A blueprint compiled below a prefix. */
export interface Compiled {
  readonly endpoints: readonly Endpoint[]
  /** Endpoints of nested blueprints carry their blueprint's name: `child.show`. */
  readonly byName: ReadonlyMap<string, Endpoint>
  readonly table: RouteTable
  /** The innermost first; of those with one prefix the one around the others. */
  readonly mounts: readonly Mount[]
  /** That of the blueprint itself. */
  readonly outermost: Mount
  /** What every path here starts with. */
  readonly head: string
}

/** Plain JSON: what a blueprint without a content renderer speaks. */
const JSON_OFFER: Offer = /* @__PURE__ */ offer('application/json', undefined, false)

/** @throws {TypeError} for anything a path, an option or a map says that cannot be. */
export function compile(blueprint: Blueprint, prefix: string): Compiled {
  const endpoints: Endpoint[] = []
  const mounts: Mount[] = []
  const byName = new Map<string, Endpoint>()

  function add(
    current: Blueprint,
    place: string,
    outer: readonly Parts[],
    known: Converters,
    names: string,
  ): void {
    const parts = current['~parts']
    const chain = [...outer, parts]
    const converters = { ...known, ...parts.converters }
    const compileOne = (declaration: RouteDefinition) => {
      const path = new Path(join(place, declaration.template), converters)
      const endpoint = new Endpoint(declaration, path, current, JSON_OFFER)
      parts.prepare(endpoint)
      endpoint.after = hooksAfter(chain)
      endpoint.errorHandlers = chain.toReversed().map(({ errorHandlers }) => errorHandlers)
      return endpoint
    }
    for (const child of parts.children) {
      add(child.blueprint, join(place, child.prefix), chain, converters, `${names}${child.blueprint.name}.`)
    }
    const middleware = chain.flatMap(middlewareSteps)
    const own = parts.declared.map(compileOne)
    for (const endpoint of own) {
      endpoint.stages = [...middleware, ...stagesOf(endpoint, chain)]
      endpoints.push(endpoint)
      const name = names + endpoint.name
      if (!byName.has(name)) byName.set(name, endpoint)
    }
    const nowhere = compileOne(FALLBACK) // last: what an endpoint gets wrong is told in its name
    nowhere.stages = [...middleware, callNext]
    const mount: Mount = { prefix: encodeURI(place), fallback: nowhere, middleware }
    mounts.push(mount)
    for (const endpoint of own) endpoint.mount = mount
  }

  add(blueprint, prefix, [], {}, '')
  return {
    endpoints,
    byName,
    table: new RouteTable(endpoints, blueprint.settings.strict ?? false),
    mounts: mounts.toReversed().sort((a, b) => b.prefix.length - a.prefix.length),
    outermost: mounts.at(-1) as Mount,
    head: encodeURI(new Path(prefix || '/', blueprint['~parts'].converters).head.replace(/\/$/, '')),
  }
}

type Converters = Readonly<Record<string, Converter>>

/** Where a request is that no endpoint knows: its errors are told as this blueprint tells errors. */
const FALLBACK: RouteDefinition = {
  method: '',
  template: '/',
  options: {},
  handler: () => undefined,
  name: '',
}

/** The walk of an endpoint, outermost blueprint first on the way in, last on the way out. */
function stagesOf(endpoint: Endpoint, chain: readonly Parts[]): Step[] {
  const own = [endpoint.options.before ?? []].flat()
  const before = [...chain.flatMap(({ beforeHooks }) => beforeHooks), ...own].map(runBefore)
  const after = endpoint.after.map(runAfter)
  return [...before, ...endpoint.admit, ...endpoint.receive, handle, ...endpoint.respond, ...after, send]
}

/** Where the middleware of a blueprint leads when it has no endpoint for the request. */
function callNext(exchange: Exchange): void {
  exchange.answered = true
  exchange.next?.()
}

function middlewareSteps({ middleware }: Parts): Step[] {
  return middleware.map(stageOf)
}

function hooksAfter(chain: readonly Parts[]): AfterHook[] {
  return chain.toReversed().flatMap(({ afterHooks }) => afterHooks)
}

function runBefore(hook: BeforeHook): Step {
  return (exchange) => {
    const pending: unknown = hook(exchange.request, exchange.response)
    if (!isPromise(pending)) return noteAnswer(exchange)
    return Promise.resolve(pending).then(() => noteAnswer(exchange))
  }
}

/** A hook that has sent the head has answered. */
function noteAnswer(exchange: Exchange): void {
  exchange.answered ||= exchange.response.headersSent
}

function runAfter(hook: AfterHook): Step {
  return ({ request, response, data }) => {
    const pending: unknown = hook(request, response, data)
    return isPromise(pending) ? Promise.resolve(pending).then(() => {}) : undefined
  }
}

/** A prefix and a path as one template; `/` below a prefix is the prefix itself. */
function join(prefix: string, template: string): string {
  return template === '/' ? prefix || '/' : prefix + template
}
