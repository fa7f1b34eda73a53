/** The build of Mazurka that is measured: `dist/` of this checkout, or the folder in MAZURKA_DIST. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const DIST = process.env.MAZURKA_DIST ?? join(import.meta.dirname, '../dist')

/** Imports an entry point, `index` or `renderers` for example, and nothing below it: older builds differ there. */
export function importEntry(name) {
  return import(urlOf(name))
}

/** The URL of an entry point, for another process to import. */
export function urlOf(name) {
  return pathToFileURL(join(DIST, `${name}.js`)).href
}
