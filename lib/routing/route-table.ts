/**
 * Finds the endpoint of a method and path, in time independent of the number of endpoints.
 *
 * One tree of segments per method. At each segment text is tried first, then patterns from the narrowest on, then a
 * free parameter, then `<path:x>`; a branch without a match, or with a text that a converter rejects, is left for the next
 * one. Paths are case-sensitive; a trailing slash is ignored (unless `strict`).
 */
import { comparable } from '../http/url-text.ts'
import { type Path, readTexts } from './path.ts'
import { canonicalTarget } from './request-target.ts'
import { decode, type Segment } from './segment.ts'

/** An endpoint as far as the table needs to know it. */
interface Routable {
  readonly name: string
  /** The name of its blueprint. */
  readonly blueprint: string
  /** Upper case. */
  readonly method: string
  readonly route: Path
}

/** An endpoint with the parameters of the path. */
export interface Match<E> {
  readonly endpoint: E
  readonly params: Record<string, unknown>
}

/** The paths below a beginning of segments. */
interface Node<E> {
  /** Segments of text; undefined without any: most paths end soon, and an empty Map is larger than all the rest. */
  texts: Map<string, Node<E>> | undefined
  /** Segments with patterns, the narrowest first. */
  patterns: Branch<E>[] | undefined
  /** A segment that is a parameter without a pattern. */
  free: Node<E> | undefined
  /** The endpoint of a path that ends here. */
  endpoint: E | undefined
  /** The endpoint of a `<path:x>` that begins here. */
  rest: E | undefined
  /** Those of both paths. Paths with equal parameters share a list: of many paths, nothing is in a cache that only one has. */
  parameters: Path['parameters']
  restParameters: Path['parameters']
}

interface Branch<E> {
  readonly segment: Segment
  readonly key: string
  readonly node: Node<E>
}

const SLASH = 0x2f

export class RouteTable<E extends Routable> {
  readonly #trees = new Map<string, Node<E>>()
  /** Endpoints by method and shape of their path. */
  readonly #shapes = new Map<string, E[]>()
  /** By the names of their parameters. */
  readonly #parameters = new Map<string, Path['parameters']>()
  readonly #isStrict: boolean

  /** @throws {TypeError} when two endpoints match the same requests. */
  constructor(endpoints: readonly E[], strict: boolean) {
    this.#isStrict = strict
    for (const endpoint of endpoints) this.add(endpoint)
  }

  /** @throws {TypeError} naming both, when another endpoint matches the same requests. */
  add(endpoint: E): void {
    const { segments, shape, same } = this.#checked(endpoint)
    if (same) same.push(endpoint)
    else this.#shapes.set(shape, [endpoint])
    const { method } = endpoint
    const root = this.#trees.get(method) ?? newNode<E>()
    this.#trees.set(method, root)
    const rest = segments.at(-1)?.isRest
    const node = (rest ? segments.slice(0, -1) : segments).reduce(descend<E>, root)
    const parameters = this.#sharedList(endpoint.route.parameters)
    if (rest) Object.assign(node, { rest: endpoint, restParameters: parameters })
    else Object.assign(node, { endpoint, parameters })
  }

  /** The list of the last path whose parameters have the same names, where they have the same converters. */
  #sharedList(parameters: Path['parameters']): Path['parameters'] {
    const key = parameters.map(({ name }) => name).join()
    const last = this.#parameters.get(key)
    if (last?.every(({ converter }, index) => converter === parameters[index]?.converter)) return last
    this.#parameters.set(key, parameters)
    return parameters
  }

  /** Adds nothing. @throws {TypeError} as {@link RouteTable.add}. */
  check(endpoint: E): void {
    this.#checked(endpoint)
  }

  /** The segments and the shape of an endpoint's path, and the endpoints of that shape. @throws {TypeError} as add. */
  #checked(endpoint: E): { segments: readonly Segment[]; shape: string; same: E[] | undefined } {
    const segments = this.#segmentsOf(endpoint.route)
    const shape = `${endpoint.method} ${shapeOf(segments)}`
    const same = this.#shapes.get(shape)
    const other = same?.find(({ route }) => shareChoices(segments, this.#segmentsOf(route)))
    if (other)
      throw new TypeError(
        `${titleOf(endpoint)} cannot be routed: it matches the same requests as ${titleOf(other)}`,
      )
    return { segments, shape, same }
  }

  /** The endpoint for a path without its query, still percent-encoded. HEAD is answered by GET. */
  find(method: string, path: string): Match<E> | undefined {
    const text = this.#comparable(path)
    if (text === undefined) return undefined
    return this.#find(method, text) ?? (method === 'HEAD' ? this.#find('GET', text) : undefined)
  }

  /** All endpoints at the path, whatever the method. */
  endpointsAt(path: string): E[] {
    const text = this.#comparable(path)
    if (text === undefined) return []
    return [...this.#trees.keys()].flatMap((method) => this.#find(method, text)?.endpoint ?? [])
  }

  #find(method: string, path: string): Match<E> | undefined {
    const root = this.#trees.get(method)
    return root && search(root, path, 1, [])
  }

  /** Undefined for a path that is not in normal form, and for malformed percent-encoding. */
  #comparable(path: string): string | undefined {
    if (!path.startsWith('/')) return undefined
    const isEncoded = path.includes('%')
    if (isEncoded ? canonicalTarget(path) !== path : path.includes('#')) return undefined
    const isTrimmed = !this.#isStrict && path.length > 1 && path.charCodeAt(path.length - 1) === SLASH
    const text = isTrimmed ? path.slice(0, -1) : path
    return isEncoded ? comparable(text) : text
  }

  #segmentsOf({ segments }: Path): readonly Segment[] {
    const isTrimmed = !this.#isStrict && segments.length > 1 && segments.at(-1)?.text === ''
    return isTrimmed ? segments.slice(0, -1) : segments
  }
}

/** The match for the segments of a path from an index on; adds the texts of its parameters while it searches. */
function search<E>(node: Node<E>, path: string, start: number, texts: string[]): Match<E> | undefined {
  if (start > path.length) return node.endpoint && matchOf(node.endpoint, node.parameters, texts)
  const slash = path.indexOf('/', start)
  const end = slash < 0 ? path.length : slash
  const text = path.slice(start, end)
  const exact = node.texts?.get(text)
  const found = exact && search(exact, path, end + 1, texts)
  if (found) return found
  const { length } = texts
  for (const { segment, node: next } of node.patterns ?? NONE) {
    const found = segment.match(text, texts) && search(next, path, end + 1, texts)
    if (found) return found
    texts.length = length
  }
  if (node.free && text !== '') {
    texts.push(decode(text))
    const found = search(node.free, path, end + 1, texts)
    if (found) return found
    texts.length = length
  }
  if (!node.rest || start === path.length) return undefined
  texts.push(decode(path.slice(start)))
  const last = matchOf(node.rest, node.restParameters, texts)
  if (!last) texts.length = length
  return last
}

/** Undefined when a converter rejects a text. */
function matchOf<E>(
  endpoint: E,
  parameters: Path['parameters'],
  texts: readonly string[],
): Match<E> | undefined {
  const params = readTexts(parameters, texts)
  return params && { endpoint, params }
}

const NONE: readonly never[] = []

/** The node below a node, made where there is none. */
function descend<E>(node: Node<E>, segment: Segment): Node<E> {
  const { text } = segment
  if (text !== undefined) {
    node.texts ??= new Map()
    const next = node.texts.get(text) ?? newNode<E>()
    node.texts.set(text, next)
    return next
  }
  if (segment.isFree) {
    node.free ??= newNode()
    return node.free
  }
  const key = keyOf(segment)
  node.patterns ??= []
  const { patterns } = node
  let [start, end] = [0, patterns.length]
  while (start < end) {
    const middle = (start + end) >> 1
    if (comesBefore(patterns[middle] as Branch<E>, segment, key)) start = middle + 1
    else end = middle
  }
  const found = patterns[start]
  if (found?.key === key) return found.node
  const next = newNode<E>()
  patterns.splice(start, 0, { segment, key, node: next })
  return next
}

/** Whether a branch is tried before a segment: the narrower first. */
function comesBefore(branch: Branch<unknown>, { breadth }: Segment, key: string): boolean {
  return branch.segment.breadth === breadth ? branch.key < key : branch.segment.breadth < breadth
}

function newNode<E>(): Node<E> {
  return {
    texts: undefined,
    patterns: undefined,
    free: undefined,
    endpoint: undefined,
    rest: undefined,
    parameters: NONE,
    restParameters: NONE,
  }
}

function keyOf({ shape, choices }: Segment): string {
  return JSON.stringify([shape, choices])
}

function shapeOf(segments: readonly Segment[]): string {
  return segments.map(({ shape }) => shape).join('/')
}

/** Whether paths of one shape match a request in common: each `any()` has a choice of the other. */
function shareChoices(one: readonly Segment[], other: readonly Segment[]): boolean {
  const others = other.flatMap(({ choices }) => choices)
  return one
    .flatMap(({ choices }) => choices)
    .every((choices, index) => choices.some((choice) => others[index]?.includes(choice)))
}

function titleOf({ method, route, blueprint, name }: Routable): string {
  return `${method} ${route.template} ('${blueprint}.${name}')`
}
