/**
 * Checks of JSON:API 1.1 that a schema cannot make. Each returns the problems it finds, as sentences.
 */

// biome-ignore lint/suspicious/noExplicitAny: checks read documents that may be anything
type Json = any

/** Whether each resource object of a compound document is reached from its primary data. @param url of the request. */
export function linkageProblems(document: Json, url = ''): string[] {
  const included = new Map<string, Json>(listOf(document?.included).map((one) => [keyOf(one), one]))
  if (included.size === 0 || /[?&]fields(?:\[|%5B)/i.test(url)) return []
  const open = [...listOf(document.data)]
  for (const resource of open) {
    for (const { data } of Object.values(resource?.relationships ?? {}) as Json[])
      for (const identifier of listOf(data)) open.push(...take(included, keyOf(identifier)))
    if (isIdentifier(resource)) open.push(...take(included, keyOf(resource)))
  }
  return [...included.keys()].map((key) => `included has ${key}, which nothing in the document links to`)
}

function take(included: Map<string, Json>, key: string): Json[] {
  const found = included.get(key)
  included.delete(key)
  return found === undefined ? [] : [found]
}

/** Whether a type and an id occur in one resource object of the document alone. */
export function duplicateProblems(document: Json): string[] {
  const primary = listOf(document?.data).filter((one) => !isIdentifier(one))
  const keys = [...primary, ...listOf(document?.included)].map(keyOf)
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index)
  return [...new Set(repeated)].map((key) => `two resource objects are ${key}`)
}

/** Whether an attribute and a relationship of one resource have one name. */
export function namespaceProblems(document: Json): string[] {
  return [...listOf(document?.data), ...listOf(document?.included)].flatMap((resource) =>
    Object.keys(resource?.attributes ?? {})
      .filter((name) => Object.hasOwn(resource.relationships ?? {}, name))
      .map((name) => `${keyOf(resource)} has an attribute and a relationship '${name}'`),
  )
}

/** Whether all links of a document are absolute, or all are paths. */
export function linkProblems(document: Json): string[] {
  const links = linksIn(document)
  const isUniform = new Set(links.map((link) => /^[a-z][a-z\d+.-]*:/i.test(link))).size <= 1
  const odd = links.filter((link) => !/^(?:\/(?!\/)|[a-z][a-z\d+.-]*:)/i.test(link))
  return [
    ...(isUniform ? [] : ['some links are absolute, and some are not']),
    ...odd.map((link) => `the link ${link} is neither absolute nor a path`),
  ]
}

/** The URLs of links objects; of errors, links lead to documentation, and are not counted. */
function linksIn(value: Json, key = ''): string[] {
  if (typeof value !== 'object' || value === null || ['attributes', 'meta', 'errors'].includes(key)) return []
  if (key === 'links')
    return Object.entries(value).flatMap(([name, link]: [string, Json]) =>
      name === 'describedby' ? [] : [typeof link === 'string' ? link : link?.href].filter(Boolean),
    )
  return Object.entries(value).flatMap(([name, one]) => linksIn(one, name))
}

/** Whether the response document has the version, and the extensions and profiles of its media type. */
export function versionProblems(document: Json, contentType: string): string[] {
  const problems = document?.jsonapi?.version === '1.1' ? [] : ["jsonapi.version is not '1.1'"]
  for (const name of ['ext', 'profile']) {
    const header = contentType.match(new RegExp(`;\\s*${name}="([^"]*)"`))?.[1]?.split(' ') ?? []
    const listed = listOf(document?.jsonapi?.[name])
    if (header.toSorted().join() !== listed.toSorted().join())
      problems.push(`jsonapi.${name} is [${listed}], the Content-Type has [${header}]`)
  }
  return problems
}

/** Whether the errors of a document have the status of the response, or one of its class. */
export function statusProblems(document: Json, status: number): string[] {
  const statuses: string[] = listOf(document?.errors).map((error) => String(error?.status))
  if (document?.errors === undefined) return status < 400 ? [] : [`a ${status} without errors`]
  if (status < 400) return [`a ${status} with errors`]
  if (statuses.length === 0) return ['errors is empty']
  const isShared = statuses.every((one) => one === statuses[0])
  const isRight = isShared
    ? statuses[0] === String(status)
    : statuses.some((one) => one[0] === `${status}`[0])
  return isRight ? [] : [`the response is a ${status}, its errors are ${statuses.join(', ')}`]
}

/** Whether the header fields of a response are those of a JSON:API. */
export function fieldProblems(response: {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}): string[] {
  const { status, headers, text } = response
  const type = headers.get('content-type')
  const problems: string[] = []
  if (!/(?:^|,)\s*accept\s*(?:,|$)/i.test(headers.get('vary') ?? ''))
    problems.push('Vary does not have Accept')
  if (status === 204 && text !== '') problems.push('a 204 has content')
  if (text === '') return problems
  if (status >= 400 && !type?.startsWith('application/vnd.api+json')) problems.push(`an error is ${type}`)
  if (type && /^application\/vnd\.api\+json/.test(type) && !TYPE.test(type))
    problems.push(`the Content-Type has other parameters than ext and profile: ${type}`)
  return problems
}

const TYPE = /^application\/vnd\.api\+json(?:;\s*(?:ext|profile)="[^"]+")*$/

/** Whether the self link of a created resource is its Location. */
export function locationProblems(document: Json, headers: Headers): string[] {
  const location = headers.get('location')
  const self = document?.data?.links?.self
  const url = typeof self === 'string' ? self : self?.href
  if (location === null || url === undefined || location === url) return []
  return [`the Location is ${location}, the self link ${url}`]
}

/** Whether an object is a resource identifier: primary data of a relationship. */
function isIdentifier(resource: Json): boolean {
  return Object.keys(resource ?? {}).every((name) => ['type', 'id', 'lid', 'meta'].includes(name))
}

function keyOf(resource: Json): string {
  return `${resource?.type} ${resource?.id}`
}

/** The members of a list, the object itself as a list, or none. */
function listOf(value: Json): Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
