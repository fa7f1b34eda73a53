/** The features that an Api puts around its endpoints, in the order of their steps within a phase. */

import { CACHING } from '../caching/caching.ts'
import { CHECK_HOST } from '../proxy/check-host.ts'
import { TRUST_PROXY } from '../proxy/trust-proxy.ts'
import { SECURITY_HEADERS } from '../security/security-headers.ts'
import type { Surrounding } from '../walk/surrounding.ts'

export const SURROUNDINGS: readonly Surrounding[] = [TRUST_PROXY, CHECK_HOST, SECURITY_HEADERS, CACHING]
