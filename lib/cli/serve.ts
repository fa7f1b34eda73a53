/** `mazurka serve`: a JSON:API of the tables of a database, without a line of code. */
import { basename } from 'node:path'
import type { Model } from '../jsonapi/model/model.ts'
import {
  type Command,
  type CommandArguments,
  CommandError,
  messageOf,
  stringOption,
  USAGE,
} from './command.ts'
import { openDatabase } from './database.ts'
import type { DatabaseServer, ServeOptions } from './database-server.ts'
import { type DatabaseUrl, parseDatabaseUrl } from './database-url.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Serve the tables of a database as a JSON:API',
  parameters: ['URL'],
  options: {
    write: { type: 'boolean', help: 'Allow to create, change and delete. Default: read-only' },
    port: { type: 'string', value: 'PORT', help: 'Default 3000' },
    host: { type: 'string', value: 'HOST', help: 'Default 127.0.0.1: this machine alone' },
    tables: { type: 'string', value: 'A,B', help: 'Tables to serve. Default: all with a primary key' },
    exclude: { type: 'string', value: 'A,B.C', help: 'Tables and columns to leave out' },
  },
  async run(args, { write }) {
    const url = parseDatabaseUrl(args.parameters[0] ?? '')
    const options = serveOptions(args, url)
    const { origin, models } = await start(url, options)
    write(`${url.shown} at ${origin}/api, ${options.canWrite ? 'with --write' : 'read-only'}\n`)
    write(`Documentation: ${origin}/docs, OpenAPI: ${origin}/openapi.json\n\n`)
    for (const line of curlLines(origin, models)) write(`  ${line}\n`)
    return new Promise(() => undefined) // the shutdown of the server ends the process
  },
}

/** @throws {CommandError} in one line, whatever the database or its driver throws. */
async function start(url: DatabaseUrl, options: ServeOptions): Promise<DatabaseServer> {
  const db = await openDatabase(url, options.canWrite)
  try {
    const { serveDatabase } = await import('./database-server.ts') // needs kysely
    return await serveDatabase(db, options)
  } catch (error) {
    await db.destroy().catch(() => undefined) // a database that could not be opened cannot be closed
    if (error instanceof CommandError) throw error
    throw new CommandError(`${url.shown} cannot be served: ${reasonOf(error)}`)
  }
}

/** @throws {CommandError} for an invalid port. */
function serveOptions(args: CommandArguments, url: DatabaseUrl): ServeOptions {
  const port = stringOption(args, 'port') ?? '3000'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new CommandError(`--port must be 0 to 65535, not '${port}'; see mazurka serve --help`, USAGE)
  const lists = Object.fromEntries(
    ['tables', 'exclude'].flatMap((name) => {
      const text = stringOption(args, name)
      return text === undefined ? [] : [[name, text.split(',').map((one) => one.trim())]]
    }),
  )
  return {
    title: url.kind === 'sqlite' ? basename(url.file) : basename(new URL(url.url).pathname),
    canWrite: args.options.write === true,
    host: stringOption(args, 'host') ?? '127.0.0.1',
    port: Number(port),
    ...lists,
  }
}

/** Requests to try: of the model with the most relations. */
function curlLines(origin: string, models: readonly Model[]): string[] {
  const relationsOf = ({ relations }: Model) => Object.values(relations)
  const [model] = [...models].sort((a, b) => relationsOf(b).length - relationsOf(a).length)
  if (!model) return []
  const url = `${origin}/api/${encodeURIComponent(model.type)}`
  const text = Object.values(model.columns).find(
    ({ kind, name }) => kind === 'string' && !model.id.includes(name),
  )
  const filter = text && [{ name: model.attributes[text.name], op: 'contains', val: 'a' }]
  const relation = relationsOf(model)[0]?.name
  return [
    `curl -g '${url}?page[size]=2${relation === undefined ? '' : `&include=${relation}`}'`,
    ...(filter ? [`curl -g '${url}?filter[objects]=${JSON.stringify(filter)}'`] : []),
    `curl -H 'Accept: text/csv' '${url}?sort=-id'`,
  ]
}

/** The message of an error; those of several addresses have none of their own. */
function reasonOf(error: unknown): string {
  const { errors, code } = error as AggregateError & NodeJS.ErrnoException
  return messageOf(error) || messageOf(errors?.[0] ?? code ?? 'unknown error')
}
