/** A process of two servers that serves a feed and uploads until it gets a signal. Its output says what happened, line by line. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { sse } from '../../lib/renderers.ts'
import { production, shutdown } from '../../lib/server.ts'

const { options, apply } = production()
const server = apply(createServer(options))
const say = (line: string) => process.stdout.write(`${line}\n`)
const pool = { end: () => say('pool closed') }
shutdown(server, { graceSeconds: 3, close: [pool, () => say('queue closed')] })

const metrics = createServer((_request, response) => void response.end('up 1\n')) // idle, so that it is closed first
shutdown(metrics)
metrics.listen(0, '127.0.0.1')

const api = new RestBlueprint('api')
api.get('/feed', { outgoing: { 'text/event-stream': sse() } }, async function* ({ signal }) {
  try {
    for (let count = 1; ; count++) {
      yield { count }
      await sleep(100, undefined, { signal })
    }
  } finally {
    say('feed ended')
  }
})
api.post('/uploads', { body: jsonSchema({ type: 'array', items: { type: 'integer' } }) }, ({ body }) => body)
api.get('/idle', () => 'idle')
server.on('request', api.handler)
server.listen(0, '127.0.0.1', () => say(`port ${(server.address() as AddressInfo).port}`))
setInterval(() => undefined, 1000) // a timer of the application does
