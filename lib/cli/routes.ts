/** `mazurka routes`: which endpoints there are, what they take and what they answer. */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { requestTypes } from '../openapi/operation/request-body.ts'
import { type Command, Complaint, textOf } from './command.ts'
import { sourcesOf } from './source.ts'
import { tableOf } from './table.ts'

const HEAD = ['METHOD', 'PATH', 'NAME', 'TAKES', 'ANSWERS', 'SCHEMAS']
const ARGUMENTS = ['params', 'query', 'headers', 'cookies', 'body', 'files', 'patch'] as const

/** An endpoint as programs read it. */
export interface Route {
  readonly method: string
  /** As declared, with all prefixes. */
  readonly path: string
  /** Blueprint and endpoint. */
  readonly name: string
  /** Served, and left out of documents. */
  readonly hidden: boolean
  /** Types of content that are taken. */
  readonly incoming: readonly string[]
  /** Types it answers in; null where nothing is negotiated. */
  readonly outgoing: readonly string[] | null
  /** What of a request a schema reads, and the statuses with a schema, or with nothing, declared. */
  readonly schemas: { readonly request: readonly string[]; readonly responses: readonly number[] }
}

export const routes: Command = {
  name: 'routes',
  summary: 'List the endpoints: what they take, what they answer, what is checked',
  parameters: ['ENTRY'],
  options: {
    json: { type: 'boolean', help: 'Print JSON, for programs' },
    blueprint: { type: 'string', value: 'NAME', help: 'Only those of this blueprint' },
    all: { type: 'boolean', help: 'Hidden endpoints, too' },
  },
  async run(given, { write, columns }) {
    const [entry = ''] = given.parameters
    const all = (await sourcesOf(entry)).flatMap(({ endpoints }) => endpoints)
    const shown = given.options.all ? all : all.filter(({ options }) => !options.hidden)
    const endpoints = ofBlueprint(shown, textOf(given, 'blueprint'))
    if (endpoints.length === 0) throw new Complaint(`${entry} has no endpoints`)
    const found = endpoints.map(routeOf).sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
    if (given.options.json) write(`${JSON.stringify(found, undefined, 2)}\n`)
    else write(tableOf([HEAD, ...found.map(rowOf)], columns))
    return 0
  },
}

/** Blueprint and endpoint in one word. */
export function nameOf({ blueprint, name }: Endpoint): string {
  return `${blueprint}.${name}`
}

/** @throws {Complaint} that names the blueprints, for one that is not there. */
function ofBlueprint(endpoints: readonly Endpoint[], name: string | undefined): readonly Endpoint[] {
  if (name === undefined) return endpoints
  const found = endpoints.filter(({ blueprint }) => blueprint === name)
  if (found.length > 0) return found
  const names = [...new Set(endpoints.map(({ blueprint }) => blueprint))]
  throw new Complaint(`There is no blueprint '${name}'. There are: ${names.join(', ')}`)
}

function routeOf(endpoint: Endpoint): Route {
  const { method, path, options, outgoing, responses } = endpoint
  const given = options as Readonly<Record<string, unknown>>
  return {
    method,
    path,
    name: nameOf(endpoint),
    hidden: options.hidden ?? false,
    incoming: requestTypes(endpoint),
    outgoing: outgoing ? outgoing.offers.map(({ contentType }) => contentType) : null,
    schemas: {
      request: ARGUMENTS.filter((name) => given[name] !== undefined),
      responses: [...(responses?.keys() ?? [])],
    },
  }
}

function rowOf({ method, path, name, incoming, outgoing, schemas }: Route): string[] {
  const answers = outgoing ? outgoing.join(', ') : 'what it likes'
  const responses = schemas.responses.length > 0 ? [`→ ${schemas.responses.join(', ')}`] : []
  const request = schemas.request.length > 0 ? [schemas.request.join(', ')] : []
  const checked = [...request, ...responses].join(' ')
  return [method, path, name, incoming.join(', ') || '-', answers || 'nothing', checked || '-']
}
