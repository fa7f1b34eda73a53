/** The arguments of a handler, validated by schemas: path, query, header fields, cookies, content, files. */
import type { Blueprint } from '../blueprint/blueprint.ts'
import type { Limits } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { Constructor } from '../blueprint/mixin.ts'
import { MediaType, MULTIPART } from '../http/media-type.ts'
import type { NegotiationEndpointOptions, NegotiationMixin } from '../negotiation/negotiation.ts'
import { MAX_BODY_BYTES } from '../parsers/content.ts'
import { contentParser } from '../parsers/content-parser.ts'
import type { FileLimits, FilesOf, FilesOption } from '../parsers/multipart/files-option.ts'
import type { PluggableParser } from '../parsers/pluggable-parser.ts'
import { suggestion } from '../registry/nearest.ts'
import { checkChoice } from '../registry/options.ts'
import { type JsonSchemaHook, jsonSchemaOf } from '../schema/json-schema.ts'
import { isSchema, type OutputOf, type Schema } from '../schema/schema.ts'
import { knownOf } from '../schema/unknown.ts'
import type { Handler } from '../walk/handler.ts'
import { addArgument, type UnknownPolicy } from './argument-reader.ts'
import { type BodyOption, bodyReader, mediaTypesOf } from './body-option.ts'
import { checkFiles, filesReader, maxBytesOf, splitMultipart } from './files-argument.ts'
import type { ParameterLocation } from './parameter-location.ts'
import { parameterReader } from './parameter-reader.ts'
import { parseContent, parsersOf } from './parse-content.ts'

/** Options an endpoint may state; legal only on blueprints that have this mixin. */
export interface ArgumentsEndpointOptions extends NegotiationEndpointOptions {
  /** Path parameters, validated after their converters. */
  readonly params?: Schema
  readonly query?: Schema
  /** Header fields, by the names that the schema uses. The other fields of the request stay in `headers`, as sent. */
  readonly headers?: Schema
  readonly cookies?: Schema
  /** Content: a schema, or one for each media type. */
  readonly body?: BodyOption
  /** Files of `multipart/form-data`, by field. Its other fields are the `body`. */
  readonly files?: FilesOption
  /**
   * Treatment of members that the schemas do not define: `refuse` is a 422, `keep` passes them to the
   * handler. Default: the schema library's own policy for content, `drop` elsewhere. Path parameters and cookies
   * are never refused: clients send other cookies too. Header fields always stay.
   */
  readonly unknown?: UnknownPolicy
  /** Whether `filter[city]=x` in queries and forms is the member `city` of `filter`. Default: the blueprint's. */
  readonly nestedParameters?: boolean
}

/** Members that the mixin adds to a blueprint. */
export interface ArgumentsMixin {
  readonly '~options': ArgumentsEndpointOptions
  /** Parses content of the incoming types. A copy of the default: JSON, forms, text. */
  get contentParser(): PluggableParser
  set contentParser(parser: PluggableParser)
}

declare module '../blueprint/blueprint-options.ts' {
  interface BlueprintOptions {
    /** Treatment of members that schemas do not define. Default: by location, see the option of endpoints. */
    readonly unknown?: UnknownPolicy
    /** Whether `filter[city]=x` in queries and forms is the member `city` of `filter`, if a schema defines `filter`. Default false. */
    readonly nestedParameters?: boolean
    /** Converts schemas to JSON Schema whose library cannot. */
    readonly jsonSchema?: JsonSchemaHook
  }
}

declare module '../walk/handler.ts' {
  interface Provides<P extends string, O> {
    readonly arguments: {
      /** The parsed and validated content; undefined when there was none. */
      readonly body: O extends { readonly body: infer B }
        ? BodyOf<B>
        : O extends HasPatch<infer S>
          ? S
          : unknown
      readonly '~path'?: P
    } & (O extends { readonly files: infer F }
      ? Omit<Express.Request, 'files'> & { readonly files: FilesOf<F> }
      : Express.Request) &
      (O extends { readonly headers: infer S } ? { readonly headers: OutputOf<S> } : unknown) &
      (O extends { readonly cookies: infer S } ? { readonly cookies: OutputOf<S> } : unknown)
  }
}

/** The value of a body by its option. */
type BodyOf<B> = B extends Schema
  ? OutputOf<B>
  : B extends { readonly schema: infer S }
    ? OutputOf<S>
    : { [K in keyof B]: OutputOf<B[K]> }[keyof B]

type HasPatch<S> = { readonly patch: { readonly schema: Schema<never, S> } }

const POLICIES: readonly UnknownPolicy[] = ['refuse', 'drop', 'keep']
const LOCATIONS: readonly ParameterLocation[] = ['params', 'query', 'headers', 'cookies']

export function Arguments<T extends Constructor<Blueprint & NegotiationMixin>>(
  Base: T,
): T & Constructor<ArgumentsMixin> {
  return class ArgumentsBlueprint extends Base implements ArgumentsMixin {
    declare readonly '~options': ArgumentsEndpointOptions
    #parser = this.track(contentParser.copy())

    get contentParser(): PluggableParser {
      return this.#parser
    }

    set contentParser(parser: PluggableParser) {
      this.#parser = this.track(parser)
    }

    /** The media types of `body` and `files` are set on the incoming map, unless `incoming` is given. */
    protected override declare(
      method: string,
      template: string,
      options: ArgumentsEndpointOptions,
      handler: Handler,
      name: string,
    ): void {
      super.declare(method, template, options, handler, name)
      if (options.incoming) return
      const types = options.body ? mediaTypesOf(options.body) : []
      if (options.files) types.push(MULTIPART)
      if (types.length > 0) this.incoming.setMimetypes(types, name)
    }

    protected override prepare(endpoint: Endpoint<ArgumentsEndpointOptions>): void {
      super.prepare(endpoint)
      endpoint.mixin(
        'Arguments',
        [...LOCATIONS, 'body', 'files', 'unknown', 'nestedParameters'],
        ['unknown', 'jsonSchema', 'nestedParameters'],
      )
      const { options, limits } = endpoint
      if (options.files) checkFiles(endpoint.name, options.files)
      const parser = this.contentParser
      const missing = endpoint.incoming?.types.find((type) => !parser.has(type))
      const isReadHere = !endpoint.options.use // middleware may read the content
      if (missing !== undefined && isReadHere) {
        const advice = isMultipart(missing) ? 'multipart()), from mazurka/multipart' : '…)'
        throw new TypeError(
          `The endpoint '${endpoint.name}' accepts ${missing}, which the content parser cannot parse: contentParser.parses('${missing}', ${advice}`,
        )
      }
      const parserFor = parsersOf(parser, endpoint.incoming?.types ?? [])
      const { jsonSchema: hook, unknown } = this.settings
      const policy = options.unknown ?? unknown
      const where = `The endpoint '${endpoint.name}'`
      checkChoice(where, 'unknown', policy, POLICIES)
      const nested = options.nestedParameters ?? this.settings.nestedParameters
      checkChoice(where, 'nestedParameters', nested, [true, false])
      endpoint.nestedParameters = nested ?? false
      const { maxBodyBytes = MAX_BODY_BYTES } = limits
      const maxBytes = options.files
        ? maxBytesOf(options.files, maxBodyBytes, fileLimits(parser, limits))
        : maxBodyBytes
      const contentLimits = { maxBytes }
      endpoint.on('read/readContent', function readContent(exchange) {
        return parseContent(exchange, parserFor, contentLimits)
      })
      const hasForm = options.body !== undefined && endpoint.incoming?.types.some(isMultipart)
      if (options.files || hasForm) endpoint.on('read/splitMultipart', splitMultipart(options.files))
      if (options.params) checkParams(endpoint, options.params, hook)
      for (const location of LOCATIONS) {
        const schema = options[location]
        if (schema) addArgument(endpoint, location, parameterReader(endpoint, location, schema, policy, hook))
      }
      if (options.body) addArgument(endpoint, 'body', bodyReader(endpoint, options.body, policy, hook))
      if (options.files) addArgument(endpoint, 'files', filesReader(options.files))
    }
  }
}

/** The limits of the parser of files, else those of the endpoint. */
function fileLimits(parser: PluggableParser, limits: Limits): FileLimits {
  const { maxFiles, maxFileBytes = limits.maxFileBytes } = (parser.parserFor(MULTIPART) ?? {}) as FileLimits
  return { maxFiles, maxFileBytes }
}

/** @throws {TypeError} for a member that is no parameter of the path. */
function checkParams(
  { name, path, route }: Endpoint,
  schema: Schema,
  hook: JsonSchemaHook | undefined,
): void {
  if (!isSchema(schema)) return // parameterReader throws
  const names = route.parameters.map((parameter) => parameter.name)
  const odd = [...(knownOf(jsonSchemaOf(schema, 'input', hook)) ?? [])].find((one) => !names.includes(one))
  if (odd === undefined) return
  throw new TypeError(
    `The option 'params' of '${name}' has '${odd}', which the path ${path} lacks${suggestion(odd, names)}`,
  )
}

/** Whether an entry of `incoming` is for forms with files; it may have parameters. */
function isMultipart(type: string): boolean {
  return MediaType.of(type).essence === MULTIPART
}
