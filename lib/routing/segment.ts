/**
 * One segment of a path template: text, a parameter, or both.
 *
 *     users   ·   :name   ·   <int:id>   ·   :from-:to.csv   ·   <path:file>
 */
import { type Converter, escapeText } from './converter.ts'

/** A parameter of a template. */
export interface PathParameter {
  readonly name: string
  /** The converter as the template names it: `int`, `any(a,b)`. */
  readonly converterName: string
  readonly converter: Converter
  /** The pattern of the converter, for the whole text. */
  readonly test: RegExp | undefined
}

/** Text between parameters, or a parameter. */
export type Piece = string | PathParameter

export class Segment {
  /** Equal for segments that match the same texts, except for the choices of `any()`. */
  readonly shape: string
  /** The choices of each `any()` in it. */
  readonly choices: readonly (readonly string[])[]
  /** The text of a segment without parameters, in the form of `comparable`. */
  readonly text: string | undefined
  /** Whether it is a `<path:x>`, which matches all remaining segments. */
  readonly isRest: boolean
  /** Whether it is one parameter without a pattern, which matches any text. */
  readonly isFree: boolean
  /** Whether it has several parameters, among which a text can be divided differently from the texts it was made of. */
  readonly isDivided: boolean
  /** Divides a text among several pieces. */
  readonly #expression: RegExp | undefined
  /** The pattern of each parameter. */
  readonly #tests: readonly (RegExp | undefined)[]
  #breadth: number | undefined

  constructor(pieces: readonly Piece[]) {
    const parameters = pieces.filter((piece) => typeof piece !== 'string')
    this.isRest = parameters[0]?.converterName === 'path'
    this.text = parameters.length === 0 ? textOf(pieces) : undefined
    this.#expression = pieces.length > 1 ? expressionOf(pieces, parameters) : undefined
    this.#tests = parameters.map(({ test }) => test)
    this.isFree = pieces.length === 1 && this.#tests.length === 1 && !this.#tests[0]
    this.isDivided = parameters.length > 1
    this.choices = parameters.flatMap((parameter) => choicesOf(parameter) ?? [])
    this.shape = pieces.map(shapeOf).join('')
  }

  /** The number of probe texts that it matches: a narrow pattern matches few. */
  get breadth(): number {
    this.#breadth ??= PROBES.filter((probe) => this.match(probe, [])).length
    return this.#breadth
  }

  /** Appends the decoded values of the parameters; false for a text that does not match. */
  match(text: string, values: string[]): boolean {
    if (text === '') return false
    if (!this.#expression) return append(text, this.#tests[0], values)
    const groups = this.#expression.exec(text)?.groups
    if (!groups) return false
    return this.#tests.every((test, index) => append(groups[`parameter${index}`] as string, test, values))
  }
}

function append(text: string, test: RegExp | undefined, values: string[]): boolean {
  const value = decode(text)
  if (test && !test.test(value)) return false
  values.push(value)
  return true
}

/** Decodes the rest of a comparable text. */
export function decode(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text
}

/** The pieces of a template by segments, without the slashes. */
export function segmentsOf(pieces: readonly Piece[]): Segment[] {
  const segments: Piece[][] = [[]]
  for (const piece of pieces) {
    const [first = '', ...others] = typeof piece === 'string' ? piece.split('/') : [piece]
    if (first !== '') segments.at(-1)?.push(first)
    for (const text of others) segments.push(text === '' ? [] : [text])
  }
  return segments.slice(1).map((segment) => new Segment(segment))
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.join('').replaceAll('%', '%25')
}

/**
 * A parameter ends before the next character of the template, since several that try all lengths take polynomial
 * time. The last one may contain that character, and one with a pattern whatever its pattern allows.
 *
 * @throws {TypeError} for a pattern that cannot be part of another: with a numbered backreference, or a name of a group twice.
 */
function expressionOf(pieces: readonly Piece[], parameters: readonly PathParameter[]): RegExp {
  const source = pieces.map((piece, at) => {
    if (typeof piece === 'string') return escapeText(textOf([piece]))
    const index = parameters.indexOf(piece)
    const isLast = index === parameters.length - 1
    const { pattern = `[^${escapeText(String(pieces[at + 1]).slice(0, 1))}]+` } = piece.converter
    if (!isLast && /\\[1-9]/.test(pattern)) throw unusable([piece])
    return `(?<parameter${index}>${isLast ? '[^]+' : pattern})`
  })
  try {
    return new RegExp(`^${source.join('')}$`)
  } catch (error) {
    throw unusable(parameters, error)
  }
}

function unusable(parameters: readonly PathParameter[], cause?: unknown): TypeError {
  const names = parameters.map(({ name, converterName }) => `<${converterName}:${name}>`).join(' and ')
  return new TypeError(
    `The pattern of ${names} cannot be used beside another parameter: it has a backreference, or a name of a group twice`,
    { cause },
  )
}

function choicesOf({ converterName, converter }: PathParameter): readonly string[][] | undefined {
  return converterName.startsWith('any(') ? [converter.schema?.enum as string[]] : undefined
}

/** Text cannot contain `<`, `>` and `:`, so that shapes of text and of parameters differ. */
function shapeOf(piece: Piece): string {
  if (typeof piece === 'string') return piece
  if (choicesOf(piece)) return '<any>'
  if (piece.converterName === 'path') return '<path>'
  return `<:${piece.converter.pattern ?? ''}>`
}

/** Texts of many kinds, which tell a narrow pattern from a wide one. */
const PROBES = /* @__PURE__ */ [
  '0 7 42 365 007 2024 12345678 -1 1.5 0.25 1e3 v1 a Z ab abc word Word A AB a1 deadbeef ł x,y x@y.z a~b',
  'a-b a_b a-1 A-1 1-2 1-2-3 a.b a.b.csv 1.2.3 a-b.csv 2024-01-31 2024-01-31T12:00:00Z',
  '507f1f77bcf86cd799439011 01ARZ3NDEKTSV4RRFFQ69G5FAV 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
].flatMap((line) => line.split(' '))
