/**
 * Arrays of PostgreSQL as it reads them. Lists within lists are dimensions, but of JSON values.
 *
 *     [[1, null], [2, 3]]  →  {{"1",NULL},{"2","3"}}        jsonb[]  [[1], "a"]  →  {"[1]","\"a\""}
 */

/** @param type of the array: `text[]`. @param textOf the text of an element that is no list, no JSON and not null. */
export function arrayText(
  list: readonly unknown[],
  type: string,
  textOf: (element: unknown) => string,
): string {
  const isJson = /^jsonb?\[/.test(type)
  const delimiter = type.startsWith('box[') ? ';' : ','
  const parts = list.map((element) => {
    if (element === null) return 'NULL'
    if (isJson) return quoted(JSON.stringify(element))
    return Array.isArray(element) ? arrayText(element, type, textOf) : quoted(textOf(element))
  })
  return `{${parts.join(delimiter)}}`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** A value for each element of an array of any dimensions; null stays null. */
export function mapElements(value: unknown, map: (element: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => mapElements(element, map))
  return value === null ? null : map(value)
}
