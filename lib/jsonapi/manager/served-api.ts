/** One API of a manager: a model with its options resolved, and the resource that it serves. */
import { given } from '../../registry/options.ts'
import { prefixOf } from '../../routing/path.ts'
import { DefaultSerializer } from '../document/serializer.ts'
import type { Database, Dialect } from '../model/dialect.ts'
import type { Model } from '../model/model.ts'
import { Resource, type ResourceLookup } from '../resource/resource.ts'
import {
  type CreateApiOptions,
  checkCreateApiOptions,
  type ManagerOptions,
  sharedOptions,
} from './manager-options.ts'
import {
  joinProcessors,
  type PostprocessorKind,
  type PreprocessorKind,
  type Processors,
} from './processors.ts'

export class ServedApi {
  readonly db: Database
  readonly dialect: Dialect
  readonly model: Model
  readonly resource: Resource
  readonly options: CreateApiOptions
  readonly serializer: DefaultSerializer
  /** In upper case. */
  readonly methods: ReadonlySet<string>
  /** Before the paths of the API: `/api`. */
  readonly prefix: string
  readonly baseUrl: string
  readonly pageSize: number
  readonly maxPageSize: number
  readonly maxIncludeDepth: number
  /** Infinity: no limit. */
  readonly maxIncluded: number
  readonly preprocessors: Processors<PreprocessorKind>
  readonly postprocessors: Processors<PostprocessorKind>

  /** @throws {TypeError} for an option that the model does not fit. */
  constructor(
    model: Model,
    own: CreateApiOptions,
    manager: ManagerOptions,
    dialect: Dialect,
    lookup: ResourceLookup,
  ) {
    const { db, baseUrl = '', prefix = '/api', preprocessors, postprocessors } = manager
    const options: CreateApiOptions = { ...sharedOptions(manager), ...given(own) }
    checkCreateApiOptions(model, options)
    this.db = db
    this.dialect = dialect
    this.model = model
    this.options = options
    this.prefix = prefixOf(options.prefix ?? prefix)
    this.baseUrl = baseUrl
    this.methods = new Set((options.methods ?? ['GET']).map((method) => method.toUpperCase()))
    this.pageSize = options.pageSize ?? 10
    this.maxPageSize = options.maxPageSize ?? 100
    this.maxIncludeDepth = options.maxIncludeDepth ?? 3
    this.maxIncluded = (options.maxIncluded ?? 10_000) || Number.POSITIVE_INFINITY
    this.preprocessors = joinProcessors(preprocessors, own.preprocessors)
    this.postprocessors = joinProcessors(postprocessors, own.postprocessors)
    const type = options.collectionName ?? model.type
    this.resource = new Resource(
      model,
      {
        type,
        path: `${this.prefix}/${encodeURIComponent(type)}`,
        hasGet: this.methods.has('GET'),
        hasPatch: this.methods.has('PATCH'),
        id: options.primaryKey === undefined ? model.id : [options.primaryKey],
        fields: options,
        defaultSort: options.defaultSort,
      },
      lookup,
    )
    this.serializer = new (options.serializer ?? DefaultSerializer)(dialect)
  }

  /** Whether no code of the application makes values of its documents. */
  get hasPlainValues(): boolean {
    const { additionalAttributes } = this.options
    const isOwn =
      this.serializer.constructor !== DefaultSerializer || Object.keys(this.postprocessors).length > 0
    return !isOwn && !additionalAttributes && !Object.values(this.model.computed).some(({ get }) => get)
  }
}
