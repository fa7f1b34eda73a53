/**
 * The query parameters of a request, read by their families.
 *
 *     ?include=author&sort=-created&filter[objects]=[…]&filter[name]=Ann&page[size]=5
 *     ?include=comments&filter[comments][objects]=[…]&sort[comments]=-id&page[comments][size]=5
 *
 * Names are case-sensitive; an unknown or repeated one is a 400. JSON:API 1.1, Query Parameters.
 */
import type { NamedValues } from '../../http/parameters.ts'
import { parameterError } from '../errors/issue.ts'
import type { Resource } from '../resource/resource.ts'
import { type FilterObject, parseFilterObjects, simpleFilter } from './filter-object.ts'
import { relationshipAt } from './include.ts'
import { parseSort, type RawSortKey } from './sort.ts'
import { quoted } from './visible-field.ts'

/** Parameters of a page as they were sent. */
export interface RawPage {
  number?: string
  size?: string
  after?: string
  before?: string
}

/** The parameters of one list: of a collection, or of the members of an included relationship. */
export interface RawList {
  /** All of them have to be met. Processors may change the list. */
  readonly filters: FilterObject[]
  /** The parameters of the filters that the client has sent, for errors. */
  readonly sources: Map<FilterObject, string>
  /** Processors may change the list. */
  readonly sort: RawSortKey[]
  readonly page: RawPage
}

export interface RawQuery extends RawList {
  /** `filter[single]`: the collection has exactly one resource. */
  single: boolean
  /** `ignorecase`: texts are sorted without regard to case. */
  ignoresCase: boolean
  /** Paths of relationships; undefined where the parameter was not sent. */
  include?: readonly string[]
  /** Names of fields, by type. */
  readonly fields: Map<string, readonly string[]>
  /** The lists of included relationships, by path. */
  readonly related: Map<string, RawList>
}

export interface QueryOptions {
  /** The resource that the names belong to. */
  readonly resource: Resource
  /** Whether the answer is a list; one resource has no `filter`, `sort` and `page`. */
  readonly isCollection: boolean
  /** The paths that are included where the request has no `include`. */
  readonly includes?: readonly string[]
  /** Names of parameters that are read elsewhere. */
  readonly others?: readonly string[]
}

/** @throws {BadRequest} 400, for a parameter that is unknown, repeated or malformed. */
export function parseQuery(values: NamedValues, options: QueryOptions): RawQuery {
  const reader = new QueryReader(options)
  for (const [parameter, value] of Object.entries(values)) {
    if (options.others?.includes(parameter)) continue
    if (typeof value !== 'string') throw parameterError(parameter, 'The parameter must not be repeated')
    if (!reader.read(parameter, value)) throw unknownParameter(parameter)
  }
  reader.checkRelated()
  return reader.query
}

/** Checks the query of a request that has no parameters. @throws {BadRequest} 400, for any. */
export function refuseParameters(values: NamedValues): void {
  const [parameter] = Object.keys(values)
  if (parameter !== undefined) throw unknownParameter(parameter)
}

function unknownParameter(parameter: string): Error {
  return parameterError(parameter, `Unknown query parameter ${quoted(parameter)}`)
}

/** A name, and names in brackets after it. */
const NAME = /^([^[\]]+)((?:\[[^[\]]+\])*)$/

class QueryReader {
  readonly query: RawQuery = {
    ...emptyList(),
    single: false,
    ignoresCase: false,
    fields: new Map(),
    related: new Map(),
  }
  readonly #options: QueryOptions
  /** A parameter of each path in `related`. */
  readonly #parameters = new Map<string, string>()

  constructor(options: QueryOptions) {
    this.#options = options
  }

  /** @returns False for a parameter without a meaning here. */
  read(parameter: string, value: string): boolean {
    const [, family = '', brackets = ''] = NAME.exec(parameter) ?? []
    const names = brackets === '' ? [] : brackets.slice(1, -1).split('][')
    const [first = '', second = ''] = names
    const isRelated = names.length === (family === 'sort' ? 1 : 2)
    switch (`${family}/${names.length}`) {
      case 'include/0':
        this.query.include = splitList(value)
        return true
      case 'fields/1':
        this.query.fields.set(first, splitList(value))
        return true
      case 'ignorecase/0':
        this.query.ignoresCase = isNonZero(value, parameter)
        return true
      case 'sort/0':
      case 'sort/1':
      case 'page/1':
      case 'page/2':
      case 'filter/1':
      case 'filter/2':
        if (isRelated) return this.#readRelated(family, first, second, value, parameter)
        if (!this.#options.isCollection) return false
        if (family === 'filter' && first === 'single') this.query.single = isNonZero(value, parameter)
        else return readMember(this.query, this.#options.resource, family, first, value, parameter)
        return true
      default:
        return false
    }
  }

  /** @throws {BadRequest} 400, for a parameter of a relationship that is not included. */
  checkRelated(): void {
    const { include = this.#options.includes ?? [] } = this.query
    for (const [path, parameter] of this.#parameters) {
      if (include.some((one) => one === path || one.startsWith(`${path}.`))) continue
      throw parameterError(parameter, `The relationship ${quoted(path)} is not included`)
    }
  }

  #readRelated(family: string, path: string, member: string, value: string, parameter: string): boolean {
    const relationship = relationshipAt(this.#options.resource, path)
    if (!relationship || member === 'single' || member === 'after' || member === 'before') return false
    if (family === 'page' && !relationship.isMany) return false
    const list = this.query.related.get(path) ?? emptyList()
    this.query.related.set(path, list)
    this.#parameters.set(path, parameter)
    return readMember(list, relationship.target, family, member, value, parameter)
  }
}

function readMember(
  list: RawList,
  resource: Resource,
  family: string,
  member: string,
  value: string,
  parameter: string,
): boolean {
  if (family === 'sort') for (const key of parseSort(value)) list.sort.push(key)
  else if (family === 'page') {
    if (!PAGE_MEMBERS.has(member)) return false
    list.page[member as keyof RawPage] = value
  } else {
    const isObjects = member === 'objects'
    const filters = isObjects ? parseFilterObjects(value, parameter) : [simpleFilter(resource, member, value)]
    for (const filter of filters) {
      list.filters.push(filter)
      list.sources.set(filter, parameter)
    }
  }
  return true
}

const PAGE_MEMBERS = new Set(['number', 'size', 'after', 'before'])

function emptyList(): RawList {
  return { filters: [], sources: new Map(), sort: [], page: {} }
}

/** The names between commas; none in an empty text. */
function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

function isNonZero(value: string, parameter: string): boolean {
  if (/^[+-]?\d+$/.test(value)) return /[1-9]/.test(value)
  throw parameterError(parameter, `Invalid format for ${parameter} query parameter: it must be 0 or 1`)
}
