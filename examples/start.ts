/** `npm start` serves an example and prints what to try: `npm start -- streaming`. */
import { existsSync, readdirSync } from 'node:fs'
import type { ShutdownOptions } from 'mazurka/server'
import type { Polka } from 'polka'
import { serve } from './serve.ts'

const name = process.argv[2] ?? 'petstore'
const all = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

if (!existsSync(`${import.meta.dirname}/${name}/index.ts`)) {
  console.error(`There is no example '${name}'. There are: ${all.join(', ')}`)
  process.exit(1)
}

const { app, stop } = (await import(`./${name}/index.ts`)) as { app: Polka; stop?: ShutdownOptions }
serve(name, app, stop)
