/**
 * Sources of endpoints in a module: its Apis, the blueprints on its apps, and other blueprints.
 *
 * No endpoint occurs twice: a blueprint of an Api is not a source of the app, and a blueprint registered on an
 * Api, an app or another blueprint is not a source itself.
 */
import type { Api } from '../api/api.ts'
import { registrationsOf } from '../app/polka-app.ts'
import type { Routes } from '../app/routes.ts'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { CommandError } from './command.ts'
import { type Exports, load, make } from './entry-module.ts'

/** Endpoints of one Api, app or blueprint. */
export interface Source {
  /** Name of the export. */
  readonly name: string
  /** Root of the endpoints. */
  readonly blueprint: Blueprint
  readonly endpoints: readonly Endpoint[]
  /** Its route table. */
  readonly routes: Routes
  /** Undefined for an app or a blueprint without an Api. */
  readonly api?: Api
  /** All apps of the module, which may have routes of their own. */
  readonly apps: readonly Named<object>[]
}

/** An exported value. */
type Named<T> = readonly [name: string, value: T]

/** @throws {CommandError} for a module that cannot be loaded, or exports none of these. */
export async function sourcesOf(entry: string): Promise<readonly Source[]> {
  const exports = await load(entry)
  const found = sourcesIn(exports)
  if (found.length > 0) return found
  const made = sourcesIn(await madeBy(exports))
  if (made.length > 0) return made
  throw new CommandError(
    `${entry} exports no Api, no blueprint, no app with a registered blueprint and no function that returns one; the export may have any name`,
  )
}

/**
 * Return values of the factories: the default export, or functions named `app`, `api`, `create…`, `make…` or `build…`,
 * without parameters. Others are not called.
 */
async function madeBy(exports: Exports): Promise<Exports> {
  const made: Record<string, unknown> = {}
  for (const [name, value] of objectsIn(exports)) {
    if (typeof value !== 'function' || value.length > 0 || /^class\b/.test(String(value))) continue
    if (!/^(default|app|api|(create|make|build)([A-Z_].*)?)$/.test(name)) continue
    made[name] = await make(name, value as () => unknown)
  }
  return made
}

function sourcesIn(exports: Exports): readonly Source[] {
  const exported = objectsIn(exports)
  const apis = exported.filter((named): named is Named<Api> => isApi(named[1]))
  const blueprints = exported.filter((named): named is Named<Blueprint> => isBlueprint(named[1]))
  const apps = exported.filter(([, value]) => registrationsOf(value).length > 0)
  const sources: Source[] = apis.map(([name, api]) => {
    return { name, apps, blueprint: api.root, ...compiledOf(api.root['~registration']), api }
  })
  for (const [name, value] of exported) {
    for (const registration of registrationsOf(value)) {
      const { compiled } = registration
      const blueprint = compiled.outermost.fallback.owner as Blueprint
      if (!sources.some((source) => source.endpoints === compiled.endpoints))
        sources.push({ name, apps, blueprint, ...compiledOf(registration), ...ownerOf(blueprint) })
    }
  }
  const roots = [
    ...sources.map(({ blueprint }) => blueprint),
    ...blueprints.map(([, blueprint]) => blueprint),
  ]
  const nested = new Set(roots.flatMap((root) => [...descendantsOf(root)]))
  for (const [name, blueprint] of blueprints) {
    if (nested.has(blueprint) || sources.some((source) => source.blueprint === blueprint)) continue
    sources.push({ name, apps, blueprint, ...compiledOf(blueprint['~registration']) })
  }
  return sources
}

/** Exported objects by name, also those in arrays and in the object that CommonJS exports. */
function objectsIn(exports: Exports): readonly Named<object>[] {
  const found = new Map<object, string>()
  const collect = (name: string, value: unknown, depth: number): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return
    if (!found.has(value)) found.set(value, name)
    const isContainer = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    if (!isContainer || depth === 0) return
    for (const [key, member] of Object.entries(value))
      collect(Array.isArray(value) ? name : key, member, depth - 1)
  }
  const names = Object.keys(exports).sort((a, b) => Number(a === 'default') - Number(b === 'default'))
  for (const name of names) collect(name, exports[name], 2)
  return [...found].map(([value, name]) => [name, value])
}

/** Structural: `instanceof` fails for objects from another copy of this package. */
function isApi(value: object): boolean {
  return (
    'document' in value && typeof value.document === 'function' && 'root' in value && 'endpoints' in value
  )
}

function isBlueprint(value: object): boolean {
  return '~parts' in value && '~registration' in value
}

/** The Api that registered a blueprint on an app. */
function ownerOf({ '~api': api }: Blueprint & { readonly '~api'?: object }): Partial<Source> {
  return api ? { api: api as Api } : {}
}

function* descendantsOf(blueprint: Blueprint): Iterable<Blueprint> {
  for (const { blueprint: child } of blueprint['~parts'].children) {
    yield child
    yield* descendantsOf(child)
  }
}

function compiledOf(routes: Routes): Pick<Source, 'endpoints' | 'routes'> {
  return { endpoints: routes.compiled.endpoints, routes }
}
