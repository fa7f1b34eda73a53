/** The limits that all endpoints of an Api, or of one of its blueprints, share with their counters. */
import type { SurroundedRoutes } from '../walk/surrounding.ts'
import { type ClientKey, clientKey } from './client-key.ts'
import { Limiter } from './limiter.ts'
import type { NamedLimit, RateLimitOptions, ResolvedLimits } from './rate-limit-options.ts'

/** The limits that tell clients apart in one way. */
export interface Group {
  readonly by: Exclude<NamedLimit['by'], undefined>
  readonly keyOf: ClientKey
  readonly limiter: Limiter
}

/** Limits in the order in which they take points: those by address first, before it is known who the client is. */
interface Groups {
  readonly byAddress: readonly Group[]
  readonly others: readonly Group[]
}

/** The option value that declares each scope; those of a trial are forgotten with it. */
const declarations = new WeakMap<SurroundedRoutes, Map<string, RateLimitOptions>>()

/** The groups of an Api by the option value that declares them and by scope: kept when its endpoints are compiled again. */
const shared = new WeakMap<SurroundedRoutes, WeakMap<RateLimitOptions, Map<string, Groups>>>()

/** @throws {TypeError} for two declarations of one scope, whose keys would be the same. */
export function sharedGroups(routes: SurroundedRoutes, resolved: ResolvedLimits): Groups {
  const { scope, source } = resolved
  const api = routes.trialOf ?? routes
  const sources = declarations.get(routes) ?? new Map(declarations.get(api))
  declarations.set(routes, sources)
  if ((sources.get(scope) ?? source) !== source)
    throw new TypeError(`The option 'rateLimit' has two declarations for '${scope}': give one another name`)
  sources.set(scope, source)
  const ofApi = shared.get(api) ?? new WeakMap<RateLimitOptions, Map<string, Groups>>()
  const ofSource = ofApi.get(source) ?? new Map<string, Groups>()
  const groups = ofSource.get(scope) ?? groupsOf(resolved)
  shared.set(api, ofApi.set(source, ofSource.set(scope, groups)))
  return groups
}

export function groupsOf(resolved: ResolvedLimits): Groups {
  const ways = [...new Set(resolved.limits.map(({ by = 'address' }) => by))]
  const groups = ways.map((by) => ({
    by,
    keyOf: clientKey(by),
    limiter: new Limiter(
      resolved.limits.filter((limit) => limit.by === by),
      resolved,
    ),
  }))
  return {
    byAddress: groups.filter(({ by }) => by === 'address'),
    others: groups.filter(({ by }) => by !== 'address'),
  }
}
