/**
 * Path templates: matched by routes, formatted by `urlFor`.
 *
 *     /users/:name   /temperatures/<int:id>   /files/<path:file>   /reports/<any(day,week):span>
 */
import { inspect } from 'node:util'
import { comparable, encodeText, leadsElsewhere, textOf } from '../http/url-text.ts'
import { suggestion } from '../registry/nearest.ts'
import { anyOf, CONVERTERS, type Converter, type Converters } from './converter.ts'
import { PATH_PARAMETER } from './path-parameter.ts'
import { type PathParameter, type Piece, type Segment, segmentsOf } from './segment.ts'

/** A developer's prefix without a trailing slash. @throws {TypeError} when it does not start with '/'. */
export function prefixOf(text = ''): string {
  if (typeof text !== 'string') throw new TypeError(`A prefix is a text, not ${String(text)}`)
  if (text !== '' && !text.startsWith('/'))
    throw new TypeError(`The prefix '${text}' does not start with '/'`)
  return text.replace(/\/+$/, '')
}

/**
 * @throws {TypeError} for a path that is not a text, such as a regular expression or a list of paths, and for one without a
 * slash: only below a prefix there may be no path at all.
 */
export function checkPath(method: string, path: unknown): asserts path is string {
  if (typeof path !== 'string') throw new TypeError(`${method} ${String(path)}: a path is a text`)
  if (path !== '' && !path.startsWith('/'))
    throw new TypeError(`${method} ${path}: the path '${path}' does not start with '/'`)
}

/** A value without a path: other values of the same parameter may have one. */
export class UnsuitableValue extends TypeError {}

export class Path {
  readonly template: string
  readonly parameters: readonly PathParameter[]
  readonly segments: readonly Segment[]
  readonly #pieces: readonly Piece[]

  /** @throws {TypeError} that names the template and what is wrong with it. */
  constructor(template: string, converters: Readonly<Record<string, Converter>> = CONVERTERS) {
    if (!template.startsWith('/')) throw new TypeError(`The path '${template}' does not start with '/'`)
    this.template = template
    this.#pieces = piecesOf(template, converters)
    this.parameters = this.#pieces.filter((piece) => typeof piece !== 'string')
    const names = this.parameters.map(({ name }) => name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) throw new TypeError(`The path '${template}' names '${twice}' twice`)
    if (names.includes('__proto__')) throw new TypeError(`The path '${template}' has a parameter '__proto__'`)
    this.segments = segmentsOf(this.#pieces)
  }

  /** The text before the first parameter, which every path of the template starts with. */
  get head(): string {
    return typeof this.#pieces[0] === 'string' ? this.#pieces[0] : ''
  }

  /**
   * The path for these values.
   *
   * @throws {TypeError} when one is missing.
   * @throws {UnsuitableValue} when one has no text that its converter matches, or makes a path that leads to something else:
   * with a dot segment, or a host, or with a segment whose text is divided into other values.
   */
  format(values: object): string {
    const pieces = this.#pieces.map((piece) =>
      typeof piece === 'string' ? encodeURI(piece) : this.#format(piece, values),
    )
    const path = pieces.join('')
    if (!leadsElsewhere(path) && this.#isReadAs(path, pieces)) return path
    throw new UnsuitableValue(
      `The path '${this.template}' cannot be '${path}', which leads to something else`,
    )
  }

  /** Whether the parameters of a path have these encoded texts, each at the index of its piece. */
  #isReadAs(path: string, pieces: readonly string[]): boolean {
    if (!this.segments.some(({ isDivided }) => isDivided)) return true
    const read: string[] = []
    const parts = comparable(path)?.split('/').slice(1) ?? []
    const isMatch = this.segments.every(
      (segment, index) =>
        segment.text !== undefined || segment.isRest || segment.match(parts[index] as string, read),
    )
    const written = pieces.filter((_, index) => typeof this.#pieces[index] !== 'string')
    return isMatch && read.every((text, index) => encodeText(text) === written[index])
  }

  #format({ name, converterName, converter, test }: PathParameter, values: object): string {
    const value = (values as Readonly<Record<string, unknown>>)[name]
    const needed = `The path '${this.template}' needs a value for '${name}'`
    if (value === undefined || value === null) throw new TypeError(needed)
    const text = textOf(converter.format?.(value) ?? value)
    if (text === '') throw new UnsuitableValue(needed)
    const isMatch = text !== undefined && test?.test(text) !== false && isParsed(converter, text)
    const encoded = isMatch ? encodeText(text, converterName === 'path') : undefined
    if (encoded !== undefined) return encoded
    const shown = inspect(text ?? value, { depth: 1 })
    throw new UnsuitableValue(`The path '${this.template}' cannot have ${shown} as '${name}'`)
  }
}

/** Whether a converter parses a text that it has not formatted itself. */
function isParsed(converter: Converter, text: string): boolean {
  return converter.format !== undefined || parseSafely(converter, text) !== undefined
}

function piecesOf(template: string, converters: Readonly<Record<string, Converter>>): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of template.matchAll(PATH_PARAMETER)) {
    if (end > 0 && end === match.index)
      throw new TypeError(`In '${template}' two parameters follow each other without text between them`)
    pieces.push(...literal(template, template.slice(end, match.index)))
    end = match.index + match[0].length
    const [, converterName = 'string', name = match[3] ?? ''] = match
    if (match[3] && template[end] === '(')
      throw new TypeError(
        `The path '${template}' has an expression after ':${name}': use a converter, as in <int:${name}>`,
      )
    const whole = end === template.length && template[match.index - 1] === '/'
    if (converterName === 'path' && !whole) {
      throw new TypeError(`In '${template}' <path:${name}> is not the whole last segment`)
    }
    const converter = converterNamed(template, converterName, converters)
    const { pattern } = converter
    const test = pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`)
    pieces.push({ name, converterName, converter, test })
  }
  return [...pieces, ...literal(template, template.slice(end))]
}

function literal(template: string, text: string): string[] {
  const odd = /[<>*?#:{}]/.exec(text)
  if (odd)
    throw new TypeError(
      `The path '${template}' has a '${odd[0]}' outside a parameter: write :id, or <int:id> with a converter`,
    )
  return text === '' ? [] : [text]
}

function converterNamed(
  template: string,
  name: string,
  converters: Readonly<Record<string, Converter>>,
): Converter {
  const choices = /^any\((.*)\)$/.exec(name)?.[1]
  if (choices !== undefined) return anyOf(choices.split(',').map((choice) => choice.trim()))
  if (Object.hasOwn(converters, name)) return converters[name] as Converter
  const known = Object.keys(converters)
  throw new TypeError(
    `The path '${template}' has the unknown converter '${name}'${suggestion(name, known) || '.'} Converters: ${known.join(', ')}, any(a,b)`,
  )
}

/** Converts the decoded texts of parameters, in their order; undefined when a converter rejects one. */
export function readTexts(
  parameters: readonly PathParameter[],
  texts: readonly string[],
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  let index = 0
  for (const { name, converter } of parameters) {
    const value = parseSafely(converter, texts[index++] as string)
    if (value === undefined) return undefined
    values[name] = value
  }
  return values
}

function parseSafely(converter: Converter, text: string): unknown {
  try {
    return converter.parse(text)
  } catch {
    return undefined
  }
}

/** The parameters of a template with their types: `{ id: number }` for `/temperatures/<int:id>`. */
export type PathParams<P extends string> = string extends P
  ? Readonly<Record<string, unknown>>
  : { readonly [E in Entries<P> as E[0]]: E[1] }

type Entries<P extends string> = P extends `${infer Head}<${infer Inner}>${infer Tail}`
  ? PlainEntries<Head> | BracketEntry<Inner> | Entries<Tail>
  : PlainEntries<P>

type BracketEntry<S extends string> = S extends `${infer C}:${infer N}` ? [N, ValueOf<C>] : [S, string]

type ValueOf<C extends string> = C extends `any(${infer Choices})`
  ? Choice<Choices>
  : C extends keyof Converters
    ? Converters[C]
    : unknown

type Choice<S extends string> = S extends `${infer First},${infer Rest}`
  ? Trim<First> | Choice<Rest>
  : Trim<S>

type Trim<S extends string> = S extends ` ${infer T}` ? Trim<T> : S extends `${infer T} ` ? Trim<T> : S

type PlainEntries<S extends string> = S extends `${string}:${infer Rest}`
  ? Rest extends `${infer Segment}/${infer Tail}`
    ? NameEntries<Segment> | PlainEntries<`/${Tail}`>
    : NameEntries<Rest>
  : never

/** A segment may continue after the name: `:name.csv`, `:from-:to`. */
type NameEntries<S extends string> = S extends `${infer N}.${infer Rest}`
  ? NameEntries<N> | PlainEntries<Rest>
  : S extends `${infer N}-${infer Rest}`
    ? NameEntries<N> | PlainEntries<Rest>
    : [S, string]
