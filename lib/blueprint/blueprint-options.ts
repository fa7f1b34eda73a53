/** The options of a blueprint: defaults of its endpoints. A mixin merges its own into {@link BlueprintOptions}. */

import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import type { SecurityRequirement } from '../authentication/security-scheme.ts'
import { checkLogger, checkOptions, checkValues, type Keys } from '../registry/options.ts'

/**
 * Receives errors of the server: pino, winston, `console`, or an object with the same methods.
 *
 * Every logger but `console` itself is called as `logger.error({ err, method, path, endpoint }, message)`.
 */
export interface Logger {
  error(...details: unknown[]): void
  /** Receives warnings about mistakes in code, as `logger.warn({ code, endpoint }, message)`. Default: process warnings. */
  warn?(...details: unknown[]): void
}

/** Limits of a request: whole numbers, 0 or more; `Infinity` is no limit. */
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
  /** The logger of this blueprint and of those nested in it. Default `console`. */
  readonly logger?: Logger
  /**
   * Called once for each failure with a status of 500 or more, also for one after the head was sent; not when the client has
   * left. `error` is what was thrown, with its `cause`. Applies to nested blueprints too, unless they have their own.
   *
   * @returns The id of the report: the member `error_id` of the problem, if it is known within one second.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: the return type of a function without a return
  readonly onError?: (error: unknown, request: IncomingMessage) => string | void | Promise<string | void>
  /**
   * Seconds until a request without a response gets a 503 and its `signal` aborts, also in nested blueprints. A response that
   * has begun is not cut. Over 0, at most 604,800 (a week); false: no limit. Default: no limit.
   */
  readonly timeoutSeconds?: number | false
  /** Security requirements of endpoints without their own, also in nested blueprints. Default none. */
  readonly security?: readonly SecurityRequirement[] | false
  /** Default: whether NODE_ENV is not 'production'. */
  readonly development?: boolean
}

export interface RegisterOptions {
  /** Replaces the prefix given to the constructor. */
  readonly prefix?: string
  /**
   * Without a prefix: whether an unknown path is a 404 of the blueprint, unless the app has its own `onNoMatch`. Default false.
   */
  readonly takesAll?: boolean
}

const LIMITS: Keys<Limits> = { maxBodyBytes: 'count', maxFileBytes: 'count', maxParameters: 'count' }
const REGISTER: Keys<RegisterOptions> = { prefix: true, takesAll: 'boolean' }

/** The keys of {@link BlueprintOptions} that belong to no mixin, with the types of their values. */
export const BLUEPRINT_OPTIONS = {
  prefix: true,
  description: 'string',
  strict: 'boolean',
  limits: 'object',
  logger: true,
  development: 'boolean',
  onError: 'function',
  timeoutSeconds: true,
  unansweredWarningSeconds: true,
  security: true,
} as const satisfies Partial<Keys<BlueprintOptions>>

/** @throws {TypeError} for an unknown limit, or one that is no whole number. */
export function checkLimits(where: string, limits: Limits | undefined): void {
  if (limits === undefined) return
  checkOptions(`${where}, in 'limits',`, limits, LIMITS)
}

/** @throws {TypeError} for a value of `security` that is neither false nor a list of objects. */
export function checkSecurity(where: string, security: unknown): void {
  const isList = Array.isArray(security) && security.every((one) => typeof one === 'object' && one !== null)
  if (security === undefined || security === false || isList) return
  throw new TypeError(
    `${where} cannot have security: ${inspect(security)}; use a list such as [{ scheme: [] }], or false`,
  )
}

/** Checks values; the keys are checked when the mixins are known. @throws {TypeError} that names the option. */
export function checkBlueprintOptions(where: string, options: BlueprintOptions): void {
  const { logger, limits, security } = options
  checkValues(where, options, BLUEPRINT_OPTIONS)
  checkSecurity(where, security)
  checkLimits(where, limits)
  checkLogger(where, logger)
}

/** @throws {TypeError} for an unknown option. */
export function checkRegisterOptions(where: string, options: RegisterOptions): void {
  checkOptions(where, options, REGISTER)
}
