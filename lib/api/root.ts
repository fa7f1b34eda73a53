/** The root blueprint of an Api, and the blueprints below it. */
import type { Blueprint, Parts } from '../blueprint/blueprint.ts'
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import { type Compiled, compile } from '../blueprint/compile.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { ENDPOINT_OPTIONS } from '../blueprint/endpoint-options.ts'
import { RestBlueprint } from '../blueprint/rest-blueprint.ts'
import type { DocumentedBlueprint } from '../openapi/document/documented-blueprint.ts'
import { answerHealth } from '../server/health.ts'
import type { SurroundedRoutes, Surrounding } from '../walk/surrounding.ts'
import { SURROUNDINGS } from './surroundings.ts'

/** The options of endpoints that no surrounding owns. */
const CORE: readonly string[] = Object.keys(ENDPOINT_OPTIONS)

/** A nested blueprint with its prefix. */
export type Child = Parts['children'][number]

export class Root extends RestBlueprint implements SurroundedRoutes {
  /** The Api of this root, for tools that only get the app. */
  readonly '~api': object
  /** That of the Api, which may be given when it is put on an app. */
  prefix = ''

  constructor(api: object, name: string, options: BlueprintOptions) {
    super(name, options)
    this['~api'] = api
  }

  endpointsAt(path: string): readonly Endpoint[] {
    return this['~registration'].compiled.table.endpointsAt(path)
  }

  /** Compiles a blueprint as a child without adding it. @throws {TypeError} for an invalid blueprint. */
  compileChild(child: Child): Compiled {
    const { prefix } = this
    const trial = { prefix, trialOf: this, endpointsAt: (path: string) => this.endpointsAt(path) }
    const surround = (endpoint: Endpoint) => this.#surroundBy(endpoint, trial)
    const parts: Parts = { ...this['~parts'], routes: new Map(), children: [child], surround }
    return compile(Object.create(this, { '~parts': { value: parts } }), prefix)
  }

  protected override surround(endpoint: Endpoint): void {
    this.#surroundBy(endpoint, this)
  }

  #surroundBy(endpoint: Endpoint, routes: SurroundedRoutes): void {
    super.surround(endpoint)
    answerHealth(endpoint)
    for (const { name, option, surround } of SURROUNDINGS as readonly Surrounding[]) {
      endpoint.mixin(name, CORE.includes(option) ? [] : [option], [option])
      surround(endpoint, routes)
    }
  }
}

/** A blueprint of an Api with its compiled endpoints. */
export interface ApiBlueprint extends DocumentedBlueprint {
  readonly name: string
  readonly endpoints: readonly Endpoint[]
}

/** All blueprints below a root, then the root itself with its own endpoints. */
export function apiBlueprints(
  root: Blueprint,
  { endpoints, groups }: Compiled,
  registered: ReadonlyMap<Child, Partial<DocumentedBlueprint>>,
): ApiBlueprint[] {
  const nested = Array.from(groups, ([child, own]) => {
    const { blueprint } = child
    return { name: blueprint.name, ...registered.get(child), blueprint, endpoints: own }
  })
  const ofNested = new Set([...groups.values()].flat())
  const own = endpoints.filter((endpoint) => !ofNested.has(endpoint))
  return [...nested, { blueprint: root, name: root.name, endpoints: own }]
}
