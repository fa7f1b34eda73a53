/** OpenAPI documents of a module, and their formats. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { documentOf, type OpenApiDocument } from '../openapi/document/document.ts'
import { toYaml } from '../openapi/document/yaml.ts'
import { CommandError, type Option } from './command.ts'
import { sourcesOf } from './source.ts'

export type Format = 'json' | 'yaml'

/** A source of one document. */
interface DocumentSource {
  /** Name of the export. */
  readonly name: string
  /** @throws {TypeError} for endpoints that cannot be described. */
  document(): OpenApiDocument
}

/** Options of the commands for one document. */
export const DOCUMENT_OPTIONS = {
  format: { type: 'string', short: 'f', values: ['json', 'yaml'], help: 'Format of the document' },
  api: { type: 'string', value: 'NAME', help: 'Name of the exported Api, when there are several' },
} as const satisfies Readonly<Record<string, Option>>

/** One source per Api; without an Api, one for all endpoints. @throws {CommandError} as {@link sourcesOf}. */
export async function documentSourcesOf(entry: string): Promise<readonly DocumentSource[]> {
  const sources = await sourcesOf(entry)
  const apis = sources.flatMap(({ name, api }) => (api ? [{ name, document: () => api.document() }] : []))
  if (apis.length > 0) return apis
  const documented = sources.map(({ blueprint, endpoints }) => ({ blueprint, endpoints }))
  return [{ name: sources[0]?.name ?? '', document: () => documentOf(documented, titleOf(entry)) }]
}

/** The document of an Api. @throws {CommandError} for an unknown name, or several Apis without one. */
export async function selectDocument(entry: string, name: string | undefined): Promise<OpenApiDocument> {
  const all = await documentSourcesOf(entry)
  const [first, second] = all
  const names = all.map((source) => source.name).join(', ')
  const selected = name === undefined ? first : all.find((source) => source.name === name)
  if (!selected) throw new CommandError(`Unknown Api '${name}'. Apis: ${names}`)
  if (name === undefined && second) throw new CommandError(`--api NAME is required. Apis: ${names}`)
  return selected.document()
}

/** The text of a document, with a final line break. @throws {CommandError} for YAML without the package yaml. */
export async function formatDocument(document: OpenApiDocument, format: Format): Promise<string> {
  if (format === 'json') return `${JSON.stringify(document, undefined, 2)}\n`
  const text = await toYaml(JSON.stringify(document))
  if (text === undefined) throw yamlMissing()
  return text
}

/** The value of a text. @throws {CommandError} for YAML without the package yaml; {Error} for invalid text. */
export async function parseDocument(text: string, format: Format): Promise<unknown> {
  return format === 'json' ? JSON.parse(text) : (await yaml()).parse(text)
}

/** The document as plain JSON values. */
export function toJson(document: OpenApiDocument): unknown {
  return JSON.parse(JSON.stringify(document))
}

/** Format of a file, by its name. */
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

function yamlMissing(): CommandError {
  return new CommandError('YAML needs the package yaml, which is not installed: npm install yaml')
}

/** Title and version without an Api: name and version of the nearest package.json. */
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
