/**
 * Operation ids: the names of blueprint and endpoint, in letters that every generator of clients can take.
 *
 *     pets.show   ·   GET /pets/<int:id> in pets  →  pets.get_pets_id
 */

/** @param taken takes the id down, so that the next of the same name gets another. */
export function operationIdOf(chain: readonly string[], name: string, taken: Set<string>): string {
  const id = [...chain, name].map(wordOf).join('.')
  let unique = id
  for (let number = 2; taken.has(unique); number++) unique = `${id}_${number}`
  taken.add(unique)
  return unique
}

function wordOf(name: string): string {
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(name) ?? []
  const text =
    method === undefined ? name : `${method.toLowerCase()}${path?.replace(/<(?:[^<>]*:)?(\w+)>/g, '$1')}`
  return text.replace(/[^\w.-]+/g, '_').replace(/_+$/, '')
}
