/**
 * Relationships to include, by their paths.
 *
 *     include=author,comments.author  →  { author: {}, comments: { author: {} } }
 *
 * JSON:API 1.1, Inclusion of Related Resources.
 */
import { parameterError } from '../errors/issue.ts'
import type { Relationship, Resource } from '../resource/resource.ts'
import type { IncludeTree } from './condition.ts'
import { quoted, visibleRelationship } from './visible-field.ts'

/**
 * @param maxDepth relationships in a path, at most; 0 refuses every path.
 * @throws {BadRequest} 400, for an unknown path and for one that is too long.
 */
export function resolveInclude(paths: readonly string[], resource: Resource, maxDepth: number): IncludeTree {
  const tree = emptyTree()
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > maxDepth) {
      const limit = maxDepth === 0 ? 'is not supported' : `is limited to ${maxDepth} relationships in a path`
      throw parameterError('include', `The inclusion of related resources ${limit}: ${quoted(path)}`)
    }
    if (!relatedResource(resource, path))
      throw parameterError('include', `no such relationship path ${quoted(path)}`)
    let level = tree
    for (const name of names) level = level[name] ??= emptyTree()
  }
  return tree
}

interface Tree {
  [relationship: string]: Tree
}

/** Without a prototype: a relationship may be called `constructor`. */
function emptyTree(): Tree {
  return Object.create(null)
}

/** The resource at the end of a path of relationships. */
export function relatedResource(resource: Resource, path: string): Resource | undefined {
  return relationshipAt(resource, path)?.target
}

/** The relationship at the end of a path of relationships. */
export function relationshipAt(resource: Resource, path: string): Relationship | undefined {
  let owner: Resource | undefined = resource
  let found: Relationship | undefined
  for (const name of path.split('.')) {
    found = owner && visibleRelationship(owner, name)
    owner = found?.target
  }
  return found
}
