/** The files that a page of documentation is made of. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A file of a page: from a package, or text of our own. */
export interface Asset {
  readonly contentType: string
  /** Where it is on the disk. */
  readonly path?: string
  readonly text?: string
}

interface Content {
  readonly content: string | Buffer
  /** An entity tag. */
  readonly tag: string
}

const contents = new WeakMap<Asset, Content>()

/** The content of an asset, read once. */
export function fileOf(asset: Asset): Content {
  const known = contents.get(asset)
  if (known) return known
  const content = asset.path === undefined ? (asset.text ?? '') : readFileSync(asset.path)
  const read = { content, tag: `"${hash('sha256', content, 'base64url').slice(0, 22)}"` }
  contents.set(asset, read)
  return read
}

/** Where a package is installed: beside this one, or in the project that is running. */
export function folderOf(name: string): string | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`))
    } catch {
      // the next place
    }
  }
  return undefined
}

/** @throws {TypeError} for a package that is not installed. */
export function folderOrThrow(name: string): string {
  const folder = folderOf(name)
  if (!folder)
    throw new TypeError(`The page of documentation needs the package '${name}': npm install ${name}`)
  return folder
}
