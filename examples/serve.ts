/** Serves an example and prints what to try. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { production, type ShutdownOptions, shutdown } from 'mazurka/server'
import type { Polka } from 'polka'
import { curlLines } from './start-page.ts'

/** On `PORT`, default 3000; on the server of the app, if it has one. @param stop how the server stops. */
export function serve(
  name: string,
  app: Pick<Polka, 'handler' | 'server'>,
  stop: ShutdownOptions = { graceSeconds: 2 },
): void {
  const port = process.env.PORT || '3000'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    console.error(`'${port}' is no port`)
    process.exit(1)
  }
  const { options, apply } = production({ uploads: true })
  const server = app.server ?? apply(createServer(options))
  server.on('request', app.handler as RequestListener)
  shutdown(server, stop)
  server.on('error', (error: NodeJS.ErrnoException) => {
    const inUse = `The port ${port} is in use; another one: PORT=${(Number(port) % 65_535) + 1} npm start`
    console.error(error.code === 'EADDRINUSE' ? inUse : error.message)
    process.exit(1)
  })
  server.listen(Number(port), () => {
    const origin = `localhost:${(server.address() as AddressInfo).port}`
    console.log(`${name} at http://${origin}/\n`)
    for (const line of curlLines(name)) console.log(`  ${line.replaceAll('localhost:3000', origin)}`)
  })
}
