/** What a document is about: blueprints, where they stand, and what they are called there. */
import type { Blueprint } from '../../blueprint/blueprint.ts'
import { compile } from '../../blueprint/compile.ts'
import type { Endpoint, EndpointOwner } from '../../blueprint/endpoint.ts'
import { prefixOf } from '../../routing/path.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { Entry } from '../operation/draft.ts'
import { operationIdOf } from '../operation/operation-id.ts'
import type { NamedTag } from './tag.ts'

/** A blueprint at its place. */
export interface DocumentedBlueprint {
  readonly blueprint: Blueprint
  /** Where it stands. Default: where it was registered last. */
  readonly prefix?: string
  /** What it is called in operation ids and tags: one blueprint may stand in several places. Default: its name. */
  readonly name?: string
  /** Parameters of the prefix, in the words of OpenAPI. */
  readonly parameters?: readonly JsonSchema[]
  /** The endpoints, where they are compiled already. */
  readonly endpoints?: readonly Endpoint[]
}

/** How nested blueprints are told apart: by a tag of their own, or not at all. */
export type NestedTags = 'own' | 'outermost'

/** All endpoints that are shown, in order: a blueprint's own before those of blueprints below it. */
export function entriesOf(documented: readonly DocumentedBlueprint[]): Entry[] {
  const taken = new Set<string>()
  return documented.flatMap(({ blueprint, prefix, name = blueprint.name, parameters = [], endpoints }) => {
    const compiled =
      endpoints ??
      (prefix === undefined
        ? blueprint['~compiled'].endpoints
        : compile(blueprint, prefixOf(prefix)).endpoints)
    const chains = chainsOf(blueprint, [name])
    const places = [...chains.keys()]
    const ordered = [...compiled].sort((a, b) => places.indexOf(a.owner) - places.indexOf(b.owner))
    const shown = ordered.filter(({ options }) => !options.hidden)
    return shown.map((endpoint): Entry => {
      const chain = chains.get(endpoint.owner) ?? [name]
      return { endpoint, chain, operationId: operationIdOf(chain, endpoint.name, taken), parameters }
    })
  })
}

/** The names from the outermost to each blueprint, in the order they were nested. */
function chainsOf(
  blueprint: Blueprint,
  chain: readonly string[],
  chains = new Map<EndpointOwner, readonly string[]>(),
): Map<EndpointOwner, readonly string[]> {
  if (chains.has(blueprint)) return chains // stands in two places: the first names it
  chains.set(blueprint, chain)
  for (const { blueprint: child } of blueprint['~parts'].children)
    chainsOf(child, [...chain, child.name], chains)
  return chains
}

/** The tags of blueprints that have something to show. */
export function blueprintTags(entries: readonly Entry[], nested: NestedTags): NamedTag[] {
  const tags = new Map<string, NamedTag>()
  for (const { endpoint, chain } of entries) {
    const shown = nested === 'own' ? chain : chain.slice(0, 1)
    for (const [index, name] of shown.entries()) {
      const { description } = index === chain.length - 1 ? endpoint.owner.settings : {}
      const parent = index > 0 ? shown[index - 1] : undefined
      const known = tags.get(name)
      tags.set(name, {
        name,
        description: known?.description ?? description,
        parent: known ? known.parent : parent,
      })
    }
  }
  return [...tags.values()]
}
