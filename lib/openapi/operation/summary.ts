/**
 * Summary of an endpoint, from its name.
 *
 *     listPets → List pets · pet:update → Update pet · exportCSV → Export CSV
 */

/** A name that is an identifier, or identifiers joined by one of `.:_-`; not `GET /pets`. */
const NAME = /^[\p{L}\p{N}$_.:-]+$/u
const WORD = /\p{Lu}+(?![\p{Ll}])|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu

/** Undefined for a name without words. */
export function summaryOf(name: string): string | undefined {
  if (!NAME.test(name)) return undefined
  const parts = name.split(/[.:]/).reverse() // the verb comes last in the names of resources: pet.get, pet:update
  const words = parts.flatMap((part) => part.match(WORD) ?? []).map(lowerUnlessAcronym)
  const text = words.join(' ')
  return text === '' ? undefined : text.charAt(0).toUpperCase() + text.slice(1)
}

function lowerUnlessAcronym(word: string): string {
  return /^\p{Lu}{2,}$/u.test(word) ? word : word.toLowerCase()
}
