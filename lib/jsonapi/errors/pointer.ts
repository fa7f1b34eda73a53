/** Paths of values that a request document has. JSON:API 1.1, "Error Objects", `source`. */

type Path = readonly (string | number)[]

/** The path itself, where the document has its value, else that of the nearest parent: empty for the document. */
export function nearestPath(document: unknown, path: Path): Path {
  let value = document
  for (const [index, token] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token))
      return path.slice(0, index)
    value = (value as Readonly<Record<string | number, unknown>>)[token]
  }
  return path
}

/** The JSON Pointer of a path: `['data', 'attributes', 'a/b']` → `/data/attributes/a~1b` (RFC 6901 §3). */
export function pointerTo(path: Path): string {
  return path.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
