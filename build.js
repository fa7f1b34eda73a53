/**
 * Builds `dist/`: `tsc` writes the types; esbuild bundles each entry point, with shared code in chunks, and writes
 * source maps; types that no entry point refers to are removed, but for those that add members to the types of others.
 *
 * A few bundles need half the disk blocks of two hundred small files, and load faster. The executable is built
 * along with the entry points: it has to share their state (the registry of apps). All that `mazurka` loads is one
 * chunk, since every application loads all of it: otherwise esbuild makes a chunk of each part that some other entry
 * point needs as well. The client is built by itself: browsers load it.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { build } from 'esbuild'

const LIB = join(import.meta.dirname, 'lib')
const DIST = join(import.meta.dirname, 'dist')
const EXECUTABLE = 'cli/main'
const REFERENCE = /(?:from|import|module)\s*\(?['"](\.[^'"]+)['"]/g
/** Without `declare module`: the compiler does not load the file that it names. */
const LOADED = /(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const entryPoints = readdirSync(LIB)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replace(/\.ts$/, ''))

rmSync(DIST, { recursive: true, force: true })
const tsc = join(import.meta.dirname, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
})

const OPTIONS = {
  absWorkingDir: import.meta.dirname,
  outdir: DIST,
  outbase: LIB,
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
}
const CLIENT = 'client'
const sharing = [...entryPoints, EXECUTABLE].filter((name) => name !== CLIENT)
const client = await build({ ...OPTIONS, entryPoints: [sourceOf(CLIENT)], plugins: [sources(new Set(), '')] })
const others = await build({ ...OPTIONS, entryPoints: sharing.map(sourceOf), plugins: [await oneCore()] })

const outputs = { ...client.metafile.outputs, ...others.metafile.outputs }
for (const output of Object.keys(outputs).filter((name) => name.endsWith('.js'))) {
  const file = join(import.meta.dirname, output)
  restoreClassNames(file)
  replaceNonLatin1(file)
  reduceMap(file)
}
makeExecutable(join(DIST, `${EXECUTABLE}.js`))

for (const name of entryPoints) importAugmentations(name)
const referenced = typesFrom(entryPoints.map((name) => join(DIST, `${name}.d.ts`)))
for (const name of readdirSync(DIST, { recursive: true })) {
  const file = join(DIST, name)
  if (name.endsWith('.d.ts') && !referenced.has(file)) rmSync(file)
}
for (const entry of readdirSync(DIST, { withFileTypes: true })) {
  const folder = join(DIST, entry.name)
  if (entry.isDirectory() && readdirSync(folder, { recursive: true }).every((name) => !name.includes('.'))) {
    rmSync(folder, { recursive: true })
  }
}

function sourceOf(name) {
  return join(LIB, `${name}.ts`)
}

/**
 * Adds the files that `mazurka` loads to the imports of each entry point, and of each file that is imported on demand:
 * what all of them need is one chunk.
 */
async function oneCore() {
  const entries = sharing.map(sourceOf)
  const { metafile } = await build({ ...OPTIONS, entryPoints: entries, splitting: false, write: false })
  const files = Object.keys(metafile.outputs['dist/index.js'].inputs)
  const imports = files.map((file) => `import '${join(import.meta.dirname, file)}'\n`).join('')
  const onDemand = Object.values(metafile.inputs)
    .flatMap((input) => input.imports.filter(({ kind }) => kind === 'dynamic-import'))
    .map(({ path }) => join(import.meta.dirname, path))
  return sources(new Set([...entries, ...onDemand]), imports)
}

/** Loads sources without docstrings, which the types have: 100 kB. Adds imports to some of them. */
function sources(importing, imports) {
  return {
    name: 'sources',
    setup({ onResolve, onLoad }) {
      // kept, although the package says that its files have no side effects
      onResolve({ filter: /\.ts$/ }, ({ path, resolveDir }) => ({
        path: resolve(resolveDir, path),
        sideEffects: true,
      }))
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const source = readFileSync(path, 'utf8').replace(/^ *\/\*\*[\s\S]*?\*\/$/gm, lineBreaksOf)
        return { contents: importing.has(path) ? `${source}\n${imports}` : source, loader: 'ts' }
      })
    },
  }
}

function lineBreaksOf(text) {
  return text.replace(/[^\n]/g, '')
}

/** Undoes `var Name = class _Name`: esbuild renames a class that refers to itself, and stack traces would show it. */
function restoreClassNames(file) {
  const text = readFileSync(file, 'utf8')
  const names = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name)
  if (names.length === 0) return
  writeFileSync(file, text.replace(new RegExp(`\\b_(${names.join('|')})\\b`, 'g'), '$1'))
}

/**
 * Replaces the characters of comments that are beyond Latin-1: V8 keeps a text with one of them in two bytes per character,
 * which for the core are 360 kB. Those of strings esbuild has escaped.
 */
function replaceNonLatin1(file) {
  const text = readFileSync(file, 'utf8').replace(/^\s*(?:\/?\*|\/\/).*$/gm, (comment) =>
    comment.replaceAll('→', '->').replaceAll('…', '...'),
  )
  const other = /[^\0-\xff]/.exec(text)?.[0]
  if (other) throw new Error(`${file} has '${other}', which is not in Latin-1`)
  writeFileSync(file, text)
}

/** Reduces a source map to lines, a third of its size; removes it from a file that only re-exports. */
function reduceMap(file) {
  const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  const mappings = lineMappings(map.mappings)
  if (/[^;]/.test(mappings)) {
    writeFileSync(`${file}.map`, JSON.stringify({ ...map, names: [], mappings }))
    return
  }
  rmSync(`${file}.map`)
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*\n/m, ''))
}

/**
 * Drops the segments that stay on the source line of the segment before.
 *
 * ECMA-426 §9.2: lines are separated by `;`, segments by `,`; a segment is the generated column (relative to the
 * segment before, 0 at a new line), then source, line and column (relative to the segment before).
 */
function lineMappings(mappings) {
  const position = [0, 0, 0]
  let written = [0, 0, 0]
  const reduceLine = (line) => {
    let column = 0
    let writtenColumn = 0
    let isFirst = true
    const segments = []
    for (const segment of line.split(',').filter(Boolean)) {
      const [columns, ...changes] = decodeVlq(segment)
      column += columns
      for (const index of position.keys()) position[index] += changes[index] ?? 0
      const [source, sourceLine] = position
      if (!isFirst && source === written[0] && sourceLine === written[1]) continue
      const relative = position.map((value, index) => value - written[index])
      segments.push(encodeVlq([column - writtenColumn, ...relative]))
      written = [...position]
      writtenColumn = column
      isFirst = false
    }
    return segments.join(',')
  }
  return mappings.split(';').map(reduceLine).join(';')
}

/** Numbers of a segment: base 64 digits of 5 bits, the lowest first, the sign in the lowest bit. */
function decodeVlq(segment) {
  const numbers = []
  let value = 0
  let shift = 0
  for (const character of segment) {
    const digit = BASE64.indexOf(character)
    value += (digit & 31) << shift
    shift += 5
    if (digit & 32) continue
    numbers.push(value & 1 ? -(value >> 1) : value >> 1)
    value = shift = 0
  }
  return numbers
}

function encodeVlq(numbers) {
  const encode = (number) => {
    let rest = number < 0 ? (-number << 1) | 1 : number << 1
    let text = ''
    do {
      const digit = rest & 31
      rest >>= 5
      text += BASE64[rest > 0 ? digit | 32 : digit]
    } while (rest > 0)
    return text
  }
  return numbers.map(encode).join('')
}

/** Adds the `#!` line, and an empty line to the source map for it. */
function makeExecutable(file) {
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`)
  chmodSync(file, 0o755)
  const map = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings: `;${map.mappings}` }))
}

/**
 * Lets the types of an entry point import the files that add members to other types (`declare module`, `declare global`)
 * and that its code is made of: tsc leaves out an import that only the code needs.
 */
function importAugmentations(name) {
  const entry = join(DIST, `${name}.d.ts`)
  const known = typesFrom([entry], '.d.ts', LOADED)
  const augmenting = [...typesFrom([join(LIB, `${name}.ts`)], '.ts')].filter((file) =>
    /^declare (module '\.|global)/m.test(readFileSync(file, 'utf8')),
  )
  const imports = augmenting
    .map((file) => relative(LIB, file).replaceAll('\\', '/'))
    .filter((file) => !known.has(join(DIST, file.replace(/\.ts$/, '.d.ts'))))
    .map((file) => `import './${file}'\n`)
  writeFileSync(entry, readFileSync(entry, 'utf8') + imports.sort().join(''))
}

/** These files, and all that they refer to: type files, or with `.ts` sources. */
function typesFrom(files, ending = '.d.ts', reference = REFERENCE, seen = new Set()) {
  for (const file of files) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    const next = [...text.matchAll(reference)].map(([, to]) =>
      join(dirname(file), to.replace(/\.(ts|js)$/, ending)),
    )
    typesFrom(next, ending, reference, seen)
  }
  return seen
}
