/** A manager as its endpoints know it, so that they need not know how it creates them. */
import type { Dialect } from '../model/dialect.ts'
import type { ResourceLookup } from '../resource/resource.ts'
import type { ManagerOptions } from './manager-options.ts'
import type { ServedApi } from './served-api.ts'

export interface Manager extends ResourceLookup {
  readonly options: ManagerOptions
  readonly dialect: Dialect
  /** Signs the cursors of pages. */
  readonly secret: string
  /** Before the paths of APIs without their own. */
  readonly prefix: string
  /** Whether all values of documents are made by codecs, so that JSON has all of their types. */
  readonly hasPlainValues: boolean
  /** The APIs in the order of their creation. @internal */
  readonly '~apis': readonly ServedApi[]
  /** The API that decides about a model. @internal */
  apiOf(model: string): ServedApi | undefined
}
