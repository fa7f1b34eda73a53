/**
 * `mazurka explain`: which endpoint a request reaches, which type it gets, and why.
 *
 *     mazurka explain ./app.js GET /pets/1 --accept 'text/csv, application/json;q=0.5'
 */
import type { WeighedOffer } from '../negotiation/outgoing.ts'
import { type Command, textOf } from './command.ts'
import { type Decision, decide, statusLine } from './decision.ts'
import { sourcesOf } from './source.ts'
import { tableOf } from './table.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'Say which endpoint a request reaches, which type it gets, and why',
  parameters: ['ENTRY', 'METHOD', 'PATH'],
  options: {
    accept: { type: 'string', value: 'TYPES', help: 'The field Accept of the request' },
    'content-type': { type: 'string', value: 'TYPE', help: 'The field Content-Type: there is content' },
    json: { type: 'boolean', help: 'Print JSON, for programs' },
  },
  async run(given, { write, columns }) {
    const [entry = '', method = '', target = ''] = given.parameters
    const path = (target.split('?')[0] ?? '').replace(/^(?!\/)/, '/')
    const decision = decide(await sourcesOf(entry), {
      method: method.toUpperCase(),
      path,
      accept: textOf(given, 'accept'),
      contentType: textOf(given, 'content-type'),
    })
    write(given.options.json ? `${JSON.stringify(decision, undefined, 2)}\n` : told(decision, columns))
    return 0
  },
}

function told(decision: Decision, columns: number | undefined): string {
  const { method, path, status, reason, endpoint, contentType, negotiation, content } = decision
  const outcome = status === undefined ? 'reaches its handler' : statusLine(status)
  const form =
    contentType === undefined ? '' : `, ${status === undefined ? 'answered' : 'told'} as ${contentType}`
  const facts = [
    ...(endpoint ? [['endpoint', `${endpoint.name}: ${endpoint.method} ${endpoint.path}`]] : []),
    ...Object.entries(endpoint?.params ?? {}).map(([name, value]) => [
      'path',
      `${name} = ${JSON.stringify(value)}`,
    ]),
    ...(content ? [['content', contentWords(content)]] : []),
    ['why', reason],
  ]
  const offers = negotiation?.offers ?? []
  const weights = offers.length > 0 ? `\n${tableOf(rowsOf(offers, negotiation?.contentType), columns)}` : ''
  return `${method} ${path} ${outcome}${form}\n\n${tableOf(facts)}${weights}`
}

function contentWords({ contentType, takes, takenAs }: NonNullable<Decision['content']>): string {
  if (takenAs === undefined) return `${contentType}: none of ${takes.join(', ') || 'nothing at all'}`
  return takenAs === contentType ? `${contentType}: taken` : `${contentType}: taken as ${takenAs}`
}

/** The type that won is pointed at. */
function rowsOf(offers: readonly WeighedOffer[], winner: string | undefined): string[][] {
  const rows = offers.map(({ contentType, weight, range }) => [
    contentType === winner ? '→' : '',
    contentType,
    String(weight),
    range ?? 'not mentioned',
  ])
  return [['', 'OFFERED', 'WEIGHS', 'BY'], ...rows]
}
