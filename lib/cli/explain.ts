/**
 * `mazurka explain`: the endpoint of a request, the media type of its response, and the reason.
 *
 *     mazurka explain ./app.js GET /pets/1 --accept 'text/csv, application/json;q=0.5'
 */
import type { WeighedOffer } from '../negotiation/explanation.ts'
import { canonicalTarget } from '../routing/request-target.ts'
import { methodStyle, type Paint, painter, statusStyle } from './color.ts'
import { type Command, stringOption } from './command.ts'
import { type Decision, decide, statusLine } from './decision.ts'
import { sourcesOf } from './source.ts'
import { type PaintCell, tableOf } from './table.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'Print the endpoint of a request, the media type of the response, and the reason',
  parameters: ['ENTRY', 'METHOD', 'PATH'],
  options: {
    accept: { type: 'string', value: 'TYPES', help: 'Accept field of the request' },
    'content-type': { type: 'string', value: 'TYPE', help: 'Content-Type field of a request with content' },
    steps: {
      type: 'boolean',
      help: 'Print the steps of the endpoint in their order, one phase/name per line',
    },
    json: { type: 'boolean', help: 'Print JSON' },
  },
  async run(args, { write, columns, hasColors }) {
    const [entry = '', method = '', target = ''] = args.parameters
    const routed = canonicalTarget(target) ?? canonicalTarget(`/${target}`)
    const [path = '', search] = String(routed).split(/\?(.*)/s)
    const query = {
      method: method.toUpperCase(),
      path,
      search: search === undefined ? '' : `?${search}`,
      accept: stringOption(args, 'accept'),
      contentType: stringOption(args, 'content-type'),
    }
    const { steps = [], ...decision } = await decide(await sourcesOf(entry), query)
    const withSteps = args.options.steps ? { ...decision, steps } : decision
    write(
      args.options.json
        ? `${JSON.stringify(withSteps, undefined, 2)}\n`
        : textOf(withSteps, columns, painter(hasColors)),
    )
    return 0
  },
}

function textOf(decision: Decision, columns: number | undefined, paint: Paint): string {
  const { method, path, status, reason, app, endpoint, contentType, negotiation, content, steps } = decision
  const runs = app === undefined ? 'runs the handler' : 'runs a route of the app'
  const outcome = paint(statusStyle(status), status === undefined ? runs : statusLine(status))
  const type = contentType === undefined ? '' : `, response type ${contentType}`
  const facts = [
    ...(endpoint ? [['endpoint', `${endpoint.name}: ${endpoint.method} ${endpoint.path}`]] : []),
    ...Object.entries(endpoint?.params ?? {}).map(([name, value]) => [
      'param',
      `${name} = ${JSON.stringify(value)}`,
    ]),
    ...(content ? [['content', contentText(content)]] : []),
    ['reason', reason],
  ]
  const offers = negotiation?.offers ?? []
  const weights =
    offers.length > 0
      ? `\n${tableOf(rowsOf(offers, negotiation?.contentType), columns, paintOffers(offers, negotiation?.contentType, paint))}`
      : ''
  const list =
    steps && steps.length > 0
      ? `\n${paint('bold', 'STEPS')}\n${tableOf(
          steps.map((step) => [step]),
          columns,
        )}`
      : ''
  const names: PaintCell = (text, _, column) => (column === 0 ? paint('bold', text) : text)
  return `${paint(methodStyle(method), method)} ${paint('cyan', path)} ${outcome}${type}\n\n${tableOf(facts, undefined, names)}${weights}${list}`
}

function contentText({ contentType, supported, match }: NonNullable<Decision['content']>): string {
  if (match !== undefined) return `${contentType} matches ${match}`
  return `${contentType} is not supported: ${supported.join(', ') || 'no content'}`
}

/** The header is bold, the chosen type green. */
function paintOffers(offers: readonly WeighedOffer[], chosen: string | undefined, paint: Paint): PaintCell {
  return (text, row) => {
    if (row === 0) return paint('bold', text)
    return offers[row - 1]?.contentType === chosen ? paint('green', text) : text
  }
}

/** An arrow marks the chosen type. */
function rowsOf(offers: readonly WeighedOffer[], chosen: string | undefined): string[][] {
  const rows = offers.map(({ contentType, weight, range }) => [
    contentType === chosen ? '→' : '',
    contentType,
    String(weight),
    range ?? 'no range matches',
  ])
  return [['', 'OFFERED TYPE', 'WEIGHT', 'RANGE'], ...rows]
}
