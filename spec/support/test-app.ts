/**
 * An app of one blueprint on a real server, closed when the spec ends.
 *
 *     const { get } = await testApp((api) => api.get('/pets', () => ['Tom']))
 *     expect(await get('/pets')).toEqual({ status: 200, value: ['Tom'] })
 */
import {
  type Blueprint,
  type BlueprintOptions,
  type Renderer,
  type RenderFunction,
  RestBlueprint,
} from '../../lib/index.ts'
import { type QuietLogger, quiet } from './logger.ts'
import { type AnyPolka, polka as defaultPolka } from './polka.ts'
import { type Served, serve } from './server.ts'

type App = ReturnType<AnyPolka>

export interface TestApp<B extends Blueprint = RestBlueprint> extends Served {
  readonly api: B
  /** The Polka app the blueprint is registered on. */
  readonly app: App
  /** The logger of the blueprint, unless it has one of its own. */
  readonly logger: QuietLogger
}

export interface TestAppOptions extends BlueprintOptions {
  /** Default: Polka 0.5.2, or the one that POLKA names. */
  readonly polka?: AnyPolka | undefined
  /** Media types to respond in beside JSON. */
  readonly renderers?: Readonly<Record<string, Renderer | RenderFunction>> | undefined
}

/** Serves a blueprint: the one that `declare` writes its routes on, or one that is ready. */
export function testApp(
  declare: (api: RestBlueprint, app: App) => unknown,
  options?: TestAppOptions,
): Promise<TestApp>
export function testApp<B extends Blueprint>(
  blueprint: B,
  options?: Pick<TestAppOptions, 'polka'>,
): Promise<TestApp<B>>
export async function testApp(
  declare: Blueprint | ((api: RestBlueprint, app: App) => unknown),
  { polka = defaultPolka, renderers = {}, ...options }: TestAppOptions = {},
): Promise<TestApp<Blueprint>> {
  const app = polka()
  const logger = quiet()
  let api = declare
  if (typeof api === 'function') {
    const own = new RestBlueprint('api', { logger, ...options })
    for (const [type, renderer] of Object.entries(renderers)) {
      own.outgoing.addMimetype(type)
      own.contentRenderer.renders(type, renderer)
    }
    api(own, app)
    api = own
  }
  api.register(app)
  return { ...(await serve(app)), api, app, logger }
}
