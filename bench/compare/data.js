/** What all servers of the comparison share: rows, streams, a counter of changes, and a schema of no library. */

export const report = [
  { id: 1, city: 'Oslo' },
  { id: 2, city: 'Turku' },
  { id: 3, city: 'Gdynia' },
]

export const state = { city: 'Oslo', celsius: 9 }

/** How many handlers have changed something. */
export const changes = { count: 0 }

/** What handlers of unsafe methods do. @returns the content. */
export function change(content) {
  changes.count++
  return content
}

export function csv(rows) {
  return `id,city\r\n${rows.map(({ id, city }) => `${id},${city}\r\n`).join('')}`
}

let seen = withResolvers()

/** Rows; the second is made when the client has the first, or after a second. */
export async function* stream() {
  yield report[0]
  const timer = setTimeout(() => seen.resolve(), 1_000)
  await seen.promise
  clearTimeout(timer)
  yield report[1]
  yield report[2]
}

/** Fails after the first row. */
export async function* brokenStream() {
  yield report[0]
  await new Promise((resolve) => setTimeout(resolve, 50))
  throw new Error('The database is gone')
}

export function restartStream() {
  seen = withResolvers()
}

export function firstRowSeen() {
  seen.resolve()
}

function withResolvers() {
  const deferred = {}
  deferred.promise = new Promise((resolve) => Object.assign(deferred, { resolve }))
  return deferred
}

const JSON_SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

/** { city: text }, by the interfaces Standard Schema and Standard JSON Schema. */
export const City = {
  '~standard': {
    version: 1,
    vendor: 'comparison',
    validate: (value) =>
      typeof value?.city === 'string'
        ? { value: { city: value.city } }
        : { issues: [{ message: 'A text is required', path: ['city'] }] },
    jsonSchema: { input: () => JSON_SCHEMA, output: () => JSON_SCHEMA },
  },
}
