/** Runs the code of a fence: it is shown, so it works. */
import ts from 'typescript'
import type { Fence } from './fences.ts'

type Exports = Readonly<Record<string, unknown>>
type Body = (require: (name: string) => unknown, exports: object) => Promise<void>

const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => Body

/** Runs a fence with the code and the modules that are given above it. @returns what it exports. */
export async function runFence({ code, modules }: Pick<Fence, 'code' | 'modules'>): Promise<Exports> {
  const imported = new Map<string, object>()
  for (const [name, text] of modules)
    imported.set(`./${name}`, await runFence({ code: text, modules: new Map() }))
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  for (const [, name = ''] of outputText.matchAll(/\brequire\("([^"]+)"\)/g))
    if (!imported.has(name)) imported.set(name, await import(name))
  const exports = {}
  await new AsyncFunction('require', 'exports', outputText)(
    (name) => ({ ...imported.get(name), __esModule: true }),
    exports,
  )
  return exports
}
