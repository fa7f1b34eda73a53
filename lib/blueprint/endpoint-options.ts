/** The options of endpoints on every blueprint, and the read-only view of an endpoint for users. */
import type { IncomingHttpHeaders } from 'node:http'
import { inspect } from 'node:util'
import type { SecurityRequirement } from '../authentication/security-scheme.ts'
import type { Explanation } from '../negotiation/explanation.ts'
import { checkValues, type Keys } from '../registry/options.ts'
import type { BeforeHook, Middleware } from '../walk/hook.ts'
import { checkLimits, checkSecurity, type Limits } from './blueprint-options.ts'

/** Options of endpoints on every blueprint; each mixin adds its own. */
export interface EndpointOptions {
  /** Names the endpoint for the MIME maps, `urlFor` and documentation. Default: the handler's name. */
  readonly name?: string
  /** One line, for documentation. */
  readonly summary?: string
  /** Longer text, for documentation. */
  readonly description?: string
  /** Groups in the documentation. Default: the blueprint's name. */
  readonly tags?: readonly string[]
  readonly deprecated?: boolean
  /** Whether the endpoint is left out of the documentation. It is served all the same. */
  readonly hidden?: boolean
  /** Security requirements: one of them has to be met; false or `[]`: a public endpoint. Default: the blueprint's. */
  readonly security?: readonly SecurityRequirement[] | false
  /** OpenAPI parameters, merged with those that the schemas describe. */
  readonly parameters?: readonly Readonly<Record<string, unknown>>[]
  /** An OpenAPI Operation, merged last; schemas may be anywhere in it. */
  readonly doc?: Readonly<Record<string, unknown>>
  /** Connect middleware for this endpoint alone, after the `before` hooks of its blueprint. */
  readonly use?: Middleware | readonly Middleware[]
  /** Runs before this endpoint alone, after its middleware. */
  readonly before?: BeforeHook | readonly BeforeHook[]
  /** Override the limits of the blueprint, one by one. */
  readonly limits?: Limits
  /** The status of responses that set no other: 200 to 299. Default 200. */
  readonly status?: number
  /**
   * Seconds until a request without a response gets a 503 and its `signal` aborts. Over 0, at most 604,800 (a week); false: no
   * limit. Default: the blueprint's.
   */
  readonly timeoutSeconds?: number | false
}

/** The keys of {@link EndpointOptions}, with the types of their values. */
export const ENDPOINT_OPTIONS = {
  name: 'string',
  summary: 'string',
  description: 'string',
  tags: 'list',
  deprecated: 'boolean',
  hidden: 'boolean',
  security: true,
  parameters: 'list',
  doc: 'object',
  use: true,
  before: true,
  limits: 'object',
  status: true,
  timeoutSeconds: true,
} as const satisfies Partial<Keys<EndpointOptions>>

/** Checks values; the keys are checked when the mixins are known. @throws {TypeError} that names the option. */
export function checkEndpointOptions(where: string, options: EndpointOptions): void {
  const { status, security, limits } = options
  checkValues(where, options, ENDPOINT_OPTIONS)
  checkSecurity(where, security)
  checkLimits(where, limits)
  for (const key of ['use', 'before'] as const) {
    const odd: unknown = [options[key] ?? []].flat().find((hook) => typeof hook !== 'function')
    if (odd !== undefined) throw new TypeError(`${where}, in '${key}', takes functions, not ${inspect(odd)}`)
  }
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 299))
    throw new TypeError(`${where} has the status ${inspect(status)}, not one from 200 to 299`)
}

/** Options whose unknown keys are a compile error. */
export type Exact<O, All> = O &
  (keyof O extends keyof All ? unknown : { readonly [K in Exclude<keyof O, keyof All>]: never })

/** An endpoint as users see it: read-only. */
export interface EndpointInfo {
  /** Unique in its blueprint. */
  readonly name: string
  /** Upper case. */
  readonly method: string
  /** The path template with all prefixes: `/api/pets/<int:id>`. */
  readonly path: string
  /** The name of its blueprint. */
  readonly blueprint: string
  readonly options: Readonly<EndpointOptions>
  /** The steps of its walk in order: `validate/readArguments`. */
  readonly steps: readonly string[]
  /**
   * Explains the negotiation for a client with these header fields.
   *
   * @param target of the request, with the query that may name a format: `/pets?format=csv`.
   */
  explain(headers: IncomingHttpHeaders | Headers, target?: string): Explanation
}
