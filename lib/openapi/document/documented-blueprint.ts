/** Blueprints of a document, with their prefixes and names, and the endpoints to document. */
import type { Blueprint } from '../../blueprint/blueprint.ts'
import { compile } from '../../blueprint/compile.ts'
import type { Endpoint, EndpointOwner } from '../../blueprint/endpoint.ts'
import { oncePerObject } from '../../registry/once-per-object.ts'
import { prefixOf } from '../../routing/path.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import type { EndpointEntry } from '../operation/endpoint-entry.ts'
import { operationIdOf } from '../operation/operation-id.ts'
import type { BlueprintTag } from './tag.ts'

/** A blueprint to document. */
export interface DocumentedBlueprint {
  readonly blueprint: Blueprint
  /** Prefix of its paths. Default: the prefix it was last registered with. */
  readonly prefix?: string
  /** Name in operation ids and tags: one blueprint may be registered several times. Default: the blueprint's name. */
  readonly name?: string
  /** Parameter Objects for the parameters of the prefix. */
  readonly parameters?: readonly JsonSchema[]
  /** The endpoints, if they are already compiled. */
  readonly endpoints?: readonly Endpoint[]
}

/** Tag of an endpoint in a nested blueprint: its own blueprint's, or the outermost blueprint's. */
export type NestedTags = 'own' | 'outermost'

/** All endpoints that are not hidden, in order: a blueprint's own before those of its nested blueprints. */
export function entriesOf(documented: readonly DocumentedBlueprint[]): EndpointEntry[] {
  const usedIds = new Set<string>()
  return documented.flatMap(({ blueprint, prefix, name = blueprint.name, parameters = [], endpoints }) => {
    const compiled = endpoints ?? compiledEndpoints(blueprint, prefix)
    const namesByBlueprint = namesOf(blueprint, [name])
    const order = new Map([...namesByBlueprint.keys()].map((owner, index) => [owner, index]))
    const orderOf = ({ owner }: Endpoint) => order.get(owner) ?? -1
    const ordered = [...compiled].sort((a, b) => orderOf(a) - orderOf(b))
    const visible = ordered.filter(
      ({ options, documented }) => !options.hidden && !documented.some(({ isHidden }) => isHidden?.()),
    )
    return visible.map((endpoint): EndpointEntry => {
      const blueprintNames = namesByBlueprint.get(endpoint.owner) ?? [name]
      const operationId = operationIdOf(blueprintNames, endpoint.name, usedIds)
      return { endpoint, blueprintNames, operationId, parameters }
    })
  })
}

/** The endpoints below a prefix; without one, those of the last registration. */
function compiledEndpoints(blueprint: Blueprint, prefix: string | undefined): readonly Endpoint[] {
  if (prefix === undefined) return blueprint['~registration'].compiled.endpoints
  const path = prefixOf(prefix)
  const known = lastCompiled(blueprint)
  if (known.path !== path) {
    known.endpoints = compile(blueprint, path).endpoints
    known.path = path
  }
  return known.endpoints
}

/** Endpoints below the prefix of the last document; without `path` after a change of the blueprint. */
interface LastCompiled {
  path: string | undefined
  endpoints: readonly Endpoint[]
}

const lastCompiled = /* @__PURE__ */ oncePerObject((blueprint: Blueprint): LastCompiled => {
  const last: LastCompiled = { path: undefined, endpoints: [] }
  blueprint.onChange(() => Object.assign(last, { path: undefined, endpoints: [] }))
  return last
})

/** The names of each blueprint and its parents, outermost first, in the order of nesting. */
function namesOf(
  blueprint: Blueprint,
  names: readonly string[],
  namesByBlueprint = new Map<EndpointOwner, readonly string[]>(),
): Map<EndpointOwner, readonly string[]> {
  if (namesByBlueprint.has(blueprint)) return namesByBlueprint // nested twice: the first one names it
  namesByBlueprint.set(blueprint, names)
  for (const { blueprint: child } of blueprint['~parts'].children)
    namesOf(child, [...names, child.name], namesByBlueprint)
  return namesByBlueprint
}

/** The tags of all blueprints that have a visible endpoint. */
export function blueprintTags(entries: readonly EndpointEntry[], nestedTags: NestedTags): BlueprintTag[] {
  const tags = new Map<string, BlueprintTag>()
  for (const { endpoint, blueprintNames } of entries) {
    const names = nestedTags === 'own' ? blueprintNames : blueprintNames.slice(0, 1)
    for (const [index, name] of names.entries()) {
      const { description } = index === blueprintNames.length - 1 ? endpoint.owner.settings : {}
      const parent = index > 0 ? names[index - 1] : undefined
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
