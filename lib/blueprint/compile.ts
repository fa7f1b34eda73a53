/**
 * Compiles a blueprint: routes → endpoints with their steps, and a route table.
 */
import type { CompiledRoutes } from '../app/routes.ts'
import { CONVERTERS } from '../routing/converter.ts'
import { Path } from '../routing/path.ts'
import { RouteTable } from '../routing/route-table.ts'
import { addDeadline } from '../walk/deadline.ts'
import type { Exchange } from '../walk/exchange.ts'
import { callHandler } from '../walk/handler-result.ts'
import { afterStep, beforeStep, middlewareStep } from '../walk/hook-steps.ts'
import { renderResult } from '../walk/render.ts'
import { sendRendered } from '../walk/send.ts'
import type {} from '../walk/surrounding.ts' // Endpoint.afterPrepare
import type { Blueprint, Parts } from './blueprint.ts'
import { Endpoint, type Mount, type RouteDefinition } from './endpoint.ts'

/** A blueprint compiled below a prefix. */
export interface Compiled extends CompiledRoutes {
  /** Endpoints of nested blueprints carry their blueprint's name: `child.show`. */
  readonly byName: ReadonlyMap<string, Endpoint>
  /** The longest prefix first; with equal prefixes the outermost blueprint first. */
  readonly mounts: readonly Mount[]
  /** The endpoints of each nested blueprint, with those nested in it. */
  readonly groups: ReadonlyMap<Parts['children'][number], readonly Endpoint[]>
}

/**
 * @param outer the blueprints around it, outermost first; their prefixes are part of `prefix`.
 * @throws {TypeError} for an invalid path, option or media type.
 */
export function compile(blueprint: Blueprint, prefix: string, outer: readonly Parts[] = []): Compiled {
  const endpoints: Endpoint[] = []
  const mounts: Mount[] = []
  const byName = new Map<string, Endpoint>()
  const groups = new Map<Parts['children'][number], readonly Endpoint[]>()

  function add(
    current: Blueprint,
    fullPrefix: string,
    outerParts: readonly Parts[],
    namePrefix: string,
    name: string,
  ): void {
    const parts = { ...current['~parts'], name }
    const chain = [...outerParts, parts]
    const shared = sharedPartsOf(chain)
    const converters = convertersOf(chain)
    const compileOne = (definition: RouteDefinition) => {
      const path = new Path(join(fullPrefix, definition.template), converters)
      const endpoint = new Endpoint(definition, path, current)
      prepare(endpoint, chain, shared)
      return endpoint
    }
    for (const child of parts.children) {
      const start = endpoints.length
      const { prefix, blueprint: inner, name: ownName = inner.name } = child
      add(inner, join(fullPrefix, prefix), chain, `${namePrefix}${ownName}.`, ownName)
      if (current === blueprint) groups.set(child, endpoints.slice(start))
    }
    const own = Array.from(parts.routes.values(), compileOne)
    for (const endpoint of own) {
      endpoints.push(endpoint)
      const name = namePrefix + endpoint.name
      if (!byName.has(name)) byName.set(name, endpoint)
    }
    const fallback = compileOne(FALLBACK) // compiled last, so that a TypeError names a real endpoint
    const mount: Mount = { prefix: encodeURI(fullPrefix), fallback }
    mounts.push(mount)
    for (const endpoint of own) endpoint.mount = mount
  }

  const root = new Path(prefix || '/', convertersOf([...outer, blueprint['~parts']]))
  const head = headOf(root)
  add(blueprint, prefix, outer, '', blueprint.name)
  return {
    endpoints,
    byName,
    groups,
    table: new RouteTable(endpoints, blueprint.settings.strict ?? false),
    mounts: mounts.toReversed().sort((a, b) => b.prefix.length - a.prefix.length),
    outermost: mounts.at(-1) as Mount,
    head,
    firstSegment: firstSegmentOf(root, head),
  }
}

/** The converters of a blueprint and of those around it, outermost first: the innermost of a name holds. */
function convertersOf(chain: readonly Parts[]): Parts['converters'] {
  return Object.assign({}, CONVERTERS, ...chain.map(({ converters }) => converters))
}

/** The text that all paths of a prefix begin with, up to a character that may be percent-encoded in a request. */
function headOf({ head }: Path): string {
  return head.replace(/[^\w./~-].*$/s, '').replace(/\/$/, '')
}

/** The first segment of the head, where it is all of the segment. */
function firstSegmentOf({ segments }: Path, head: string): string | undefined {
  const [, first] = head.split('/')
  return first && segments[0]?.text === first ? first : undefined
}

/** Definition of a mount's fallback, so that surroundings and error renderer also apply to 404s. */
const FALLBACK: RouteDefinition = {
  method: '',
  template: '/',
  options: {},
  handler: () => undefined,
  name: '',
}

/** Parts of a blueprint and of those around it that all its endpoints share. */
type SharedParts = Pick<Endpoint, 'settings' | 'blueprintNames' | 'schemes' | 'errorHandlers'> &
  Pick<Parts, 'afterHooks'>

function sharedPartsOf(chain: readonly Parts[]): SharedParts {
  const innermostFirst = chain.toReversed()
  return {
    settings: innermostFirst.map(({ settings }) => settings),
    blueprintNames: innermostFirst.map(({ name }) => name),
    schemes: Object.assign({}, ...chain.map(({ schemes }) => schemes)),
    errorHandlers: innermostFirst.map(({ errorHandlers }) => errorHandlers),
    afterHooks: innermostFirst.flatMap(({ afterHooks }) => afterHooks),
  }
}

/** Adds the steps of the surroundings (outermost first), of the mixins, and of the core. */
function prepare(endpoint: Endpoint, chain: readonly Parts[], { afterHooks, ...shared }: SharedParts): void {
  Object.assign(endpoint, shared)
  endpoint.logger = endpoint.nearest('logger') ?? console
  endpoint.onError = endpoint.nearest('onError')
  for (const { name, middleware, beforeHooks, surround } of chain) {
    for (const one of middleware) endpoint.onFunction('middleware', one, middlewareStep(one))
    endpoint.surroundedBy(name, () => surround(endpoint))
    if (!endpoint.isRouted) continue
    for (const hook of beforeHooks) endpoint.onFunction('before', hook, beforeStep(hook))
  }
  throwIfUnenforced(endpoint)
  const { use = [], before = [] } = endpoint.options
  for (const one of [use].flat()) endpoint.onFunction('before', one, middlewareStep(one))
  for (const hook of [before].flat()) endpoint.onFunction('before', hook, beforeStep(hook))
  chain.at(-1)?.prepare(endpoint)
  for (const run of endpoint.afterPrepare ?? []) endpoint.surroundedBy(endpoint.blueprint, run)
  if (afterHooks.length > 0) endpoint.onCore('after/runAfterHooks', afterStep(afterHooks))
  if (endpoint.isRouted) endpoint.onCore('handle/callHandler', callHandler)
  else endpoint.onCore('authorize/callNext', callNext)
  endpoint.onCore('render/renderResult', renderResult)
  endpoint.onCore('send/sendRendered', sendRendered)
  addDeadline(endpoint)
  endpoint.complete()
}

/** @throws {TypeError} for a security scheme that is not enforced: outside of an Api. */
function throwIfUnenforced(endpoint: Endpoint): void {
  if (endpoint.isGuarded || !endpoint.isRouted) return
  const names = (endpoint.nearest('security') || []).flatMap((one) => Object.keys(one))
  const name = names.find((one) => endpoint.schemes[one]?.documentOnly !== true)
  if (name !== undefined)
    throw new TypeError(
      `The endpoint '${endpoint.name}' requires the security scheme '${name}', which only an Api enforces; outside of one it has to be documentOnly`,
    )
}

/** Passes a request that matches no endpoint to the next handler, after the surroundings. */
function callNext(exchange: Exchange): void {
  exchange.end()
  exchange.next?.()
}

/** A prefix and a path as one template; `/` below a prefix is the prefix itself. */
function join(prefix: string, template: string): string {
  return template === '/' ? prefix || '/' : prefix + template
}
