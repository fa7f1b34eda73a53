/**
 * What a module has to show: its Apis, the blueprints on its apps, and blueprints that stand by themselves.
 *
 * Nothing is shown twice: what belongs to an Api is not the app's, and what belongs to either, or to another
 * blueprint, does not stand by itself.
 */
import type { Api } from '../api/api.ts'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { Registration } from '../blueprint/registration.ts'
import { registrationsOf } from '../walk/on-no-match.ts'
import { Complaint } from './command.ts'
import { type Exports, load } from './entry.ts'

/** Endpoints that are served together. */
export interface Source {
  /** The name it is exported by. */
  readonly name: string
  /** What all of it stands below. */
  readonly blueprint: Blueprint
  readonly endpoints: readonly Endpoint[]
  /** Undefined where an app or a blueprint is all there is. */
  readonly api?: Api
}

type Named<T> = readonly [name: string, value: T]

/** @throws {Complaint} for a module that does not load, or has nothing to show. */
export async function sourcesOf(entry: string): Promise<readonly Source[]> {
  const exported = objectsIn(await load(entry))
  const apis = exported.filter((named): named is Named<Api> => isApi(named[1]))
  const blueprints = exported.filter((named): named is Named<Blueprint> => isBlueprint(named[1]))
  const sources: Source[] = apis.map(([name, api]) => {
    return { name, blueprint: api.root, endpoints: api.root['~compiled'].endpoints, api }
  })
  for (const [name, value] of exported) {
    for (const { compiled } of registrationsOf<Registration>(value)) {
      const blueprint = compiled.outermost.fallback.owner as Blueprint
      if (!sources.some((known) => known.endpoints === compiled.endpoints))
        sources.push({ name, blueprint, endpoints: compiled.endpoints, ...ownerOf(blueprint) })
    }
  }
  const roots = [
    ...sources.map(({ blueprint }) => blueprint),
    ...blueprints.map(([, blueprint]) => blueprint),
  ]
  const inside = new Set(roots.flatMap((root) => [...below(root)]))
  for (const [name, blueprint] of blueprints) {
    if (inside.has(blueprint) || sources.some((known) => known.blueprint === blueprint)) continue
    sources.push({ name, blueprint, endpoints: blueprint['~compiled'].endpoints })
  }
  if (sources.length > 0) return sources
  throw new Complaint(
    `${entry} exports no Api, no blueprint and no app with one on it: export it, under any name`,
  )
}

/** Objects by the names they are exported by; lists, and what CommonJS exports, are taken apart. */
function objectsIn(exports: Exports): readonly Named<object>[] {
  const found = new Map<object, string>()
  const note = (name: string, value: unknown, depth: number): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
    if (!found.has(value)) found.set(value, name)
    const isBag = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    if (!isBag || depth === 0) return
    for (const [inner, one] of Object.entries(value))
      note(Array.isArray(value) ? name : inner, one, depth - 1)
  }
  const names = Object.keys(exports).sort((a, b) => Number(a === 'default') - Number(b === 'default'))
  for (const name of names) note(name, exports[name], 2)
  return [...found].map(([value, name]) => [name, value])
}

/** Told by what it can do: it may come from another copy of this package. */
function isApi(value: object): boolean {
  return (
    'document' in value && typeof value.document === 'function' && 'root' in value && 'endpoints' in value
  )
}

function isBlueprint(value: object): boolean {
  return '~parts' in value && '~compiled' in value
}

/** The Api that has put this on an app. */
function ownerOf({ '~api': api }: Blueprint & { readonly '~api'?: object }): Partial<Source> {
  return api ? { api: api as Api } : {}
}

function* below(blueprint: Blueprint): Iterable<Blueprint> {
  for (const { blueprint: child } of blueprint['~parts'].children) {
    yield child
    yield* below(child)
  }
}
