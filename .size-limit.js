/** What the doors weigh in a bundle, minified and gzipped, without Node's modules and the dependencies. */
import { readFileSync } from 'node:fs'

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const ignore = ['node:*', ...Object.keys(dependencies)]
const weigh = (name, path, limit, what = '*') => ({
  name,
  path: `dist/${path}`,
  import: what,
  limit,
  ignore,
  gzip: true,
})

export default [
  weigh('mazurka', 'index.js', '34.5 kB'),
  weigh('a bare Blueprint', 'index.js', '13.2 kB', '{ Blueprint }'),
  weigh('mazurka/renderers', 'renderers.js', '7 kB'),
  weigh('mazurka/parsers', 'parsers.js', '2 kB'),
  weigh('mazurka/client', 'client.js', '3 kB'),
]
