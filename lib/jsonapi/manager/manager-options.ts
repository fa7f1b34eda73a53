/** The options of an ApiManager and of its APIs. */
import { suggestion } from '../../registry/nearest.ts'
import { checkOptions, type Keys } from '../../registry/options.ts'
import type { CsvOptions } from '../../renderers/csv.ts'
import type { DefaultSerializer } from '../document/serializer.ts'
import type { ValidationClass } from '../errors/validation-errors.ts'
import type { Database, Dialect } from '../model/dialect.ts'
import type { Model } from '../model/model.ts'
import { ownValue } from '../model/own-value.ts'
import { areSameColumns } from '../model/same-columns.ts'
import type { AggregateFunction } from '../query/function-evaluation.ts'
import type { FieldOptions } from '../resource/resource-options.ts'
import type { DefaultDeserializer } from '../write/deserializer.ts'
import type { IdempotencyOptions } from '../write/idempotency.ts'
import {
  checkProcessors,
  POSTPROCESSORS,
  type PostprocessorKind,
  PREPROCESSORS,
  type PreprocessorKind,
  type Processors,
} from './processors.ts'

/** Options that an API has, and a manager for all of its APIs. */
export interface SharedOptions {
  /** In any case. Default `['GET']`. PATCH also allows to change relationships. */
  readonly methods?: readonly string[]
  /** Resources of a page. Default 10; 0: all. */
  readonly pageSize?: number
  /** The largest page that a client may ask for. Default 100; 0: no limit. */
  readonly maxPageSize?: number
  /** Steps of a path in `include`. Default 3. */
  readonly maxIncludeDepth?: number
  /**
   * Related resources that a response includes, at most, each counted once for every resource that it is related to. Default
   * 10,000; 0: no limit.
   */
  readonly maxIncluded?: number
  /** Whether `meta.total` is counted; without it there is no link to the last page. Default true. */
  readonly count?: boolean
  /** Whether PATCH and DELETE need If-Match: else 428. Not of rows that requests to other APIs write. Default false. */
  readonly requireIfMatch?: boolean
  readonly can?: NonNullable<FieldOptions['can']>
  readonly preprocessors?: Processors<PreprocessorKind>
  /** Lists whose documents have postprocessors are not served as CSV and NDJSON. */
  readonly postprocessors?: Processors<PostprocessorKind>
  /** Classes of errors that a deserializer or a preprocessor throws for its client: 400. */
  readonly validationExceptions?: readonly ValidationClass[]
  readonly allowToManyReplacement?: boolean
  readonly allowDeleteFromToManyRelationships?: boolean
  readonly allowClientGeneratedIds?: boolean
  /** Whether GET `/eval/<collection>` evaluates functions. Default false. */
  readonly allowFunctions?: boolean
  /** Functions besides count, sum, avg, min and max: SQL by name. */
  readonly functions?: Readonly<Record<string, AggregateFunction>>
  /** Whether members that are removed from a relationship are deleted, where they cannot be without it. Default false. */
  readonly deleteOrphans?: boolean
  /** Seconds that a processor may take. Default 10. */
  readonly processorTimeoutSeconds?: number
}

export interface ManagerOptions extends SharedOptions {
  readonly db: Database
  /** Whether a POST with an Idempotency-Key runs once: its response is stored in a table of the database. */
  readonly idempotency?: boolean | IdempotencyOptions
  /** Whether POST `/operations` runs atomic operations, 1,000 at most. Default true. */
  readonly operations?: boolean | { readonly maxOperations: number }
  /** How exports as CSV are written: `{ escapeFormulas: true }`. */
  readonly csv?: Omit<CsvOptions, 'columns'>
  /** Signs the cursors of pages. Default: a random one, so that cursors end with the process. */
  readonly secret?: string
  /** Before the paths of all APIs. Default `/api`; empty for none. */
  readonly prefix?: string
  /** Before all URLs in documents: an origin such as `https://api.example.org`. Default: URLs are paths. */
  readonly baseUrl?: string
}

export interface CreateApiOptions extends SharedOptions, FieldOptions {
  /** Before the paths of this API. Default: the manager's. */
  readonly prefix?: string
  /** The type of the resources and the segment of their URL. Default: the model's type. */
  readonly collectionName?: string
  /** The column of the ids. Default: the model's. */
  readonly primaryKey?: string
  /** Relationships to include if the request has no `include`. */
  readonly includes?: readonly string[]
  /** The order of lists without `sort`, also of related and of included ones: `['-created', 'name']`. Default: by id. */
  readonly defaultSort?: readonly string[]
  /** Makes the resource objects. */
  readonly serializer?: new (
    dialect: Dialect,
  ) => DefaultSerializer
  /** Reads the documents of creations and updates. */
  readonly deserializer?: typeof DefaultDeserializer
}

const SHARED: Keys<SharedOptions> = {
  methods: 'list',
  pageSize: 'finite',
  maxPageSize: 'finite',
  maxIncludeDepth: 'count',
  maxIncluded: 'finite',
  count: 'boolean',
  requireIfMatch: 'boolean',
  can: 'function',
  preprocessors: 'object',
  postprocessors: 'object',
  validationExceptions: 'list',
  allowToManyReplacement: 'boolean',
  allowDeleteFromToManyRelationships: 'boolean',
  allowClientGeneratedIds: 'boolean',
  allowFunctions: 'boolean',
  functions: 'object',
  deleteOrphans: 'boolean',
  processorTimeoutSeconds: 'timeout',
}

const MANAGER: Keys<ManagerOptions> = {
  ...SHARED,
  db: true,
  idempotency: true,
  operations: true,
  csv: 'object',
  secret: 'string',
  prefix: 'string',
  baseUrl: 'string',
}

const API: Keys<CreateApiOptions> = {
  ...SHARED,
  prefix: 'string',
  collectionName: 'string',
  primaryKey: 'string',
  includes: 'list',
  defaultSort: 'list',
  serializer: 'function',
  deserializer: 'function',
  only: 'list',
  exclude: 'list',
  additionalAttributes: 'object',
  readOnly: 'list',
  writeOnly: 'list',
  linkage: true,
}

/** The options of a manager that are those of its APIs. */
export function sharedOptions(options: ManagerOptions): SharedOptions {
  return Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(SHARED, key)))
}

const METHODS: readonly string[] = ['GET', 'POST', 'PATCH', 'DELETE']

/** @throws {TypeError} that names the option. */
export function checkManagerOptions(options: ManagerOptions): void {
  checkOptions('An ApiManager', options, MANAGER)
  checkShared('An ApiManager', options)
}

/** @throws {TypeError} that names the option. */
export function checkCreateApiOptions(model: Model, options: CreateApiOptions): void {
  const where = `The API of '${model.name}'`
  checkOptions(where, options, API)
  checkShared(where, options)
  const { only, exclude = [], additionalAttributes = {}, collectionName, primaryKey } = options
  if (collectionName === '') throw new TypeError(`${where} cannot have an empty collectionName`)
  if (only && options.exclude) throw new TypeError(`${where} has both 'only' and 'exclude': use one of them`)
  const both = Object.keys(additionalAttributes).find((name) => exclude.includes(name))
  if (both !== undefined)
    throw new TypeError(`${where} has '${both}' both in 'additionalAttributes' and in 'exclude'`)
  const fields = fieldsOf(model)
  const taken = Object.keys(additionalAttributes).find((name) => fields.has(name) || name === 'type')
  if (taken !== undefined)
    throw new TypeError(`${where} cannot have the additional attribute '${taken}': the name is taken`)
  checkPaths(where, 'includes', options.includes ?? [], Object.keys(model.relations))
  const { maxIncludeDepth = 3 } = options
  const deep = options.includes?.find((path) => path.split('.').length > maxIncludeDepth)
  if (deep !== undefined)
    throw new TypeError(`${where} has '${deep}' in 'includes': 'maxIncludeDepth' is ${maxIncludeDepth}`)
  checkPaths(where, 'defaultSort', options.defaultSort ?? [], fields)
  const key = primaryKey === undefined ? undefined : ownValue(model.columns, primaryKey)
  if (primaryKey !== undefined && !(key && isKey(model, key)))
    throw new TypeError(
      `${where} cannot have the primaryKey '${primaryKey}': use a column that is unique and not nullable`,
    )
}

/** The names of all fields of a model, the id included. */
function fieldsOf({ attributes, columns, relations, computed, proxies }: Model): ReadonlySet<string> {
  const names = Object.keys(columns).map((column) => ownValue(attributes, column) ?? column)
  return new Set(['id', ...names, ...Object.keys({ ...relations, ...computed, ...proxies })])
}

/** @throws {TypeError} for a path that does not begin with a field. */
function checkPaths(
  where: string,
  option: string,
  paths: readonly unknown[],
  fields: Iterable<string>,
): void {
  const known = [...fields]
  for (const path of paths) {
    const [first = ''] = String(path).replace(/^-/, '').split('.')
    if (!known.includes(first))
      throw new TypeError(`${where} has the unknown path '${path}' in '${option}'${suggestion(first, known)}`)
  }
}

function isKey({ primaryKey }: Model, { name, isUnique, isNullable }: Model['columns'][string]): boolean {
  return areSameColumns(primaryKey, [name]) || (isUnique && !isNullable)
}

function checkShared(where: string, options: SharedOptions): void {
  const { methods = [], preprocessors = {}, postprocessors = {} } = options
  const odd = methods.find((method) => !METHODS.includes(String(method).toUpperCase()))
  if (odd !== undefined)
    throw new TypeError(`${where} cannot have the method '${odd}': use ${METHODS.join(', ')}`)
  checkProcessors(`${where}, in 'preprocessors',`, preprocessors, PREPROCESSORS)
  checkProcessors(`${where}, in 'postprocessors',`, postprocessors, POSTPROCESSORS)
}
