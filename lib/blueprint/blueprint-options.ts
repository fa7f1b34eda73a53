/** The options of a blueprint: defaults of its endpoints. A mixin merges its own into {@link BlueprintOptions}. */

/** Receives errors of the server, as `console` does. */
export interface Logger {
  error(...details: unknown[]): void
}

/** Limits of a request. */
export interface Limits {
  /** Bytes of content, encoded and decoded alike. Default 1,048,576 (1 MiB). */
  readonly maxBodyBytes?: number
  /** Bytes of one file, unless the endpoint has its own limit. Default 10,485,760 (10 MiB). */
  readonly maxFileBytes?: number
  /** Query parameters. Default 1,000. */
  readonly maxParameters?: number
}

export interface BlueprintOptions {
  /** Prefix of all paths: `/api/v1`. Default none. */
  readonly prefix?: string
  /** For documentation. */
  readonly description?: string
  /** Whether `/x` and `/x/` are two paths. Default false. */
  readonly strict?: boolean
  readonly limits?: Limits
  /** Default `console`. */
  readonly logger?: Logger
  /** Default: whether NODE_ENV is not 'production'. */
  readonly development?: boolean
}

export interface RegisterOptions {
  /** Replaces the prefix given to the constructor. */
  readonly prefix?: string
  /**
   * Without a prefix: whether an unknown path is a 404 of the blueprint, unless the app has its own
   * `onNoMatch`. Default false.
   */
  readonly takesAll?: boolean
}
