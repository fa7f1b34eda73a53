/** Fenced code of a Markdown page, and its type errors: each fence is a module of its own. */
import ts from 'typescript'
import { ROOT } from './readme.ts'

/** A `ts` or `js` fence, with the code of the `given` comments above it. */
export interface Fence {
  readonly page: string
  readonly language: 'ts' | 'js'
  /** Line of the page on which the code starts, from 1. */
  readonly line: number
  /** The page with every line blank that is neither of this fence nor given: its line numbers are the page's. */
  readonly code: string
  /** Modules that the fence imports, by file name: `<!-- given ./pets.ts: export const pets = … -->`. */
  readonly modules: ReadonlyMap<string, string>
}

interface Given {
  readonly name: string | undefined
  readonly lines: ReadonlyMap<number, string>
}

const GIVEN = /^<!-- given(?: (\.\/[\w.-]+))?:/

/** All `ts` and `js` fences of a page. @throws {Error} for a `given` comment without a fence below it. */
export function fencesOf(page: string, markdown: string): Fence[] {
  const lines = markdown.split('\n')
  const fences: Fence[] = []
  let given: Given[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    const start = index
    if (GIVEN.test(line)) {
      while (index < lines.length - 1 && !lines[index]?.endsWith('-->')) index++
      given.push(givenOf(lines, start, index))
    } else if (line.startsWith('```')) {
      while (index < lines.length - 1 && lines[index + 1] !== '```') index++
      const language = /^```(\w*)/.exec(line)?.[1]
      if (language === 'ts' || language === 'js')
        fences.push(fenceOf(page, language, lines, start, index, given))
      else throwIfDangling(page, given)
      given = []
      index++
    } else if (line !== '') {
      throwIfDangling(page, given)
    }
  }
  throwIfDangling(page, given)
  return fences
}

/**
 * Type errors of all fences, as `docs/walk.md:12: error TS2304: …`. Fences share a program if they import the same modules:
 * otherwise a fence would see the members that the imports of another add to types. Those that augment a module have a
 * program each.
 */
export function typeErrorsOf(fences: readonly Fence[]): string[] {
  const programs = new Map<string, Fence[]>()
  for (const fence of fences) {
    const key = programOf(fence)
    programs.set(key, [...(programs.get(key) ?? []), fence])
  }
  return [...programs.values()].flatMap(typeErrorsOfProgram)
}

/** A key of the program: the modules that are imported, or the fence alone. */
function programOf({ page, line, code, modules }: Fence): string {
  const texts = [code, ...modules.values()]
  if (texts.some((text) => /^\s*declare (module|global)\b/m.test(text))) return `${page}:${line}`
  const imported = texts.flatMap((text) =>
    ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName),
  )
  return [...new Set(imported)]
    .filter((name) => !name.startsWith('.'))
    .sort()
    .join()
}

function typeErrorsOfProgram(fences: readonly Fence[]): string[] {
  const files = new Map(fences.flatMap((fence) => filesOf(fence)))
  const program = ts.createProgram([...files.keys()], OPTIONS, hostOf(files))
  return fences.flatMap((fence) =>
    filesOf(fence)
      .flatMap(([name]) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
      .map((diagnostic) => describe(fence, diagnostic)),
  )
}

/** A fence's code and its modules, as files of a folder beside the page. */
function filesOf({ page, line, language, code, modules }: Fence): [name: string, text: string][] {
  const folder = `${ROOT}${page}-${line}.fence`
  return [[`code.${language}`, code] as const, ...modules].map(([name, text]) => [`${folder}/${name}`, text])
}

/** The project's own settings, but that a fence may declare without using. */
const OPTIONS = ((): ts.CompilerOptions => {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT)
  return { ...options, allowJs: true, checkJs: true, noUnusedLocals: false, noUnusedParameters: false }
})()

/** Files of the project and its packages, parsed once for all programs. */
const parsed = new Map<string, ts.SourceFile | undefined>()

/** A compiler host that sees some files besides those on disk. */
function hostOf(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const disk = ts.createCompilerHost(OPTIONS, true)
  return {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    readFile: (name) => files.get(name) ?? disk.readFile(name),
    directoryExists: (name) => name.endsWith('.fence') || (disk.directoryExists?.(name) ?? true),
    getSourceFile: (name, options) => {
      const text = files.get(name)
      if (text !== undefined) return ts.createSourceFile(name, text, options, true)
      if (!parsed.has(name)) parsed.set(name, disk.getSourceFile(name, options))
      return parsed.get(name)
    },
  }
}

function describe({ page }: Fence, { file, start, code, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0
  return `${page}:${line}: error TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}

function givenOf(lines: readonly string[], from: number, to: number): Given {
  const texts = lines.slice(from, to + 1).map((line, offset) => {
    const opened = offset === 0 ? line.replace(GIVEN, '') : line
    return [from + offset, opened.replace(/-->$/, '')] as const
  })
  return { name: GIVEN.exec(lines[from] ?? '')?.[1], lines: new Map(texts) }
}

function fenceOf(
  page: string,
  language: Fence['language'],
  lines: readonly string[],
  start: number,
  end: number,
  given: readonly Given[],
): Fence {
  const shown = new Map(lines.map((line, index) => [index, line] as const).slice(start + 1, end + 1))
  const own = given.filter(({ name }) => name === undefined).map((comment) => comment.lines)
  const modules = given.flatMap(({ name, lines: texts }) =>
    name === undefined ? [] : [[name.slice(2), pageOf(lines.length, [texts])] as const],
  )
  const code = pageOf(lines.length, [...own, shown])
  return { page, language, line: start + 2, code: `${code}\nexport {}`, modules: new Map(modules) }
}

/** The lines of a page that are given here; all others are blank. */
function pageOf(length: number, parts: readonly ReadonlyMap<number, string>[]): string {
  const lines = Array.from({ length }, (_, index) => parts.find((part) => part.has(index))?.get(index) ?? '')
  return lines.join('\n')
}

function throwIfDangling(page: string, given: readonly Given[]): void {
  const [first] = given
  if (!first) return
  const [line = 0] = first.lines.keys()
  throw new Error(`${page}:${line + 1}: no ts or js fence below this 'given' comment`)
}
