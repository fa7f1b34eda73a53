/** Express with the middleware that its site lists: helmet, cors, morgan. */
import cors from 'cors'
import express from 'express'
import helmet from 'helmet'
import morgan from 'morgan'
import { createByZod } from '../../schemas.js'
import { sink } from '../../sink.js'
import { MAX_BODY_BYTES, ORIGIN } from '../../work.js'
import { creating, fail } from '../express.js'
import { identify } from './identify.js'

export function start() {
  const app = express().disable('etag')
  app.use(identify)
  app.use(morgan('combined', { stream: sink }))
  app.use(helmet())
  app.use(cors({ origin: [ORIGIN], credentials: true }))
  app.post('/checked', express.json({ limit: MAX_BODY_BYTES }), creating(createByZod))
  app.use(fail)
  return app.listen(0, '127.0.0.1')
}
