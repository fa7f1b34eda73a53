/** The features that an Api puts around its endpoints, in the order of their steps within a phase. */

import { AUTHENTICATION } from '../authentication/authentication.ts'
import { CACHING } from '../caching/caching.ts'
import { ACCESS_LOG } from '../observability/access-log.ts'
import { DIAGNOSTICS } from '../observability/diagnostics.ts'
import { OPEN_TELEMETRY } from '../observability/open-telemetry.ts'
import { REQUEST_ID } from '../observability/request-id.ts'
import { SERVER_TIMING } from '../observability/server-timing.ts'
import { CHECK_HOST } from '../proxy/check-host.ts'
import { TRUST_PROXY } from '../proxy/trust-proxy.ts'
import { CORS } from '../security/cors.ts'
import { CSRF } from '../security/csrf.ts'
import { SECURITY_HEADERS } from '../security/security-headers.ts'
import { RATE_LIMIT } from '../throttling/rate-limit.ts'
import { VERSIONS } from '../versions/versions.ts'
import type { Surrounding } from '../walk/surrounding.ts'

export const SURROUNDINGS = [
  TRUST_PROXY,
  REQUEST_ID,
  ACCESS_LOG,
  DIAGNOSTICS,
  OPEN_TELEMETRY,
  SERVER_TIMING,
  CHECK_HOST,
  SECURITY_HEADERS,
  CORS,
  CSRF,
  RATE_LIMIT,
  AUTHENTICATION,
  CACHING,
  VERSIONS,
] as const satisfies readonly Surrounding[]
