/** What is done to make an operation answer each failure that its document names, in each type of it. */
import { type DocumentedOperation, typesOf } from './operations.ts'
import { isForm, type Prober } from './prober.ts'
import type { Wanted } from './requests.ts'
import type { Found } from './sample.ts'

/** A type that nobody has. */
const NOBODYS = 'application/x-nobody'

export async function provocations(operation: DocumentedOperation, prober: Prober): Promise<Wanted[]> {
  const served = typesOf(operation)
  const found: Wanted[] = []
  for (const status of Object.keys(operation.responses).map(Number)) {
    const ways = await WAYS[status]?.(operation, prober)
    if (!ways) continue
    const types = typesOf(operation, status)
    for (const wanted of ways) {
      for (const type of types.length === 0 ? [served[0] ?? '*/*'] : types) {
        const accept = status === 406 ? (served.includes(type) ? NOBODYS : type) : asked(type, served)
        found.push({ accept, ...wanted })
      }
    }
  }
  return [...found, ...beyond(operation)]
}

/** A failure in this type, and a success all the same. */
function asked(type: string, served: readonly string[]): string {
  return served.includes(type) ? type : `${type}, */*;q=0.1`
}

/** What only `default` tells: content where none is taken. */
function beyond({ taken }: DocumentedOperation): Wanted[] {
  if (Object.keys(taken).length > 0) return []
  return [{ fields: { 'content-type': NOBODYS }, bytes: '?' }]
}

type Way = (operation: DocumentedOperation, prober: Prober) => Wanted[] | Promise<Wanted[]>

const WAYS: Readonly<Record<number, Way>> = {
  304: async (operation, prober) => {
    const asked = typesOf(operation).map(async (accept): Promise<Wanted> => {
      const { fields } = await prober.ask(operation, { accept }, 'success')
      return { accept, fields: { 'if-none-match': String(fields.etag) } }
    })
    return [...(await Promise.all(asked)), { fields: { 'if-none-match': '*' } }]
  },
  400: ({ taken, parameters }) => {
    const inPath = parameters.filter((parameter: Found) => parameter.in === 'path')
    return [
      { query: 'a&'.repeat(1001) },
      ...Object.keys(taken).map((type) => ({ type, bytes: '{' })),
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
  409: ({ taken }) => {
    const type = 'application/json-patch+json'
    return type in taken ? [{ type, value: [{ op: 'remove', path: '/nowhere' }] }] : []
  },
  412: ({ method }) => [
    { fields: { 'if-match': '"stale"' } },
    ...(method === 'PUT' ? [{ fields: { 'if-none-match': '*' } }] : []),
  ],
  413: ({ taken }) => Object.keys(taken).map((type) => ({ type, bytes: '', promisedBytes: 2 ** 40 })),
  415: () => [{ fields: { 'content-type': NOBODYS }, bytes: '?' }],
  422: ({ taken, parameters }, { sampler, judge }) => {
    const contents = Object.entries(taken).flatMap(([type, { schema }]) => {
      const bad = sampler.candidates(schema, isForm(type)).filter((value) => !judge.takes(schema, value))
      return bad.slice(0, 3).map((value) => ({ type, value }))
    })
    const needed = parameters.filter(({ required, in: location }: Found) => required && location !== 'path')
    const given = parameters.filter(({ in: location }: Found) => location === 'query')
    return [
      ...contents,
      ...needed.map(({ in: location, name }: Found) => ({ parameters: { [`${location} ${name}`]: null } })),
      ...given.map(({ name }: Found) => ({ parameters: { [`query ${name}`]: 'strange' } })),
    ].slice(0, 6)
  },
  428: () => [{ parameters: { 'header If-Match': null } }],
  500: () => [{ isBroken: true }],
}
