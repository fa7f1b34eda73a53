/** An app whose only endpoint returns the parsed content. */
import type { ParseFunction, Parser, RestBlueprint } from '../../lib/index.ts'
import type { AnyPolka } from './polka.ts'
import { type TestAppOptions, testApp } from './test-app.ts'

interface Options extends TestAppOptions {
  /** Replaces the default parser of the media type. */
  readonly parser?: ParseFunction | Parser
  readonly declare?: (api: RestBlueprint, app: ReturnType<AnyPolka>) => unknown
}

interface Parsed {
  readonly status: number
  readonly body?: unknown
  /** The detail of a problem. */
  readonly detail?: string | undefined
}

/** Serves `POST /` for content of one media type. */
export async function parserApp(type: string, { parser, declare, ...options }: Options = {}) {
  const served = await testApp((api, app) => {
    api.incoming.setMimetypes([type])
    if (parser) api.contentParser.parses(type, parser)
    api.post('/', ({ body }) => ({ body }))
    declare?.(api, app)
  }, options)
  const post = async (content: unknown, fields: Record<string, string> = {}): Promise<Parsed> => {
    const { status, json } = await served.ask('POST /', { 'content-type': type, ...fields }, content)
    return { status, ...(status < 400 ? { body: json.body } : { detail: json.detail }) }
  }
  return { ...served, post }
}
