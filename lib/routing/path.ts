/**
 * Path templates: matched by routes, formatted by `urlFor`.
 *
 *     /users/:name   /temperatures/<int:id>   /files/<path:file>   /reports/<any(day,week):span>
 */
import { anyOf, CONVERTERS, type Converter, type Converters } from './converter.ts'
import { PATH_PARAMETER } from './path-parameter.ts'

/** A parameter of a template. */
export interface PathParameter {
  readonly name: string
  /** As written: `int`, `any(a,b)`. */
  readonly converterName: string
  readonly converter: Converter
}

type Piece = string | PathParameter

/** A developer's prefix without a trailing slash. @throws {TypeError} when it does not start with '/'. */
export function prefixOf(text = ''): string {
  if (text !== '' && !text.startsWith('/'))
    throw new TypeError(`The prefix '${text}' does not start with '/'`)
  return text.replace(/\/+$/, '')
}

export class Path {
  readonly template: string
  readonly parameters: readonly PathParameter[]
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
  }

  /** The template in the syntax of find-my-way. */
  get pattern(): string {
    return this.#pieces.map((piece, index) => this.#patternOf(piece, index)).join('')
  }

  /** The text before the first parameter, which every path of the template starts with. */
  get head(): string {
    return typeof this.#pieces[0] === 'string' ? this.#pieces[0] : ''
  }

  /** Converts raw values by name; undefined when a converter rejects one. */
  read(raw: Readonly<Record<string, string | undefined>>): Record<string, unknown> | undefined {
    const values: Record<string, unknown> = {}
    for (const { name, converterName, converter } of this.parameters) {
      const text = raw[converterName === 'path' ? '*' : name]
      const value = text ? parseSafely(converter, text) : undefined // an empty segment does not match
      if (value === undefined) return undefined
      values[name] = value
    }
    return values
  }

  /** The path for these values. @throws {TypeError} when one is missing. */
  format(values: object): string {
    return this.#pieces
      .map((piece) => (typeof piece === 'string' ? encodeURI(piece) : this.#format(piece, values)))
      .join('')
  }

  #format({ name, converterName, converter }: PathParameter, values: object): string {
    const value = (values as Readonly<Record<string, unknown>>)[name]
    const text = value === undefined || value === null ? '' : (converter.format?.(value) ?? String(value))
    if (text === '') throw new TypeError(`The path '${this.template}' needs a value for '${name}'`)
    return converterName === 'path'
      ? text.split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(text)
  }

  #patternOf(piece: Piece, index: number): string {
    if (typeof piece === 'string') return piece.replaceAll(':', '::')
    if (piece.converterName === 'path') return '*'
    const next = this.#pieces[index + 1]
    const alone = next === undefined || (typeof next === 'string' && next.startsWith('/'))
    const { pattern } = piece.converter
    if (pattern === undefined && alone) return `:${piece.name}`
    return `:${piece.name}(^${pattern === undefined ? this.#upTo(index + 1) : `(?:${pattern})`}$)`
  }

  /**
   * The expression of a parameter that shares its segment with others: it ends before the next character of the
   * template, since several parameters that try all lengths take polynomial time. The last one may contain it.
   */
  #upTo(index: number): string {
    const next = this.#pieces[index]
    const later = this.#pieces.slice(index + 1)
    const end = later.findIndex((piece) => typeof piece === 'string' && piece.includes('/'))
    const isLast = !(end < 0 ? later : later.slice(0, end)).some((piece) => typeof piece !== 'string')
    if (isLast || typeof next !== 'string' || next.includes('/')) return '[^/]+?'
    return `[^/${next.slice(0, 1).replace(/[\\\]^-]/, '\\$&')}]+`
  }
}

function piecesOf(template: string, converters: Readonly<Record<string, Converter>>): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of template.matchAll(PATH_PARAMETER)) {
    pieces.push(...literal(template, template.slice(end, match.index)))
    end = match.index + match[0].length
    const [, converterName = 'string', name = match[3] ?? ''] = match
    const whole = end === template.length && template[match.index - 1] === '/'
    if (converterName === 'path' && !whole) {
      throw new TypeError(`In '${template}' <path:${name}> is not the whole last segment`)
    }
    pieces.push({ name, converterName, converter: converterNamed(template, converterName, converters) })
  }
  return [...pieces, ...literal(template, template.slice(end))]
}

function literal(template: string, text: string): string[] {
  const odd = /[<>*?#:]/.exec(text)
  if (odd) throw new TypeError(`The path '${template}' has a '${odd[0]}' outside a parameter`)
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
  throw new TypeError(`The path '${template}' has the unknown converter '${name}'`)
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
