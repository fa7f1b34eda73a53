/**
 * What surrounds an API, as middleware for apps without an Api; an Api has an option of the same name for each.
 *
 * @module mazurka/security
 */
export { type ApiKeyOptions, apiKey } from './authentication/api-key.ts'
export { authenticate } from './authentication/authentication.ts'
export { type BasicOptions, basic } from './authentication/basic.ts'
export { type BearerOptions, bearer } from './authentication/bearer.ts'
export type { Claims } from './authentication/claims.ts'
export { type IntrospectionOptions, introspection } from './authentication/introspection.ts'
export type {
  DocumentedScheme,
  SecurityRequirement,
  SecurityScheme,
  SecuritySchemeObject,
  SecuritySchemes,
} from './authentication/security-scheme.ts'
export type { CacheOptions } from './caching/cache-options.ts'
export { cache } from './caching/caching.ts'
export {
  type AccessLogEntry,
  type AccessLogger,
  type AccessLogOptions,
  accessLog,
} from './observability/access-log.ts'
export type { RequestEnd, RequestFailure, RequestStart } from './observability/diagnostics.ts'
export { type RequestIdOptions, type RequestLogger, requestId } from './observability/request-id.ts'
export { checkHost } from './proxy/check-host.ts'
export { type Client, clientOf } from './proxy/client.ts'
export type { TrustProxy } from './proxy/trust.ts'
export { trustedProxy } from './proxy/trust-proxy.ts'
export { safeEqual } from './registry/safe-equal.ts'
export { cors } from './security/cors.ts'
export type { CorsOptions, OriginTest } from './security/cors-policy.ts'
export { csrf } from './security/csrf.ts'
export type { CsrfOptions } from './security/csrf-options.ts'
export type { Csrf } from './security/csrf-visit.ts'
export { type SecurityHeadersOptions, securityHeaders } from './security/security-headers.ts'
export { rateLimit } from './throttling/rate-limit.ts'
export type { RateLimit, RateLimitOptions } from './throttling/rate-limit-options.ts'
export type { RateLimitStore, StoreLimiter, StoreLimiterOptions } from './throttling/store-counters.ts'
