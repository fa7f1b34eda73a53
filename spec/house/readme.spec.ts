/** The README: its first snippet is run, and its requests are answered as shown. */
import { existsSync, readdirSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { fencesOf, typeErrorsOf } from '../support/fences.ts'
import { blocksOf, consoleOf, linksOf, ROOT, readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'
import { needsCurl, run } from '../support/shell.ts'

const readme = readPage('README.md')
const snippet = blocksOf(readme).find(({ language }) => language === 'ts')?.text ?? ''

/** The compiler reads lib/ and the schema libraries. */
const TIMEOUT = { timeout: 120_000 }

const LISTEN = '\nif (process.argv[1] === import.meta.filename) app.listen(3000)'

/** Runs the snippet unchanged, but for its last line, which listens where the file is run by itself. */
async function appOf(source: string) {
  expect(source).toContain(LISTEN)
  const { outputText } = ts.transpileModule(source.replace(LISTEN, ''), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  const modules: Record<string, object> = {
    mazurka: await import('mazurka'),
    'mazurka/renderers': await import('mazurka/renderers'),
    polka: await import('polka'),
    zod: await import('zod'),
  }
  const exports = {} as { app: Parameters<typeof serve>[0] }
  const require = (name: string) => ({ __esModule: true, ...modules[name] })
  new Function('require', 'exports', outputText)(require, exports)
  return exports.app
}

describe('the first snippet of the README', () => {
  it('answers the requests below it as shown', async (context) => {
    needsCurl(context)
    const { port } = await serve(await appOf(snippet))
    const shown = consoleOf(readme)
    expect(shown.length).toBeGreaterThanOrEqual(6)
    for (const { line, expected } of shown) {
      expect((await run(line, port)).replace(/\n$/, ''), line).toBe(expected)
    }
  })

  it('compiles under strict without a comment with given code', TIMEOUT, () => {
    const [first] = fencesOf('README.md', readme)
    expect(first?.code.replace(/export {}$/, '').trim()).toBe(snippet)
    expect(typeErrorsOf(first ? [first] : [])).toEqual([])
  })

  it('has an id that is a number, as stated in its comment', TIMEOUT, () => {
    const doubting = snippet.replace('id === params.id)', 'id === (params.id satisfies string))')
    const errors = typeErrorsOf(fencesOf('README.md', `\`\`\`ts\n${doubting}\n\`\`\``))
    expect(errors.join('\n')).toContain("Type 'number' does not satisfy the expected type 'string'")
  })
})

describe('the README', () => {
  it('links to every page of the guide, which the reference lists in an order to read', () => {
    const pages = (folder: string) => readdirSync(ROOT + folder).filter((name) => name.endsWith('.md'))
    const inOrder: string[] = JSON.parse(readPage('typedoc.json')).projectDocuments
    expect(pages('docs').filter((page) => !readme.includes(`(docs/${page})`))).toEqual([])
    expect(pages('docs').filter((page) => !inOrder.includes(`docs/${page}`))).toEqual([])
    const index = readPage('docs/decisions/README.md')
    expect(pages('docs/decisions').filter((page) => !index.includes(`(${page})`))).toEqual(['README.md'])
  })

  it('compares as the scripts in bench/compare/ found, with the versions that bench/ has', () => {
    const [, table = ''] = /<!-- compare -->\n([\s\S]+?)\n<!-- end compare -->/.exec(readme) ?? []
    expect(table.split('\n').length).toBeGreaterThan(10)
    const result = readPage('bench/compare/result.md')
    expect(result).toContain(`\n\n${table}\n\n`)

    const { dependencies } = JSON.parse(readPage('bench/package.json'))
    const versions = result.slice(0, result.indexOf(table)).match(/^- .+$/gm) ?? []
    const asked = versions.flatMap((line) => line.slice(2).split(', '))
    const isOld = (text: string) =>
      !text.startsWith('mazurka ') && dependencies[nameOf(text)] !== versionOf(text)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter(isOld)).toEqual([])
  })

  it('links to pages that exist', () => {
    const links = linksOf(readme)
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((path) => !existsSync(ROOT + path))).toEqual([])
  })
})

/** `@fastify/etag` of `@fastify/etag 6.2.0`. */
function nameOf(text: string): string {
  return text.split(' ')[0] ?? ''
}

function versionOf(text: string): string | undefined {
  return text.split(' ')[1]
}
