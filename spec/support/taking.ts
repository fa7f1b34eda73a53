/** A server that takes content and answers what its parser made of it. */
import { type BlueprintOptions, type ParseFunction, type Parser, RestBlueprint } from '../../lib/index.ts'
import { quiet } from './logger.ts'
import { polka } from './polka.ts'
import { serve } from './server.ts'

interface Taken {
  readonly status: number
  /** What the parser made of the content. */
  readonly body?: unknown
  /** What a refusal says. */
  readonly detail?: string | undefined
}

interface Setting extends BlueprintOptions {
  /** Replaces the parser in the box. */
  readonly parser?: ParseFunction | Parser
  readonly say?: (api: RestBlueprint, app: ReturnType<typeof polka>) => void
}

/** Takes content of one type at `/`. */
export async function taking(type: string, { parser, say, ...options }: Setting = {}) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, ...options })
  const app = polka()
  api.incoming.setMimetypes([type])
  if (parser) api.contentParser.parses(type, parser)
  api.post('/', ({ body }) => ({ body }))
  say?.(api, app)
  api.register(app)
  const served = await serve(app)
  const post = async (body: RequestInit['body'], fields: Record<string, string> = {}): Promise<Taken> => {
    const init = { method: 'POST', body, headers: { 'content-type': type, ...fields }, duplex: 'half' }
    const answer = await served.fetch('/', init as RequestInit)
    const told = (await answer.json()) as Taken
    return { ...(answer.ok ? { body: told.body } : { detail: told.detail }), status: answer.status }
  }
  return { ...served, api, logger, post }
}
