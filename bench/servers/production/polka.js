/** Bare Polka with the same middleware as Express. */
import bodyParser from 'body-parser'
import cors from 'cors'
import helmet from 'helmet'
import morgan from 'morgan'
import { createByZod } from '../../schemas.js'
import { sink } from '../../sink.js'
import { MAX_BODY_BYTES, ORIGIN } from '../../work.js'
import { creating, fail } from '../polka.js'
import { identify } from './identify.js'

/** @param variant the package: `polka`, or `polka-next`. */
export async function start(variant) {
  const { default: polka } = await import(variant || 'polka')
  const app = polka({ onError: fail })
    .use(
      identify,
      morgan('combined', { stream: sink }),
      helmet(),
      cors({ origin: [ORIGIN], credentials: true }),
    )
    .post('/checked', bodyParser.json({ limit: MAX_BODY_BYTES }), creating(createByZod))
  return app.listen(0, '127.0.0.1').server
}
