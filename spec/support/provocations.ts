/** Requests that lead to each failure an operation describes, in each of its media types. */
import { type DocumentedOperation, typesOf } from './operations.ts'
import { isForm, type Prober } from './prober.ts'
import type { Wanted } from './requests.ts'
import type { Found } from './sample.ts'

/** A media type that no operation has. */
const UNKNOWN_TYPE = 'application/x-unknown'

export async function provocations(operation: DocumentedOperation, prober: Prober): Promise<Wanted[]> {
  const served = typesOf(operation)
  const found: Wanted[] = []
  for (const status of Object.keys(operation.responses).map(Number)) {
    const requests = await REQUESTS[status]?.(operation, prober)
    if (!requests) continue
    const types = typesOf(operation, status)
    for (const wanted of requests) {
      for (const type of types.length === 0 ? [served[0] ?? '*/*'] : types) {
        const accept =
          status === 406 ? (served.includes(type) ? UNKNOWN_TYPE : type) : acceptFor(type, served)
        found.push({ accept, ...wanted })
      }
    }
  }
  return [...found, ...beyond(operation)]
}

/** An Accept field that prefers this type for a failure and allows a success. */
function acceptFor(type: string, served: readonly string[]): string {
  return served.includes(type) ? type : `${type}, */*;q=0.1`
}

/** A failure that only `default` covers: content for an operation without. */
function beyond({ contents }: DocumentedOperation): Wanted[] {
  if (Object.keys(contents).length > 0) return []
  return [{ fields: { 'content-type': UNKNOWN_TYPE }, bytes: '?' }]
}

type RequestsOf = (operation: DocumentedOperation, prober: Prober) => Wanted[] | Promise<Wanted[]>

const REQUESTS: Readonly<Record<number, RequestsOf>> = {
  304: async (operation, prober) => {
    const requests = typesOf(operation).map(async (accept): Promise<Wanted> => {
      const { fields } = await prober.ask(operation, { accept }, 'success')
      return { accept, fields: { 'if-none-match': String(fields.etag) } }
    })
    return [...(await Promise.all(requests)), { fields: { 'if-none-match': '*' } }]
  },
  400: ({ contents, parameters }) => {
    const inPath = parameters.filter((parameter: Found) => parameter.in === 'path')
    return [
      { query: 'a&'.repeat(1001) },
      ...Object.keys(contents).map((type) => ({ type, bytes: '{' })),
      ...inPath.map(({ name }: Found) => ({ parameters: { [`path ${name}`]: '%zz' } })),
    ]
  },
  404: ({ parameters }) => {
    const inPath = parameters.filter((parameter: Found) => parameter.in === 'path')
    return inPath.flatMap(({ name }: Found) =>
      ['strange', '987654321'].map((text) => ({ parameters: { [`path ${name}`]: text } })),
    )
  },
  406: () => [{}],
  409: ({ contents }) => {
    const type = 'application/json-patch+json'
    return type in contents ? [{ type, value: [{ op: 'remove', path: '/none' }] }] : []
  },
  412: ({ method }) => [
    { fields: { 'if-match': '"stale"' } },
    ...(method === 'PUT' ? [{ fields: { 'if-none-match': '*' } }] : []),
  ],
  413: ({ contents }) => Object.keys(contents).map((type) => ({ type, bytes: '', promisedBytes: 2 ** 40 })),
  415: () => [{ fields: { 'content-type': UNKNOWN_TYPE }, bytes: '?' }],
  422: ({ contents, parameters }, { sampler, judge }) => {
    const invalid = Object.entries(contents).flatMap(([type, { schema }]) => {
      const bad = sampler.candidates(schema, isForm(type)).filter((value) => !judge.accepts(schema, value))
      return bad.slice(0, 3).map((value) => ({ type, value }))
    })
    const needed = parameters.filter(({ required, in: location }: Found) => required && location !== 'path')
    const given = parameters.filter(({ in: location }: Found) => location === 'query')
    return [
      ...invalid,
      ...needed.map(({ in: location, name }: Found) => ({ parameters: { [`${location} ${name}`]: null } })),
      ...given.map(({ name }: Found) => ({ parameters: { [`query ${name}`]: 'strange' } })),
    ].slice(0, 6)
  },
  428: () => [{ parameters: { 'header If-Match': null } }],
  500: () => [{ isBroken: true }],
}
