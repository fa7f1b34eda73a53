/** `mazurka routes`: the endpoints with their media types and schemas. */
import type { Endpoint } from '../blueprint/endpoint.ts'
import { requestTypes } from '../openapi/operation/request-body.ts'
import { methodStyle, painter } from './color.ts'
import { type Command, CommandError, stringOption } from './command.ts'
import { sourcesOf } from './source.ts'
import { tableOf } from './table.ts'

const HEADER = ['METHOD', 'PATH', 'NAME', 'REQUEST TYPES', 'RESPONSE TYPES', 'SCHEMAS']
const ARGUMENTS = ['params', 'query', 'headers', 'cookies', 'body', 'files', 'patch'] as const

/** An endpoint in the output of `--json`. */
interface Route {
  readonly method: string
  /** Path template with all prefixes. */
  readonly path: string
  /** `blueprint.endpoint`. */
  readonly name: string
  /** Not in OpenAPI documents. */
  readonly hidden: boolean
  /** Media types of request content. */
  readonly incoming: readonly string[]
  /** Media types of responses; null without negotiation. */
  readonly outgoing: readonly string[] | null
  /** Parts of the request with a schema, and the statuses of the declared responses. */
  readonly schemas: { readonly request: readonly string[]; readonly responses: readonly (number | string)[] }
}

export const routes: Command = {
  name: 'routes',
  summary: 'List the endpoints with their media types and schemas',
  parameters: ['ENTRY'],
  options: {
    json: { type: 'boolean', help: 'Print JSON' },
    blueprint: { type: 'string', value: 'NAME', help: 'List the endpoints of this blueprint only' },
    all: { type: 'boolean', help: 'Include hidden endpoints' },
  },
  async run(args, { write, columns, hasColors }) {
    const [entry = ''] = args.parameters
    const all = (await sourcesOf(entry)).flatMap(({ endpoints }) => endpoints)
    const shown = args.options.all ? all : all.filter(({ options }) => !options.hidden)
    const endpoints = ofBlueprint(shown, stringOption(args, 'blueprint'))
    if (endpoints.length === 0) throw new CommandError(`${entry} has no endpoints`)
    const found = endpoints.map(routeOf).sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)))
    if (args.options.json) write(`${JSON.stringify(found, undefined, 2)}\n`)
    else {
      const paint = painter(hasColors)
      write(
        tableOf([HEADER, ...found.map(rowOf)], columns, (text, row, column) => {
          if (row === 0) return paint('bold', text)
          const method = found[row - 1]?.method ?? ''
          return column === 0 ? paint(methodStyle(method), text) : column === 1 ? paint('cyan', text) : text
        }),
      )
    }
    return 0
  },
}

/** `blueprint.endpoint`. */
export function nameOf({ blueprint, name }: Endpoint): string {
  return `${blueprint}.${name}`
}

/** @throws {CommandError} for an unknown name. */
function ofBlueprint(endpoints: readonly Endpoint[], name: string | undefined): readonly Endpoint[] {
  if (name === undefined) return endpoints
  const found = endpoints.filter(({ blueprint }) => blueprint === name)
  if (found.length > 0) return found
  const names = [...new Set(endpoints.map(({ blueprint }) => blueprint))]
  throw new CommandError(`Unknown blueprint '${name}'. Blueprints: ${names.join(', ')}`)
}

function routeOf(endpoint: Endpoint): Route {
  const { method, path, options, outgoing, responses } = endpoint
  const schemas = options as Readonly<Record<string, unknown>>
  return {
    method,
    path,
    name: nameOf(endpoint),
    hidden: options.hidden ?? false,
    incoming: requestTypes(endpoint),
    outgoing: outgoing ? outgoing.all.map(({ contentType }) => contentType) : null,
    schemas: {
      request: ARGUMENTS.filter((name) => schemas[name] !== undefined),
      responses: [...(responses?.keys() ?? [])],
    },
  }
}

function rowOf({ method, path, name, incoming, outgoing, schemas }: Route): string[] {
  const responseTypes = outgoing ? outgoing.join(', ') || 'none' : 'any'
  const responses = schemas.responses.length > 0 ? [`→ ${schemas.responses.join(', ')}`] : []
  const request = schemas.request.length > 0 ? [schemas.request.join(', ')] : []
  const checks = [...request, ...responses].join(' ')
  return [method, path, name, incoming.join(', ') || '-', responseTypes, checks || '-']
}
