/** Files of a documentation page: scripts and styles. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { contentHash } from '../http/entity-tag.ts'

/** A file of a documentation page: `path` of a file on disk, or its `text`. */
export interface Asset {
  readonly contentType: string
  readonly path?: string
  readonly text?: string
}

interface AssetContent {
  readonly content: string | Buffer
  readonly etag: string
}

const cache = new WeakMap<Asset, AssetContent>()

/** The content of an asset; read once and cached. */
export function readAsset(asset: Asset): AssetContent {
  const cached = cache.get(asset)
  if (cached) return cached
  const content = asset.path === undefined ? (asset.text ?? '') : readFileSync(asset.path)
  const read = { content, etag: `"${contentHash(content)}"` }
  cache.set(asset, read)
  return read
}

/** The folder of an installed package, searched from this package and from the current project. */
export function packageFolder(name: string): string | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`))
    } catch {
      // not installed there
    }
  }
  return undefined
}

/** @throws {TypeError} for a package that is not installed. */
export function requirePackageFolder(name: string): string {
  const folder = packageFolder(name)
  if (!folder) throw new TypeError(`The documentation page needs the package '${name}': npm install ${name}`)
  return folder
}
