/** `npm start` serves an example and prints what to try: `npm start -- streaming`. */
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Polka } from 'polka'
import { curlLines } from './start-page.ts'

const name = process.argv[2] ?? 'temperatures'
const all = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

if (!existsSync(`${import.meta.dirname}/${name}/index.ts`)) {
  console.error(`There is no example '${name}'. There are: ${all.join(', ')}`)
  process.exit(1)
}

const { app } = (await import(`./${name}/index.ts`)) as { app: Polka }
const server = createServer(app.handler as RequestListener)
server.listen(Number(process.env.PORT ?? 3000), () => {
  const { port } = server.address() as AddressInfo
  console.log(`${name} at http://localhost:${port}/\n`)
  for (const line of curlLines(name))
    console.log(`  ${line.replaceAll('localhost:3000', `localhost:${port}`)}`)
})
server.on('error', (error: NodeJS.ErrnoException) => {
  console.error(error.code === 'EADDRINUSE' ? 'The port is in use: PORT=3001 npm start' : error.message)
  process.exit(1)
})
