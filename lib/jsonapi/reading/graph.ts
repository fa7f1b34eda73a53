/**
 * The resources around the primary ones: the linkage of shown relationships, and the resources to include. Level by level, with
 * one statement for each relationship, whatever the number of resources.
 */
import { groupBy } from '../../registry/group-by.ts'
import { parameterError } from '../errors/issue.ts'
import type { Fieldsets, IncludeTree } from '../query/condition.ts'
import type { Scope } from '../query/scope.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import { type Identifier, type Instance, Instances, identifierOf } from './instance.ts'
import { keyOf } from './keys.ts'
import { addLinkage, nextPage } from './linkage.ts'
import { membersOf } from './members.ts'
import { type RelatedQuery, relatedRows } from './related-rows.ts'
import { identifierInRow, isInRow } from './relationship-key.ts'
import {
  attributeJson,
  attributeSelection,
  identifierSelection,
  type Row,
  type Selection,
  selectionOf,
  shownAttributes,
} from './selection.ts'

/** What a document shows besides its primary resources. */
export interface GraphQuery {
  readonly fields: Fieldsets
  readonly include: IncludeTree
  /** Restrictions of included relationships, by their dotted path. */
  readonly related: ReadonlyMap<string, RelatedQuery>
  /** Included members of a to-many relationship per resource, at most, without a restriction. */
  readonly limitOf?: (target: Resource) => number | undefined
  /** Members of all included relationships together, at most. Default: no limit. */
  readonly maxIncluded?: number
}

/** Loads linkage and included resources into the instances. */
export class Graph {
  readonly #scope: Scope
  readonly #query: GraphQuery
  readonly instances: Instances
  /** Members that may still be included. */
  #room: number

  constructor(scope: Scope, query: GraphQuery) {
    this.#scope = scope
    this.#query = query
    this.instances = new Instances(scope.dialect)
    this.#room = query.maxIncluded ?? Number.POSITIVE_INFINITY
  }

  /** Loads everything around primary resources. @throws {BadRequest} 400, for more included resources than a response may have. */
  async load(primary: readonly Instance[]): Promise<void> {
    let level: readonly Step[] = [{ owners: primary, tree: this.#query.include, path: '' }]
    while (level.length > 0) {
      const next: Step[] = []
      for (const step of level) next.push(...(await this.#include(step)))
      level = next
    }
    for (const [resource, instances] of byResource(this.instances.all)) {
      await this.#link(resource, instances)
      await this.#list(resource, instances)
    }
  }

  /** Loads the linkage of the to-one relationships with these names. */
  async loadToOne(primary: readonly Instance[], names: readonly string[]): Promise<void> {
    for (const [resource, instances] of byResource(primary)) {
      for (const name of names) {
        const relationship = resource.relationships.get(name)
        if (relationship?.isReadable && !relationship.isMany)
          await this.#linkOne(resource, relationship, instances)
      }
    }
  }

  /** Loads the included relationships of one level. */
  async #include({ owners, tree, path }: Step): Promise<readonly Step[]> {
    const steps: Step[] = []
    for (const [name, subtree] of Object.entries(tree)) {
      const ownPath = path === '' ? name : `${path}.${name}`
      const members: Instance[] = []
      for (const [resource, instances] of byResource(owners)) {
        const relationship = resource.relationships.get(name)
        if (!relationship?.isReadable) continue // of another subtype, or hidden in this one
        members.push(...(await this.#members(relationship, resource, instances, ownPath)))
      }
      if (members.length > 0) steps.push({ owners: [...new Set(members)], tree: subtree, path: ownPath })
    }
    return steps
  }

  /** The related resources, which also are the linkage of their owners. */
  async #members(
    relationship: Relationship,
    resource: Resource,
    owners: readonly Instance[],
    path: string,
  ): Promise<readonly Instance[]> {
    const { target } = relationship
    const query = this.#query.related.get(path) ?? {}
    const selection = selectionOf(target, this.#query.fields)
    const limit = relationship.isMany ? (query.limit ?? this.#query.limitOf?.(target)) : undefined
    const read = (more: RelatedQuery): Promise<readonly Row[]> =>
      this.#rowsOf(resource, relationship, owners, selection, { ...query, ...more })
    const rows = await this.#bounded(owners.length, limit, query.limit !== undefined, read)
    const found: Instance[] = []
    for (const [owner, own] of membersOf(owners, relationship, rows)) {
      if (!relationship.isMany && own.length === 0 && query.condition) continue // it may have one that is not included
      const shown = limit === undefined ? own : own.slice(0, limit)
      const members = shown.map((row) => this.instances.of(target, row))
      found.push(...members)
      const next = shown.length < own.length ? nextPage(query, limit) : undefined
      addLinkage(owner, relationship, members.map(identifierOf), next)
    }
    this.#room -= found.length
    if (this.#room < 0) throw tooManyIncluded(this.#query.maxIncluded)
    return found
  }

  /**
   * The rows of a relationship, with one more than the limit per owner where it has more, and one more than the response may
   * have. A limit that the client has not asked for is rarely met: all rows are read at once, unless they are too many.
   */
  async #bounded(
    owners: number,
    limit: number | undefined,
    isAsked: boolean,
    read: (more: RelatedQuery) => Promise<readonly Row[]>,
  ): Promise<readonly Row[]> {
    const room = this.#room
    if (limit === undefined) return read({ most: room + 1 })
    if (!isAsked) {
      const most = Math.min(owners * limit, room)
      const rows = await read({ most: most + 1 })
      if (rows.length <= most) return rows
    }
    return read({ limit: limit + 1, most: room + owners + 1 })
  }

  /** Loads the linkage that is shown and not known yet. */
  async #link(resource: Resource, instances: readonly Instance[]): Promise<void> {
    const set = this.#query.fields.get(resource.type)
    for (const relationship of resource.relationships.values()) {
      const { name, hasLinkage, isReadable } = relationship
      const missing = instances.filter(({ linkage }) => !linkage.has(name))
      if (!hasLinkage || !isReadable || !(set?.has(name) ?? true) || missing.length === 0) continue
      await this.#linkOne(resource, relationship, missing)
    }
  }

  /** Loads the attributes that list values of related rows. */
  async #list(resource: Resource, instances: readonly Instance[]): Promise<void> {
    const { dialect } = this.#scope
    for (const { name, proxy } of shownAttributes(resource, this.#query.fields)) {
      if (!proxy) continue
      const { relationship, attribute } = proxy
      const { target } = relationship
      const selection = attributeSelection(target, attribute)
      const rows = await this.#rowsOf(resource, relationship, instances, selection)
      for (const [{ lists }, own] of membersOf(instances, relationship, rows))
        lists.set(
          name,
          own.map((row) => attributeJson(target, attribute, row, dialect)),
        )
    }
  }

  async #linkOne(
    resource: Resource,
    relationship: Relationship,
    instances: readonly Instance[],
  ): Promise<void> {
    const { target } = relationship
    const { dialect } = this.#scope
    if (isInRow(relationship)) {
      for (const { row, linkage } of instances)
        linkage.set(relationship.name, { data: identifierInRow(relationship, row, dialect) })
      return
    }
    const rows = await this.#rowsOf(resource, relationship, instances, identifierSelection(target))
    for (const [owner, own] of membersOf(instances, relationship, rows))
      addLinkage(
        owner,
        relationship,
        own.map((row) => identifierOfRow(target, row, this.#scope)),
      )
  }

  async #rowsOf(
    resource: Resource,
    relationship: Relationship,
    owners: readonly Instance[],
    selection: Selection,
    query?: RelatedQuery,
  ): Promise<readonly Row[]> {
    const keys = owners.flatMap(({ row }) => {
      const key = keyOf(row, relationship.relation.local)
      return key ? [key] : []
    })
    return keys.length === 0 ? [] : relatedRows(this.#scope, resource, relationship, keys, selection, query)
  }
}

/** Owners whose relationships of a tree are to be included. */
interface Step {
  readonly owners: readonly Instance[]
  readonly tree: IncludeTree
  readonly path: string
}

/** The identifier of the resource that a row of `target` is. */
export function identifierOfRow(target: Resource, row: Row, { dialect }: Scope): Identifier {
  const resource = target.ofRow(row)
  return { type: resource.type, id: resource.ids.of(row, dialect) }
}

function tooManyIncluded(most?: number): Error {
  const detail = `A response includes at most ${most} related resources: ask for smaller pages, or include less`
  return parameterError('include', detail)
}

function byResource(instances: readonly Instance[]): ReadonlyMap<Resource, readonly Instance[]> {
  return groupBy(instances, ({ resource }) => resource)
}
