/**
 * Builds `dist/`: `tsc` compiles and writes the types, esbuild joins the rooms behind each door into one file,
 * and types that no door leads to are left out.
 *
 * A hundred small files take half a megabyte on a disk that counts in blocks, and longer to import.
 * The executable is built along with the doors: it has to share what they know of an app.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

const DIST = join(import.meta.dirname, 'dist')
const BIN = join(DIST, 'cli/main.js')
const doors = readdirSync(join(import.meta.dirname, 'lib')).filter((name) => name.endsWith('.ts'))

rmSync(DIST, { recursive: true, force: true })
const tsc = join(import.meta.dirname, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
})

const { metafile } = await build({
  entryPoints: [...doors.map((door) => join(DIST, door.replace(/\.ts$/, '.js'))), BIN],
  outdir: DIST,
  outbase: DIST,
  chunkNames: 'rooms-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  packages: 'external',
  allowOverwrite: true,
  metafile: true,
})

writeFileSync(BIN, `#!/usr/bin/env node\n${readFileSync(BIN, 'utf8')}`)
chmodSync(BIN, 0o755)

const kept = new Set([
  ...Object.keys(metafile.outputs).map((file) => join(import.meta.dirname, file)),
  ...typesFrom(doors.map((door) => join(DIST, door.replace(/\.ts$/, '.d.ts')))),
])
for (const name of readdirSync(DIST, { recursive: true })) {
  const file = join(DIST, name)
  if (/\.(js|ts)$/.test(name) && !kept.has(file)) rmSync(file)
}
for (const room of readdirSync(DIST, { withFileTypes: true })) {
  const folder = join(DIST, room.name)
  if (room.isDirectory() && readdirSync(folder, { recursive: true }).every((name) => !/\./.test(name))) {
    rmSync(folder, { recursive: true })
  }
}

/** The type files that these lead to, and these themselves. */
function typesFrom(files, seen = new Set()) {
  for (const file of files) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    const next = [...text.matchAll(/(?:from|import|module)\s*\(?['"](\.[^'"]+)['"]/g)].map(([, to]) =>
      join(dirname(file), to.replace(/\.(ts|js)$/, '.d.ts')),
    )
    typesFrom(next, seen)
  }
  return seen
}
