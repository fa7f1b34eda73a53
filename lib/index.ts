/**
 * REST blueprints for Polka: return data; Mazurka does the HTTP.
 *
 * @module mazurka
 */

export type { ParameterLocation, UnknownPolicy } from './blueprint/argument.ts'
export { currentEndpoint, getBestMimetype } from './blueprint/best-mimetype.ts'
export {
  Blueprint,
  type BlueprintOptions,
  type Limits,
  type Logger,
  type PolkaLike,
  type RegisterOptions,
} from './blueprint/blueprint.ts'
export type { BodyOption, DescribedBody } from './blueprint/body.ts'
export type { Converter, Converters } from './blueprint/converter.ts'
export type { AfterHook, BeforeHook, ErrorClass } from './blueprint/declarations.ts'
export type { Declared, Declares, DeclaresResource } from './blueprint/declared.ts'
export type {
  DataOf,
  DeclaredResponse,
  DescribedResponse,
  ResponseOption,
  StatusResponse,
} from './blueprint/declared-response.ts'
export type { Endpoint, EndpointOptions, Offer, SecurityRequirement } from './blueprint/endpoint.ts'
export type {
  Answer,
  Exchange,
  Handler,
  HandlerRequest,
  Next,
  Provides,
  Query,
  Returned,
  Stage,
} from './blueprint/exchange.ts'
export type { Middleware } from './blueprint/middleware.ts'
export { Arguments, type ArgumentsMixin, type ArgumentsOptions } from './blueprint/mixins/arguments.ts'
export type { Constructor } from './blueprint/mixins/constructor.ts'
export {
  Etag,
  type EtagMixin,
  type EtagOptions,
  type StateRequest,
  type Tagged,
  type TaggedOptions,
  type Validating,
} from './blueprint/mixins/etag.ts'
export { Exceptions, type ExceptionsMixin } from './blueprint/mixins/exceptions.ts'
export {
  ContentNegotiation,
  type NegotiationMixin,
  type NegotiationOptions,
} from './blueprint/mixins/negotiation.ts'
export { type PaginatedOptions, Pagination, type PaginationMixin } from './blueprint/mixins/pagination.ts'
export {
  type PatchedOptions,
  Patching,
  type PatchingMixin,
  type PatchOptions,
} from './blueprint/mixins/patching.ts'
export { Responses, type ResponsesMixin, type ResponsesOptions } from './blueprint/mixins/responses.ts'
export {
  arrayPager,
  type PageRequest,
  type Pager,
  type PaginationOptions,
  type PaginationStyle,
  type Paging,
} from './blueprint/page-request.ts'
export type { PathParams } from './blueprint/path.ts'
export {
  created,
  type Representation,
  type RepresentationOptions,
  serializeResponse,
} from './blueprint/representation.ts'
export { endpoint, type Resource, type ResourceHandler, type Uri } from './blueprint/resource.ts'
export { RestBlueprint } from './blueprint/rest-blueprint.ts'
export type { Validation } from './blueprint/shape.ts'
export { abort } from './exceptions/abort.ts'
export {
  BadRequest,
  Conflict,
  ContentTooLarge,
  Forbidden,
  Gone,
  MethodNotAllowed,
  NotAcceptable,
  NotFound,
  PreconditionFailed,
  PreconditionRequired,
  RequestTimeout,
  TooManyRequests,
  Unauthorized,
  UnprocessableContent,
  UnsupportedMediaType,
} from './exceptions/client-errors.ts'
export { type ExceptionMembers, type HeaderFields, HttpException } from './exceptions/http-exception.ts'
export {
  BadGateway,
  GatewayTimeout,
  InternalServerError,
  NotImplemented,
  ServiceUnavailable,
} from './exceptions/server-errors.ts'
export type { HeadersInit } from './http/headers.ts'
export type { PaginationMetadata } from './http/page.ts'
export type { ErrorItem, Problem, ProblemMembers } from './http/problem.ts'
export { MIMEMap } from './mime/mime-map.ts'
export type { Explanation, WeighedOffer } from './mime/outgoing.ts'
export { IncomingContent } from './parsers/content.ts'
export { contentParser } from './parsers/content-parser.ts'
export type { FileRule, FilesOf, FilesOption, StreamedFiles } from './parsers/files-option.ts'
export type { ParseContext, ParseFunction, Parser } from './parsers/parser.ts'
export { PluggableParser } from './parsers/pluggable-parser.ts'
export { contentRenderer } from './renderers/content-renderer.ts'
export { PluggableRenderer } from './renderers/pluggable-renderer.ts'
export { exceptionRenderer } from './renderers/problem.ts'
export type {
  Content,
  RenderContext,
  Rendered,
  Renderer,
  RenderFunction,
} from './renderers/renderer.ts'
export type { JsonSchema, JsonSchemaHook } from './schema/json-schema.ts'
export type { InputOf, OutputOf, Schema } from './schema/schema.ts'
