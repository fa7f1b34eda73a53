/** A blueprint on a real server, and what its answers say in short. */
import { type BlueprintOptions, type ErrorItem, RestBlueprint } from '../../lib/index.ts'
import { quiet } from './logger.ts'
import { type AnyPolka, polka as usual } from './polka.ts'
import { serve } from './server.ts'

interface Told {
  readonly status: number
  /** What the handler returned. */
  readonly value?: unknown
  /** What a refusal says, where it does not say what is wrong one by one. */
  readonly detail?: string | undefined
  readonly errors?: readonly ErrorItem[] | undefined
}

interface Setting extends BlueprintOptions {
  readonly polka?: AnyPolka
}

/** Serves a blueprint set up by `say`. */
export async function asking(say: (api: RestBlueprint) => void, { polka = usual, ...options }: Setting = {}) {
  const logger = quiet()
  const api = new RestBlueprint('api', { logger, ...options })
  say(api)
  const app = polka()
  api.register(app)
  const served = await serve(app)

  async function ask(path: string, init: RequestInit = {}): Promise<Told> {
    const answer = await served.fetch(path, init)
    const text = await answer.text()
    const told = text === '' ? undefined : JSON.parse(text)
    if (answer.ok) return { status: answer.status, value: told }
    const { detail, errors } = told as Told
    return { status: answer.status, ...(errors ? { errors } : { detail }) }
  }

  return {
    ...served,
    api,
    logger,
    ask,
    get: (path: string, headers: Record<string, string> = {}) => ask(path, { headers }),
    /** Sends text, or a value as JSON. */
    send: (path: string, content: unknown, type = 'application/json', method = 'POST') =>
      ask(path, {
        method,
        headers: { 'content-type': type },
        body: typeof content === 'string' ? content : JSON.stringify(content),
      }),
  }
}
