/** The structure of lib/, docs/ and spec/: the direction of imports, and the form of files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ROOT, readPage } from '../support/readme.ts'

/** The rooms from the lowest up. Rooms of one floor do not import each other. */
const FLOORS = [
  ['json'],
  ['http'],
  ['schema', 'registry'],
  ['exceptions'],
  ['renderers', 'parsers', 'routing'],
  ['negotiation'],
  ['connection'],
  ['walk'],
  ['app', 'responses', 'arguments'],
  ['pagination', 'conditional'],
  ['patching'],
  ['blueprint'],
  ['proxy'],
  ['authentication', 'caching', 'observability', 'security', 'server', 'throttling', 'versions'],
  ['openapi'],
  ['jsonapi'],
  ['api'],
  ['client', 'cli'],
  ['testing'],
] as const

interface Import {
  /** Below `lib/`. */
  readonly from: string
  /** Below `lib/`, or a package. */
  readonly to: string
  readonly isType: boolean
}

const files = readdirSync(`${ROOT}lib`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort()
const textOf = new Map(files.map((file) => [file, readFileSync(`${ROOT}lib/${file}`, 'utf8')]))
const treeOf = new Map(
  [...textOf].map(([file, text]) => [file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest)]),
)
const imports = files.flatMap(importsOf)
const within = imports.filter(({ to }) => to.endsWith('.ts'))
const entryPoints = files.filter((file) => dirname(file) === '.')
const inRooms = files.filter((file) => dirname(file) !== '.')

describe('imports', () => {
  it('are understood by this spec: static, dynamic, and in types', () => {
    const source = `import a from './a.ts'; import type { B } from './b.ts'; import { type C } from './c.ts'
      export { d } from './d.ts'; export type { E } from './e.ts'; import('./f.ts'); type G = import('./g.ts').G`
    expect(specifiersOf(ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest))).toEqual([
      ['./a.ts', false],
      ['./b.ts', true],
      ['./c.ts', false], // remains as an import without names
      ['./d.ts', false],
      ['./e.ts', true],
      ['./f.ts', false],
      ['./g.ts', true],
    ])
    expect(within.length).toBeGreaterThan(100)
  })

  it('lead to existing files, by their full name', () => {
    expect(within.filter(({ to }) => !textOf.has(to))).toEqual([])
    expect(imports.filter(({ to }) => to.startsWith('.') || to.startsWith('mazurka'))).toEqual([])
  })

  it('point down; only types may look up or across', () => {
    const unknown = inRooms.map(roomOf).filter((room) => floorOf(room) < 0)
    expect([...new Set(unknown)]).toEqual([])
    const wrong = within.filter(({ from, to, isType }) => {
      if (isType || entryPoints.includes(from) || roomOf(from) === roomOf(to)) return false
      return floorOf(roomOf(to)) >= floorOf(roomOf(from))
    })
    expect(wrong).toEqual([])
  })

  it('of values never run in a circle', () => {
    expect(circles()).toEqual([])
  })

  it('of packages are dependencies or peer dependencies', () => {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(readPage('package.json'))
    const had = new Set(Object.keys({ ...dependencies, ...peerDependencies }))
    const packages = imports.filter(({ to }) => !to.endsWith('.ts') && !to.startsWith('node:'))
    const missing = packages.filter(({ to }) => !had.has(packageOf(to)))
    expect(missing).toEqual([])
  })
})

describe('entry points', () => {
  it('have a comment with their purpose, and re-export names one by one', () => {
    for (const entryPoint of entryPoints) {
      expect(textOf.get(entryPoint), entryPoint).toMatch(/^\/\*\*[\s\S]*?@module mazurka/)
      const odd = statementsOf(entryPoint).filter((statement) => !isReExport(statement))
      expect(
        odd.map((statement) => statement.kind),
        entryPoint,
      ).toEqual([])
      expect(textOf.get(entryPoint)?.match(/^\/[/*]/gm), entryPoint).toHaveLength(1)
    }
  })

  it('are not imported within lib/', () => {
    expect(within.filter(({ to }) => entryPoints.includes(to))).toEqual([])
  })

  it('are the only index files: no room has one', () => {
    expect(inRooms.filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual([])
  })
})

describe('a file', () => {
  it('begins with a docstring', () => {
    expect(inRooms.filter((file) => !/^\/\*\*\s+(\* )?\S/.test(textOf.get(file) ?? ''))).toEqual([])
  })

  it('has no docstring that points to another one by its first words', () => {
    const first = /\/\*\*\s+(?:\* )?(?:The same|As)\b.*/g
    expect(
      files.flatMap((file) => [...(textOf.get(file) ?? '').matchAll(first)].map(([text]) => text)),
    ).toEqual([])
  })

  it('has at most 250 lines, and half of them at most 90', () => {
    const lengths = files.map((file) => [file, linesOf(file)] as const)
    expect(lengths.filter(([, lines]) => lines > 250)).toEqual([])
    const sorted = lengths.map(([, lines]) => lines).sort((a, b) => a - b)
    expect(sorted[sorted.length >> 1]).toBeLessThanOrEqual(90)
  })

  it('is named in kebab-case, and not util, helper, common or types', () => {
    const odd = /(^|\/)(util|utils|helper|helpers|common|types)\.ts$/
    expect(files.filter((file) => !/^[a-z0-9-/]+(\.d)?\.ts$/.test(file) || odd.test(file))).toEqual([])
  })

  it('has no default export, no export *, no enum and no namespace', () => {
    const odd = inRooms.flatMap((file) =>
      statementsOf(file)
        .filter(isUnwelcome)
        .map(() => file),
    )
    expect(odd).toEqual([])
  })
})

/** Files that import each other, types included: around the walk, and around the blueprint. */
const CIRCLES = [
  [
    'app/routes.ts',
    'blueprint/endpoint.ts',
    'walk/error-report.ts',
    'walk/error-response.ts',
    'walk/exchange.ts',
    'walk/handler-result.ts',
    'walk/required-fields.ts',
    'walk/send.ts',
    'walk/step-list.ts',
    'walk/walk.ts',
  ],
  [
    'jsonapi/resource/fields.ts',
    'jsonapi/resource/resource-id.ts',
    'jsonapi/resource/resource.ts',
    'jsonapi/resource/shared-field.ts',
  ],
  ['blueprint/blueprint.ts', 'blueprint/compile.ts', 'blueprint/registration.ts'],
  ['renderers/async-chunks.ts', 'renderers/row-batch.ts', 'renderers/rows.ts'],
  ['blueprint/resource.ts', 'client/endpoint-types.ts'],
  ['jsonapi/manager/api-call.ts', 'jsonapi/manager/request-url.ts'],
  ['pagination/page-request.ts', 'pagination/pagination-options.ts'],
]

describe('a circle of types', () => {
  it('is one of these, and the largest has at most 10 files', () => {
    expect(typeCircles()).toEqual(CIRCLES)
    expect(Math.max(...CIRCLES.map(({ length }) => length))).toBeLessThanOrEqual(10)
  })
})

describe('a room', () => {
  const rooms = [...new Set(inRooms.map(roomOf))]

  it('has a guide page and a spec folder of its name', () => {
    const withoutPage = ['app', 'connection', 'http', 'json', 'registry', 'routing']
    expect(rooms.filter((room) => !existsSync(`${ROOT}docs/${room}.md`))).toEqual(withoutPage)
    expect(rooms.filter((room) => !existsSync(`${ROOT}spec/${room}`))).toEqual([])
  })

  it('is at most 16 % of the code, as each folder of a room with sub-folders; blueprint/ is under 1,600 lines', () => {
    const linesOfFolder = new Map<string, number>()
    for (const file of inRooms)
      linesOfFolder.set(dirname(file), (linesOfFolder.get(dirname(file)) ?? 0) + linesOf(file))
    const all = [...linesOfFolder.values()].reduce((sum, lines) => sum + lines, 0)
    expect([...linesOfFolder].filter(([, lines]) => lines > 0.16 * all)).toEqual([])
    expect(linesOfFolder.get('blueprint')).toBeLessThan(1600)
  })

  it('is on the floor that CONTRIBUTING shows', () => {
    const rows = [...readPage('CONTRIBUTING.md').matchAll(/^ *\| \d+ \| (.+) \|$/gm)]
    expect(rows.map(([, cell = '']) => cell.match(/\w+/g))).toEqual(FLOORS)
  })
})

describe('a spec', () => {
  const specs = readdirSync(`${ROOT}spec`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.spec(-d)?\.ts$/.test(name))
    .map((name) => name.replace(/\.spec(-d)?\.ts$/, ''))

  it('is in the folder of its room, or in house/', () => {
    const folders = [...new Set(specs.map((name) => dirname(name)))]
    expect(folders.filter((folder) => folder !== 'house' && !existsSync(`${ROOT}lib/${folder}`))).toEqual([])
  })

  it('is named after a file of its folder, or after a name that a file there exports', () => {
    const odd = specs.filter((name) => {
      const folder = dirname(name)
      const own = files.filter((file) => dirname(file) === folder)
      if (own.length === 0) return false // of several sub-folders, or in house/: named after its topic
      return !own.some((file) => file === `${name}.ts` || exportsOf(file).includes(basename(name)))
    })
    expect(odd).toEqual([])
  })
})

/** The names a file exports, in kebab-case. */
function exportsOf(file: string): string[] {
  const found = (textOf.get(file) ?? '').matchAll(/^export (?:abstract )?(?:const|function|class) (\w+)/gm)
  return [...found].map(([, name = '']) => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase())
}

function linesOf(file: string): number {
  return (textOf.get(file) ?? '').trimEnd().split('\n').length
}

/** Groups of files that reach each other through imports of values or types, the largest first. */
function typeCircles(): string[][] {
  const reach = new Map(files.map((file) => [file, new Set<string>()]))
  for (const file of files) {
    const open = [file]
    for (const next of open) {
      for (const { to } of within.filter(({ from }) => from === next)) {
        if (reach.get(file)?.has(to)) continue
        reach.get(file)?.add(to)
        open.push(to)
      }
    }
  }
  const groups = new Map<string, string[]>()
  for (const file of files) {
    const group = files.filter((other) => reach.get(file)?.has(other) && reach.get(other)?.has(file))
    if (group.length > 1) groups.set(group.join(), group)
  }
  return [...groups.values()].sort((a, b) => b.length - a.length || (a.join() < b.join() ? -1 : 1))
}

function importsOf(file: string): Import[] {
  return specifiersOf(treeOf.get(file) as ts.SourceFile).map(([specifier, isType]) => ({
    from: file,
    to: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
    isType,
  }))
}

/** The imports and re-exports of a file, in order, and whether they are types only. */
function specifiersOf(tree: ts.SourceFile): [specifier: string, isType: boolean][] {
  const found: [string, boolean][] = []
  const note = (specifier: ts.Node | undefined, isType: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push([specifier.text, isType])
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      note(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      note(node.argument.literal, true)
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

function statementsOf(file: string): readonly ts.Statement[] {
  return (treeOf.get(file) as ts.SourceFile).statements
}

function isReExport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) return false
  return statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
}

function isUnwelcome(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement) || ts.isEnumDeclaration(statement)) return true
  if (ts.isExportDeclaration(statement)) return statement.exportClause === undefined
  if (ts.isModuleDeclaration(statement))
    return ts.isIdentifier(statement.name) && statement.name.text !== 'global' // `declare global` has no other form
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => (rooms as readonly string[]).includes(room))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The chains of imports from a file back to itself. */
function circles(): string[] {
  const targetsOf = (file: string) => within.filter(({ from, isType }) => from === file && !isType)
  const found: string[] = []
  const done = new Set<string>()
  const walk = (file: string, way: readonly string[]): void => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file].join(' → '))
    if (way.includes(file) || done.has(file)) return
    for (const { to } of targetsOf(file)) walk(to, [...way, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  return found
}
