/**
 * An Api of one blueprint on a real server, closed when the spec ends.
 *
 *     const { ask } = await testApi({ securityHeaders: true }, (pets) => pets.get('/pets', () => ['Tom']))
 *     for (const line of EVERY_ANSWER) await ask(line)      200, 304, 404, 405, 422, 500 and OPTIONS
 */
import { Api, type ApiOptions } from '../../lib/api.ts'
import { HttpException, RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { type QuietLogger, quiet } from './logger.ts'
import { type AnyPolka, polka as defaultPolka } from './polka.ts'
import { type Served, serve } from './server.ts'

export interface TestApi extends Served {
  readonly api: Api
  readonly app: ReturnType<AnyPolka>
  readonly blueprint: RestBlueprint
  readonly logger: QuietLogger
}

/** Serves an Api with the routes that `declare` writes, beside those of {@link EVERY_ANSWER}. */
export async function testApi(
  options: Partial<ApiOptions> = {},
  declare: (blueprint: RestBlueprint) => unknown = () => undefined,
  polka: AnyPolka = defaultPolka,
): Promise<TestApi> {
  const app = polka()
  const logger = quiet()
  const api = new Api(app, { title: 'Test', version: '1.0.0', logger, ...options })
  const blueprint = new RestBlueprint('things')
  addEveryAnswer(blueprint)
  declare(blueprint)
  api.registerBlueprint(blueprint)
  return { ...(await serve(app)), api, app, blueprint, logger }
}

/** A line for each kind of answer, with its status and header fields of the request. */
export const EVERY_ANSWER: readonly {
  readonly line: string
  readonly status: number
  readonly fields?: Readonly<Record<string, string>>
}[] = [
  { line: '/every/200', status: 200 },
  { line: '/every/200', status: 304, fields: { 'if-none-match': '*' } },
  { line: '/every/nothing', status: 404 },
  { line: '/nowhere', status: 404 },
  { line: 'DELETE /every/200', status: 405 },
  { line: '/every/query?n=x', status: 422 },
  { line: '/every/500', status: 500 },
  { line: 'OPTIONS /every/200', status: 204 },
]

function addEveryAnswer(blueprint: RestBlueprint): void {
  const query = jsonSchema({ type: 'object', properties: { n: { type: 'integer' } } })
  blueprint.get('/every/200', { etag: { current: () => ({ version: 1 }) } }, () => ({ ok: true }))
  blueprint.get('/every/nothing', () => {
    throw new HttpException(404, 'No such thing')
  })
  blueprint.get('/every/query', { query }, () => ({ ok: true }))
  blueprint.get('/every/500', () => {
    throw new Error('failed')
  })
}
