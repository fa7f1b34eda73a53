/** PATCH by declaration: the patch is applied to the current state, and the handler gets the validated result. */

import {
  type ArgumentReader,
  CONTENT_REQUIRED,
  contentReader,
  finishReading,
  type Issues,
  storeArgument,
  type UnknownPolicy,
  unknownMembers,
} from '../arguments/argument-reader.ts'
import type { ArgumentsEndpointOptions, ArgumentsMixin } from '../arguments/arguments.ts'
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import type { EtagEndpointOptions } from '../conditional/etag.ts'
import type { StateRequest } from '../conditional/etag-options.ts'
import { etagOptionsOf } from '../conditional/etag-source.ts'
import { NotFound, UnprocessableContent } from '../exceptions/client-errors.ts'
import { settle } from '../exceptions/settle.ts'
import { JSON_PATCH } from '../http/media-type.ts'
import type { ErrorItem } from '../http/problem.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { memberTreeOf } from '../schema/location.ts'
import { type MemberTree, treeOfOutput } from '../schema/member-tree.ts'
import { type OutputOf, type Schema, schemaOf } from '../schema/schema.ts'
import { validate } from '../schema/validate.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { Handler } from '../walk/handler.ts'
import { mergePatch } from './merge-patch.ts'
import { Patch } from './patch.ts'
import { StateView } from './state-view.ts'

/** The option `patch`. */
export interface PatchOptions {
  /**
   * The state to patch; undefined is a 404. Default: the state of `etag.current`. Where `etag` is set without
   * `current`, it is also the state that preconditions are evaluated against.
   */
  readonly current?: (request: StateRequest) => unknown
  /**
   * Validates the patched state, as clients see it: in JSON, with the members that the schema knows. Its output for
   * what the patch changes is in the handler's `body`, with the rest of the state.
   */
  readonly schema: Schema
}

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface PatchEndpointOptions extends ArgumentsEndpointOptions {
  /** Accepts merge patches (RFC 7396), and JSON patches (RFC 6902) if their parser is registered before. */
  readonly patch?: PatchOptions
}

/** Members that the mixin adds to a blueprint. */
export interface PatchingMixin {
  readonly '~options': PatchEndpointOptions
}

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly patching: O extends { readonly patch: { readonly schema: infer S } }
      ? {
          /** The new state: members that the patch does not change are those of the current state, hidden ones too. */
          readonly body: OutputOf<S>
          /** The changes that the client sent, validated, as a merge patch (RFC 7396): null for a removed member. */
          readonly changes: ChangesOf<OutputOf<S>>
        }
      : { readonly '~path'?: P }
  }
}

/**
 * The changes of a value: some of its members, null for one that is removed. Only an optional one can be: the output has
 * the others, by a default where they are not required. Lists are replaced as a whole.
 */
export type ChangesOf<T> = T extends readonly unknown[] | Date | ((...parameters: never[]) => unknown)
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: ChangesOf<T[K]> | (IsOptional<T, K> extends true ? null : never) }
    : T

/** Whether an object may lack a member: optional ones, and those of an index signature. */
type IsOptional<T, K extends keyof T> =
  Record<never, never> extends Pick<T, K> ? true : undefined extends T[K] ? true : false

const MERGE_PATCH = 'application/merge-patch+json'

export function Patching<T extends Constructor<Blueprint & ArgumentsMixin>>(
  Base: T,
): T & Constructor<PatchingMixin> {
  return class PatchingBlueprint extends Base implements PatchingMixin {
    declare readonly '~options': PatchEndpointOptions

    /** Sets the media types of patches, unless `incoming` is given. */
    protected override declare(
      method: string,
      template: string,
      options: PatchEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      super.declare(method, template, this.#withDefaults(options), handler, name)
    }

    #withDefaults(
      options: PatchEndpointOptions & EtagEndpointOptions,
    ): PatchEndpointOptions & EtagEndpointOptions {
      const { patch, incoming } = options
      if (!patch) return options
      const types = this.contentParser.types.includes(JSON_PATCH) ? [MERGE_PATCH, JSON_PATCH] : [MERGE_PATCH]
      const completed = incoming ? options : { ...options, incoming: types }
      const etag = patch.current && etagOptionsOf(options.etag, this.settings.etag)
      return etag ? { ...completed, etag: { current: patch.current, ...etag } } : completed
    }

    protected override prepare(endpoint: Endpoint<PatchEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin('Patching', ['patch'])
      const { patch, body } = endpoint.options
      if (!patch) return
      if (body)
        throw new TypeError(
          `The endpoint '${endpoint.name}' has both a patch and a body: only one is possible`,
        )
      checkOptions(`The patch of '${endpoint.name}'`, patch, {
        current: 'function',
        schema: true,
      } satisfies Keys<PatchOptions>)
      const schema = schemaOf(patch.schema, `The patch of '${endpoint.name}'`)
      const { unknown, jsonSchema: hook } = this.settings
      const validator = patchValidator(schema, endpoint.options.unknown ?? unknown, hook)
      const known = endpoint.etag?.current
      const { etag } = endpoint.options as EtagEndpointOptions
      if (!known && !patch.current && !(typeof etag === 'object' && etag.current))
        throw new TypeError(
          `The patch of '${endpoint.name}' needs 'current', or 'etag.current': the state to patch`,
        )
      const current = patch.current === known ? undefined : patch.current // called by Etag already
      endpoint.on('patch/applyPatch', function applyPatch(exchange) {
        return apply(exchange, current, validator)
      })
    }
  }
}

interface PatchValidator {
  readonly read: ArgumentReader
  /** The state as clients see it. */
  readonly viewOf: (state: unknown) => StateView | Promise<StateView>
  /** The members that the schema knows; undefined for one without a JSON Schema. */
  readonly tree: MemberTree | undefined
  /** The issues of a policy that refuses members which the schema does not know: of a merge patch, or a patched state. */
  readonly refuse: (sent: unknown) => readonly ErrorItem[]
}

function patchValidator(
  schema: Schema,
  policy: UnknownPolicy | undefined,
  hook: JsonSchemaHook | undefined,
): PatchValidator {
  const isRefusing = policy === 'refuse'
  const jsonSchema = jsonSchemaOf(schema, 'input', hook)
  const tree = jsonSchema && memberTreeOf(jsonSchema)
  return {
    read: contentReader({ schema, policy: isRefusing ? 'drop' : policy, hook }),
    viewOf: (state) =>
      tree
        ? new StateView(state, tree, { isClosed: isRefusing || policy === 'drop' })
        : viewByOutput(state, schema, policy === 'keep'),
    tree,
    refuse: (sent) => (isRefusing ? unknownMembers(jsonSchema, sent, true) : []),
  }
}

/**
 * The view of a state without a JSON Schema: the members that the schema returns for the state are known. All are where
 * it rejects the state, or needs members that it does not return.
 */
async function viewByOutput(state: unknown, schema: Schema, isKeeping: boolean): Promise<StateView> {
  const all = new StateView(state)
  const shown = await validate(schema, all.document)
  if ('issues' in shown) return all
  const known = new StateView(state, treeOfOutput(all.document, shown.value), { isKeeping })
  return 'issues' in (await validate(schema, known.document)) ? all : known
}

/** @throws {NotFound} 404, {Conflict} 409, {UnprocessableContent} 422 (RFC 5789 §2.2, RFC 6902 §5). */
function apply(
  exchange: Exchange,
  current: PatchOptions['current'],
  { read, viewOf, tree, refuse }: PatchValidator,
): void | Promise<void> {
  const request = exchange.request as Exchange['request'] & { body?: unknown; current?: unknown }
  if (!exchange.contentTypeMatch)
    throw new UnprocessableContent('The request has no patch', { errors: [CONTENT_REQUIRED] })
  const state = current ? current(request as unknown as StateRequest) : request.current
  const findView = (settled: unknown): void | Promise<void> => {
    if (settled === undefined || settled === null) throw new NotFound('No resource to patch')
    const { body } = request
    if (exchange.contentTypeMatch?.mediaType.essence === JSON_PATCH && !(body instanceof Patch))
      throw new TypeError(
        `The parser of ${JSON_PATCH} returns no Patch: use jsonPatch() of 'mazurka/json-patch'`,
      )
    return settle(viewOf(settled), (view) => applyTo(view, body))
  }
  const applyTo = (view: StateView, body: unknown): void | Promise<void> => {
    const isMerge = !(body instanceof Patch)
    const patched = isMerge ? mergePatch(view.document, body) : body.applyTo(view.document)
    const unknown = refuse(isMerge ? body : patched)
    request.body = patched
    const finish = (found: Issues): void => {
      const issues = [...unknown, ...(found ?? [])]
      const output = exchange.arguments?.body
      if (issues.length === 0 && exchange.arguments) {
        const changes = isMerge ? view.sent(body, patched, output, tree) : view.changes(patched, output, tree)
        storeArgument(exchange, 'changes', changes)
        storeArgument(exchange, 'body', view.newState(patched, output, tree))
      }
      finishReading(exchange, issues)
    }
    const issues = read(exchange)
    return issues instanceof Promise ? issues.then(finish) : finish(issues)
  }
  return settle(state, findView)
}
