/** Mazurka: an Api with its options. */
import { pino } from 'pino'
import { importEntry } from '../../mazurka.js'
import { NewReading, Reading } from '../../schemas.js'
import { sink } from '../../sink.js'
import { ORIGIN } from '../../work.js'

const { RestBlueprint } = await importEntry('index')
const { Api } = await importEntry('api')

/** @param variant the package of the app: `polka`, or `polka-next`. */
export async function start(variant) {
  const { default: polka } = await import(variant || 'polka')
  const app = polka()
  const api = new Api(app, {
    title: 'Bench',
    version: '1',
    docs: false,
    openapi: false,
    logger: pino({}, sink),
    cors: { origin: [ORIGIN], credentials: true },
    securityHeaders: true,
    requestId: true,
    accessLog: true,
  })
  const readings = new RestBlueprint('readings')
  const checked = { body: NewReading, response: { 201: Reading } }
  readings.post('/checked', checked, ({ body }) => ({ id: 101, ...body }))
  api.registerBlueprint(readings)
  return app.listen(0, '127.0.0.1').server
}
