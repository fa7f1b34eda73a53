/** The documents of a module, and how they are written. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { documentOf, type OpenApiDocument } from '../openapi/document/document.ts'
import { toYaml } from '../openapi/document/yaml.ts'
import { Complaint, type Option } from './command.ts'
import { sourcesOf } from './source.ts'

export type Format = 'json' | 'yaml'

/** A document that a module can make. */
export interface Documentable {
  /** The name of what it is made of: an Api's, or those of all there is. */
  readonly name: string
  /** @throws {TypeError} for what cannot be described. */
  make(): OpenApiDocument
}

/** The options of commands about one document. */
export const OPTIONS = {
  format: { type: 'string', short: 'f', values: ['json', 'yaml'], help: 'How it is written' },
  api: { type: 'string', value: 'NAME', help: 'The name of the exported Api, where there are several' },
} as const satisfies Readonly<Record<string, Option>>

/** One for each Api; without any, one of all that there is. @throws {Complaint} as {@link sourcesOf}. */
export async function documentsOf(entry: string): Promise<readonly Documentable[]> {
  const sources = await sourcesOf(entry)
  const apis = sources.flatMap(({ name, api }) => (api ? [{ name, make: () => api.document() }] : []))
  if (apis.length > 0) return apis
  const documented = sources.map(({ blueprint, endpoints }) => ({ blueprint, endpoints }))
  return [{ name: sources[0]?.name ?? '', make: () => documentOf(documented, titleOf(entry)) }]
}

/** The document that is meant. @throws {Complaint} where none is, or which one is not said. */
export async function chosenDocument(entry: string, name: string | undefined): Promise<OpenApiDocument> {
  const all = await documentsOf(entry)
  const [first, second] = all
  const names = all.map((one) => one.name).join(', ')
  const chosen = name === undefined ? first : all.find((one) => one.name === name)
  if (!chosen) throw new Complaint(`There is no Api '${name}'. Use one of: ${names}`)
  if (name === undefined && second) throw new Complaint(`Say which Api with --api. Use one of: ${names}`)
  return chosen.make()
}

/** With a line break at the end. @throws {Complaint} for YAML without the package that writes it. */
export async function written(document: OpenApiDocument, format: Format): Promise<string> {
  if (format === 'json') return `${JSON.stringify(document, undefined, 2)}\n`
  const text = await toYaml(JSON.stringify(document))
  if (text === undefined) throw yamlMissing()
  return text
}

/** What a file says. @throws {Complaint} for YAML without the package; {Error} for text that is neither. */
export async function read(text: string, format: Format): Promise<unknown> {
  return format === 'json' ? JSON.parse(text) : (await yaml()).parse(text)
}

/** A document as JSON has it. */
export function plain(document: OpenApiDocument): unknown {
  return JSON.parse(JSON.stringify(document))
}

/** The format of a file by its name. */
export function formatOf(file: string): Format {
  return ['.yaml', '.yml'].includes(extname(file).toLowerCase()) ? 'yaml' : 'json'
}

async function yaml(): Promise<typeof import('yaml')> {
  try {
    return await import('yaml')
  } catch {
    throw yamlMissing()
  }
}

function yamlMissing(): Complaint {
  return new Complaint('YAML is written by the package yaml, which is not installed: npm install yaml')
}

/** Where nobody gave a title: as the package of the module is called. */
function titleOf(entry: string): { readonly title: string; readonly version: string } {
  const file = resolve(entry)
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, string>
      return { title: name || basename(file, extname(file)), version: version || '0.0.0' }
    }
    if (folder === dirname(folder)) return { title: basename(file, extname(file)), version: '0.0.0' }
  }
}
