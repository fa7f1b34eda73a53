/** OpenAPI documents in the tools of others: a linter, a validating proxy, a generator of types. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import createClient from 'openapi-fetch'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { OpenApiDocument } from '../../lib/openapi.ts'
import { kitchen } from '../support/kitchen.ts'
import { documented } from '../support/open-api.ts'
import { ROOT, readPage, requestsOf } from '../support/readme.ts'
import { lint } from '../support/redocly.ts'
import { serve } from '../support/server.ts'
import { needsCurl, run } from '../support/shell.ts'

const folder = mkdtempSync(join(tmpdir(), 'judges-'))
vi.stubEnv('TMPDIR', folder)
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** With nothing done to it yet. */
async function petstore() {
  vi.resetModules()
  const { app } = (await import('../../examples/petstore/index.ts')) as unknown as {
    app: { handler: RequestListener }
  }
  const served = await serve(app)
  const document = (await (await served.fetch('/openapi.json')).json()) as OpenApiDocument
  return { ...served, document }
}

function write(name: string, document: OpenApiDocument): string {
  const file = join(folder, name)
  writeFileSync(file, JSON.stringify(document))
  return file
}

describe('Redocly', () => {
  it('reports no error and no warning for the document of the petstore', async () => {
    expect(lint(write('petstore.json', (await petstore()).document))).toBe('')
  })

  it.each(['3.1.1', '3.2.0'] as const)(
    'finds nothing wrong with the document of an API of everything in %s',
    async (openapi) => {
      expect(lint(write('kitchen.json', await documented(kitchen(), { openapi })))).toBe('')
    },
  )

  it('reports an error in an invalid document', async () => {
    const { document } = await petstore()
    expect(lint(write('broken.json', { ...document, paths: { '/{lost}': { get: {} } } }))).toContain('lost')
  })
})

describe('Prism', () => {
  /** Starts Prism as a proxy: messages that do not match the document are a 500. */
  async function proxy(document: OpenApiDocument, upstream: string): Promise<number> {
    const port = await freePort()
    const child = spawn(
      process.execPath,
      [
        `${ROOT}node_modules/@stoplight/prism-cli/dist/index.js`,
        ...['proxy', write('proxied.json', document), upstream, '--errors', '--port', String(port)],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    onTestFinished(() => void child.kill())
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    await vi.waitFor(() => expect(output).toContain('Prism is listening'), { timeout: 15_000, interval: 100 })
    return port
  }

  it('accepts all requests of the README of the petstore and their responses', async (context) => {
    needsCurl(context)
    const { url, document } = await petstore()
    const port = await proxy(jsonOnly(document), url)
    const all = requestsOf(readPage('examples/petstore/README.md'))
    // without those of the document itself, and without HEAD, which Prism does not know
    const requests = all.filter(({ line }) => line.includes('localhost:3000/pets') && !line.includes(' -I '))
    expect(requests.length).toBeGreaterThan(15)
    for (const { line, form, expected } of requests) {
      const [command = ''] = line.split(' | ') // Prism forwards text only, and breaks pictures
      const output = await run(`${command} | head -c 4000`, port, '-sS -i')
      const status = /^HTTP\/1.1 (\d{3})/
      const shown = form === 'http' ? status.exec(expected)?.[1] : '200'
      expect([status.exec(output)?.[1], /^sl-violations: .*/m.exec(output)?.[0]], line).toEqual([
        shown,
        undefined,
      ])
    }
  }, 30_000)
})

/** The document for Prism, which parses JSON only: all text is a string, tables too. */
function jsonOnly(document: OpenApiDocument): OpenApiDocument {
  return JSON.parse(JSON.stringify(document), (key, value) =>
    /^text\//.test(key) ? { schema: { type: 'string' } } : value,
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const CLIENT = `
import type createClient from 'openapi-fetch'
import type { paths } from './petstore-types.ts'

export async function session(create: typeof createClient, baseUrl: string) {
  const client = create<paths>({ baseUrl })
  const list = await client.GET('/pets', { params: { query: { status: 'available', page_size: 5 } } })
  const names: (string | undefined)[] | undefined = list.data?.map(({ name }) => name)
  const { data: pet, response } = await client.POST('/pets', { body: { name: 'Rex', species: 'dog' } })
  if (!pet) throw new Error('There is no pet')
  const status: 'available' | 'pending' | 'sold' = pet.status
  const path = { id: pet.id }
  const header = { 'If-Match': response.headers.get('etag') ?? '' }
  const changed = await client.PUT('/pets/{id}', { params: { path, header }, body: { ...pet, status: 'sold' } })
  const removed = await client.DELETE('/pets/{id}', { params: { path, header: { 'If-Match': '*' } } })
  const gone = await client.GET('/pets/{id}', { params: { path } })
  const { error } = gone
  return { names, status, changed: changed.data?.status, removed: removed.response.status, error }
}
`

/** Changes of the client that must be compile errors. */
const WRONG = [
  ["status: 'available', page_size", "status: 'eaten', page_size"],
  ["body: { name: 'Rex', species: 'dog' }", "body: { name: 'Rex' }"],
  ['header: { ', 'headers: { '],
  ["'/pets/{id}', { params: { path } }", "'/pet/{id}', { params: { path } }"],
] as const

describe('openapi-typescript', () => {
  it('generates types with which a client compiles in strict mode and works', async () => {
    const { document, url } = await petstore()
    const types = astToString(await openapiTS(document as never, { defaultNonNullable: false }))
    const wrong = WRONG.map(([right, instead]) => CLIENT.replace(right, instead))
    expect(wrong).not.toContain(CLIENT)
    const [complaints, ...others] = compilerErrors([CLIENT, ...wrong], types)
    expect(complaints).toBe('')
    for (const [index, other] of others.entries()) expect(other, WRONG[index]?.[1]).toContain('error TS')
    const { session } = await import(`data:text/javascript,${encodeURIComponent(transpiled(CLIENT))}`)
    const found = await session(createClient, url)
    expect(found).toMatchObject({
      names: ['Burek', 'Ara'],
      status: 'available',
      changed: 'sold',
      removed: 204,
    })
    expect(found.error).toMatchObject({ status: 404, detail: 'There is no pet 4' })
  }, 30_000)
})

/** The errors of the compiler with the settings of the project. */
function compilerErrors(clients: readonly string[], types: string): string[] {
  const named = clients.map((client, index) => [`${ROOT}petstore-client-${index}.ts`, client] as const)
  const files = new Map<string, string>([...named, [`${ROOT}petstore-types.ts`, types]])
  const options = { ...settings(), lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] }
  expect(options.strict).toBe(true)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.getSourceFile = (name, language) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, language) : ts.createSourceFile(name, text, language)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return named.map(([name]) =>
    ts.formatDiagnostics(ts.getPreEmitDiagnostics(program, program.getSourceFile(name)), {
      ...host,
      getNewLine: () => '\n',
    }),
  )
}

function settings(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT).options
}

function transpiled(client: string): string {
  return ts.transpileModule(client, { compilerOptions: { ...settings(), module: ts.ModuleKind.ESNext } })
    .outputText
}
