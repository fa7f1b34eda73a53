/** What the blueprints of an Api stand below, and where each of them stands. */
import type { Blueprint, Parts } from '../blueprint/blueprint.ts'
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import { type Compiled, compile } from '../blueprint/compile.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { RestBlueprint } from '../blueprint/rest-blueprint.ts'
import type { DocumentedBlueprint } from '../openapi/document/documented.ts'
import type { Api } from './api.ts'

/** A blueprint below another. */
export type Child = Parts['children'][number]

export class Root extends RestBlueprint {
  /** The Api of this root, for tools that were given the app alone. */
  readonly '~api': Api

  constructor(api: Api, name: string, options: BlueprintOptions) {
    super(name, options)
    this['~api'] = api
  }
}

/** A blueprint in an Api. */
export interface Place extends DocumentedBlueprint {
  readonly name: string
  readonly endpoints: readonly Endpoint[]
  /** `pets.show`, of nested blueprints `pets.photos.show`. */
  readonly byName: ReadonlyMap<string, Endpoint>
}

/**
 * All blueprints below a root, and at last the root itself for what it serves of its own.
 *
 * @param endpoints of the root, compiled: those of one blueprint after those of the other.
 */
export function placesOf(
  root: Blueprint,
  endpoints: readonly Endpoint[],
  said: ReadonlyMap<Child, Partial<DocumentedBlueprint>>,
): Place[] {
  const { children, routes } = root['~parts']
  let start = 0
  const place = (
    blueprint: Blueprint,
    name: string,
    names: readonly string[],
    more?: Partial<DocumentedBlueprint>,
  ) => {
    const own = endpoints.slice(start, start + names.length)
    start += names.length
    const byName = new Map(own.map((endpoint, index) => [names[index] as string, endpoint]))
    return { ...more, blueprint, name, endpoints: own, byName }
  }
  const below = children.map((child) => {
    const { name = child.blueprint.name } = said.get(child) ?? {}
    return place(child.blueprint, name, namesOf(child.blueprint, `${name}.`), said.get(child))
  })
  const own = routes.map(({ name }) => name)
  return [...below, place(root, root.name, own)]
}

/** The names of a blueprint's endpoints in the order they are compiled: nested blueprints first. */
function namesOf(blueprint: Blueprint, before: string): string[] {
  const { children, routes } = blueprint['~parts']
  const nested = children.flatMap((child) => namesOf(child.blueprint, `${before}${child.blueprint.name}.`))
  return [...nested, ...routes.map(({ name }) => before + name)]
}

/** A blueprint as it will be below the root, before it is put there. @throws {TypeError} for what cannot be. */
export function probed(root: Blueprint, child: Child, prefix: string): Compiled {
  const parts: Parts = { ...root['~parts'], routes: [], children: [child] }
  return compile(Object.create(root, { '~parts': { value: parts } }), prefix)
}
