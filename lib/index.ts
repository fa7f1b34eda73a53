/**
 * REST blueprints for Polka: return data; Mazurka does the HTTP.
 *
 * @module mazurka
 */

export type { UnknownPolicy } from './arguments/argument-reader.ts'
export { Arguments, type ArgumentsEndpointOptions, type ArgumentsMixin } from './arguments/arguments.ts'
export type { BodyOption, DescribedBody } from './arguments/body-option.ts'
export type { ParameterLocation } from './arguments/parameter-location.ts'
export type {
  SecurityRequirement,
  SecurityScheme,
  SecuritySchemes,
  WithSecurity,
} from './authentication/security-scheme.ts'
export { Blueprint, type PolkaLike, type RequestHandler } from './blueprint/blueprint.ts'
export type { BlueprintOptions, Limits, Logger, RegisterOptions } from './blueprint/blueprint-options.ts'
export type { Endpoint } from './blueprint/endpoint.ts'
export type {
  EndpointInfo,
  EndpointOptions,
  Exact,
} from './blueprint/endpoint-options.ts'
export type { Constructor } from './blueprint/mixin.ts'
export type { EndpointDefinition, Resource } from './blueprint/resource.ts'
export type { ResourceHandler, Uri } from './blueprint/resource-handler.ts'
export { endpoint, RestBlueprint } from './blueprint/rest-blueprint.ts'
export type { EndpointType, WithEndpoint, WithResource } from './client/endpoint-types.ts'
export { Etag, type EtagEndpointOptions, type EtagMixin } from './conditional/etag.ts'
export type { EtagMethods, EtagOptions, ResolvedEtag, StateRequest } from './conditional/etag-options.ts'
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
export type { ErrorItem, Problem, ProblemMembers } from './http/problem.ts'
export { Exceptions, type ExceptionsMixin } from './negotiation/exceptions.ts'
export type { Explanation, WeighedOffer } from './negotiation/explanation.ts'
export { MIMEMap } from './negotiation/mime-map.ts'
export {
  ContentNegotiation,
  type NegotiationEndpointOptions,
  type NegotiationMixin,
} from './negotiation/negotiation.ts'
export type { Offer } from './negotiation/offer.ts'
export type { PaginationMetadata } from './pagination/page-metadata.ts'
export { arrayPager, type PageRequest } from './pagination/page-request.ts'
export { Pagination, type PaginationEndpointOptions, type PaginationMixin } from './pagination/pagination.ts'
export type {
  Pager,
  PaginationOptions,
  PaginationStyle,
  ResolvedPagination,
} from './pagination/pagination-options.ts'
export { IncomingContent } from './parsers/content.ts'
export { contentParser } from './parsers/content-parser.ts'
export type { FileRule, FilesOf, FilesOption, StreamedFiles } from './parsers/multipart/files-option.ts'
export type { ParseContext, ParseFunction, Parser } from './parsers/parser.ts'
export { PluggableParser } from './parsers/pluggable-parser.ts'
export {
  type ChangesOf,
  type PatchEndpointOptions,
  Patching,
  type PatchingMixin,
  type PatchOptions,
} from './patching/patching.ts'
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
export type { DataOf } from './responses/response-data.ts'
export type {
  DescribedResponse,
  ResponseDefinition,
  ResponseOption,
  ResponseStatus,
  StatusResponse,
} from './responses/response-option.ts'
export type { Validation } from './responses/response-validator.ts'
export { Responses, type ResponsesEndpointOptions, type ResponsesMixin } from './responses/responses.ts'
export type { Converter, Converters } from './routing/converter.ts'
export type { PathParams } from './routing/path.ts'
export type { JsonSchema, JsonSchemaHook } from './schema/json-schema.ts'
export type { InputOf, OutputOf, Schema } from './schema/schema.ts'
export {
  currentEndpoint,
  type Exchange,
  getBestMimetype,
  type RawResponse,
  type Result,
  type Step,
} from './walk/exchange.ts'
export type {
  Answer,
  Handler,
  HandlerRequest,
  OtherAnswer,
  Provides,
  Query,
  Returned,
} from './walk/handler.ts'
export type { AfterHook, BeforeHook, ErrorClass, HookRequest, Middleware, Next } from './walk/hook.ts'
export {
  created,
  type Representation,
  type RepresentationOptions,
  redirect,
  serializeResponse,
} from './walk/representation.ts'
export type { StepName } from './walk/step-list.ts'
export type { Phase } from './walk/walk.ts'
