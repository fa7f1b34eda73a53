/** The features that an Api puts around its endpoints, in the order of their steps within a phase. */

import { AUTHENTICATION } from '../authentication/authentication.ts'
import { CACHING } from '../caching/caching.ts'
import { SECURITY_HEADERS } from '../security/security-headers.ts'
import type { Surrounding } from '../walk/surrounding.ts'

export const SURROUNDINGS: readonly Surrounding[] = [SECURITY_HEADERS, AUTHENTICATION, CACHING]
