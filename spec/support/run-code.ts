/** Runs TypeScript that a page shows, and returns what it exports. */
import { createRequire } from 'node:module'
import ts from 'typescript'

const requireBuiltIn = createRequire(import.meta.url)

/** @param modules by name; `node:` modules need not be given. */
export function exportsOf<T>(source: string, modules: Readonly<Record<string, object>> = {}): T {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  const exports = {} as T
  const require = (name: string) =>
    name.startsWith('node:') ? requireBuiltIn(name) : { __esModule: true, ...modules[name] }
  new Function('require', 'exports', outputText)(require, exports)
  return exports
}
