/**
 * Operation ids: names of blueprints and endpoint, in characters that code generators accept.
 *
 *     pets.show   ·   GET /pets/<int:id> in pets  →  pets.get_pets_id
 */

/** @param usedIds Ids of the document; the new one is added. A repeated id gets a number. */
export function operationIdOf(blueprintNames: readonly string[], name: string, usedIds: Set<string>): string {
  const id = [...blueprintNames, name].map(toIdentifier).join('.')
  let unique = id
  for (let number = 2; usedIds.has(unique); number++) unique = `${id}_${number}`
  usedIds.add(unique)
  return unique
}

function toIdentifier(name: string): string {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(name) ?? []
  const text =
    method === undefined ? name : `${method.toLowerCase()}${path?.replace(/<(?:[^<>]*:)?(\w+)>/g, '$1')}`
  return text.replace(/[^\w.-]+/g, '_').replace(/_+$/, '')
}
