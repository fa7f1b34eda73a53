/** Sizes of the entry points in a bundle, minified and gzipped, without Node's modules and the dependencies. */
import { readFileSync } from 'node:fs'

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const ignore = ['node:*', ...Object.keys(dependencies)]
const check = (name, path, limit, names = '*', peers = []) => ({
  name,
  path: `dist/${path}`,
  import: names,
  limit,
  ignore: [...ignore, ...peers],
  gzip: true,
})

export default [
  check('mazurka', 'index.js', '73.5 kB'),
  check('a bare Blueprint', 'index.js', '32.6 kB', '{ Blueprint }'),
  check('mazurka/jsonapi', 'jsonapi.js', '146.8 kB', '*', ['kysely']),
  check('mazurka/renderers', 'renderers.js', '16 kB'),
  check('mazurka/parsers', 'parsers.js', '3.2 kB'),
  check('mazurka/client', 'client.js', '3.7 kB'),
]
