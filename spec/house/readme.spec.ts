/** What the README of the project shows is run, checked and true. */
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { blocksOf, consoleOf, ROOT, readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'
import { needsCurl, run } from '../support/shell.ts'

const snippet = blocksOf(readPage('README.md')).find(({ language }) => language === 'ts')?.text ?? ''

/** The snippet as it stands, but for its last line: the app is handed out instead of listening. */
async function appOf(source: string) {
  expect(source).toMatch(/\napp\.listen\(3000\)$/)
  const { outputText } = ts.transpileModule(source.replace(/\napp\.listen\(3000\)$/, '\nexport { app }'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  const modules: Record<string, object> = {
    mazurka: await import('mazurka'),
    'mazurka/renderers': await import('mazurka/renderers'),
    polka: await import('polka'),
  }
  const exports = {} as { app: Parameters<typeof serve>[0] }
  const require = (name: string) => ({ __esModule: true, ...modules[name] })
  new Function('require', 'exports', outputText)(require, exports)
  return exports.app
}

describe('the first snippet of the README', () => {
  it('answers what is typed below it with what stands there', async (context) => {
    needsCurl(context)
    const { port } = await serve(await appOf(snippet))
    const shown = consoleOf(readPage('README.md'))
    expect(shown.length).toBeGreaterThanOrEqual(5)
    for (const { line, expected } of shown) {
      expect((await run(line, port)).replace(/\n$/, ''), line).toBe(expected)
    }
  })

  it('compiles under strict, as it stands', () => {
    expect(complaintsAbout(snippet)).toBe('')
  })

  it('has an id that is a number, as its comment says', () => {
    const doubting = snippet.replace('id === params.id)', 'id === (params.id satisfies string))')
    expect(complaintsAbout(doubting)).toContain("Type 'number' does not satisfy the expected type 'string'")
  })
})

describe('the README', () => {
  it('links to pages that are there', () => {
    const links = [...readPage('README.md').matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(
      ([, path = '']) => path,
    )
    expect(links.length).toBeGreaterThan(10)
    expect(
      links.filter((path) => !ts.sys.fileExists(ROOT + path) && !ts.sys.directoryExists(ROOT + path)),
    ).toEqual([])
  })
})

/** What the compiler says about a page of source at the root of the project, with the project's own settings. */
function complaintsAbout(source: string): string {
  const file = `${ROOT}readme.ts`
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT)
  expect(options.strict).toBe(true)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, language) =>
    name === file ? ts.createSourceFile(name, source, language) : getSourceFile(name, language)
  const program = ts.createProgram([file], options, host)
  const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(file))
  return ts.formatDiagnostics(diagnostics, { ...host, getNewLine: () => '\n' })
}
