/**
 * Type instantiations that the compiler needs for programs of many routes, on the built package.
 *
 *     npm run type-costs                 fails where a program needs more than types.json accepts
 *     npm run type-costs -- --update     accepts what is needed now
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { isMainThread, Worker } from 'node:worker_threads'
import { PROGRAMS } from './type-fixtures.js'

const ROOT = join(import.meta.dirname, '..')
const ACCEPTED = join(import.meta.dirname, 'types.json')
const ts = createRequire(join(ROOT, 'package.json'))('typescript') // bench/ may have another one
const COMMAND = 'npm run type-costs -- --update'

/** Routes of the programs. */
const SIZES = [10, 20, 40]
const LARGER_SIZES = {
  'chained routes': [100, 200, 300, 600],
  'chained routes with body, query, responses and an ETag': [10, 100, 300],
  'calls of as many routes': [10, 100, 300],
}

/** Instantiations for a further route, as a multiple of those for one of the first. */
const TOLERATED_GROWTH = 1.05

/** The compiler follows a chain by recursion. */
const STACK_MEGABYTES = 32

/** As of an application. */
const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Parsed once for all programs. */
const sources = new Map()

/** @throws {Error} for a program with an error. */
function instantiationsOf(text) {
  const name = join(ROOT, 'program.ts') // a file of the package imports it by its own name, through its exports
  const host = ts.createCompilerHost(OPTIONS, true)
  const { getSourceFile, fileExists } = host
  host.getCurrentDirectory = () => ROOT
  host.fileExists = (file) => file === name || fileExists(file)
  host.getSourceFile = (file, options) => {
    if (file === name) return ts.createSourceFile(file, text, options, true)
    if (!sources.has(file)) sources.set(file, getSourceFile(file, options))
    return sources.get(file)
  }
  const program = ts.createProgram([name], OPTIONS, host)
  const [error] = ts.getPreEmitDiagnostics(program)
  if (error)
    throw new Error(`${ts.formatDiagnostic(error, host)}${text.slice(error.start, error.start + 200)}`)
  return program.getInstantiationCount()
}

/** Instantiations by size. */
function countsOf(name) {
  const sizes = LARGER_SIZES[name] ?? SIZES
  return Object.fromEntries(sizes.map((size) => [size, instantiationsOf(PROGRAMS[name](size))]))
}

/** Instantiations for each further route, from one size to the next. */
function incrementsOf(counts) {
  const steps = Object.entries(counts).map(([size, count]) => [Number(size), count])
  return steps.slice(1).map(([size, count], index) => {
    const [before, countBefore] = steps[index]
    return Math.round((count - countBefore) / (size - before))
  })
}

/** A line that says what is wrong with the counts of a program; undefined when nothing is. */
function failureOf(counts, accepted) {
  if (accepted === undefined) return 'is not in types.json'
  const [first, ...further] = incrementsOf(counts)
  if (further.some((increment) => increment > TOLERATED_GROWTH * first))
    return `grows faster than its routes: ${[first, ...further].join(', then ')} for a further one`
  const more = Object.keys(counts).findLast((size) => !(counts[size] <= accepted[size]))
  if (more === undefined) return undefined
  return `needs ${format(counts[more])} for ${more}, ${format(accepted[more])} are accepted`
}

const format = (number) => Number(number).toLocaleString('en')

function run() {
  if (!existsSync(join(ROOT, 'dist', 'index.d.ts'))) throw new Error('There is no dist/: npm run build')
  const counts = {}
  for (const name in PROGRAMS) {
    counts[name] = countsOf(name)
    const [size, count] = Object.entries(counts[name]).at(-1)
    console.log(`${format(count).padStart(9)} for ${size.padEnd(3)} ${name}`)
  }
  if (process.argv.includes('--update')) writeFileSync(ACCEPTED, `${JSON.stringify(counts, null, 2)}\n`)
  report(counts, JSON.parse(readFileSync(ACCEPTED, 'utf8')))
}

/** Fails when a program needs more than accepted, or grows faster than its routes. */
function report(counts, accepted) {
  const failures = Object.keys(counts)
    .map((name) => [name, failureOf(counts[name], accepted[name])])
    .filter(([, failure]) => failure)
  const isLess = Object.keys(counts).some((name) =>
    Object.keys(counts[name]).some((size) => counts[name][size] < accepted[name]?.[size]),
  )
  const unknown = Object.keys(accepted).filter((name) => !Object.hasOwn(counts, name))
  for (const name of unknown) failures.push([name, 'is in types.json, and no program'])
  if (isLess) console.log(`\nLess is needed than types.json accepts. To keep it so: ${COMMAND}`)
  if (failures.length === 0) return
  for (const [name, failure] of failures) console.log(`\n${name}: ${failure}`)
  console.log(
    `\nnpx tsc --generateTrace shows the types that are instantiated. Where it has to be so: ${COMMAND}`,
  )
  process.exitCode = 1
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), {
    argv: process.argv.slice(2),
    resourceLimits: { stackSizeMb: STACK_MEGABYTES },
  })
  worker.on('exit', (code) => {
    process.exitCode = code
  })
} else run()
