/**
 * Authentication: the option `security` of endpoints, enforced by the schemes of their blueprint.
 *
 *     pets.security({ key: apiKey({ header: 'x-api-key', verify }) })
 *     pets.get('/pets', { security: [{ key: [] }] }, ({ identity }) => petsOf(identity))
 */

import { checkSecurity } from '../blueprint/blueprint-options.ts'
import { checkObject } from '../registry/options.ts'
import type { Middleware } from '../walk/hook.ts'
import { runStep } from '../walk/middleware.ts'
import type { Surrounding } from '../walk/surrounding.ts'
import { compileRequirement } from './requirement.ts'
import type { SecurityRequirement, SecuritySchemes } from './security-scheme.ts'

const CHALLENGE = { description: 'How to authenticate', schema: { type: 'string' } }

export const AUTHENTICATION = {
  name: 'Authentication',
  option: 'security',
  surround(endpoint) {
    endpoint.isGuarded = true
    if (!endpoint.isRouted) return
    const where = `The endpoint '${endpoint.name}'`
    const security = endpoint.nearest('security')
    if (security === undefined || security === false) return
    const compiled = compileRequirement(where, security, endpoint.schemes)
    if (!compiled) return
    const { guard, challenges, hasScopes, errors } = compiled
    const headers = { 'WWW-Authenticate': CHALLENGE }
    endpoint.documented.push({ errors: { ...errors, 401: headers, ...(hasScopes ? { 403: headers } : {}) } })
    endpoint.errorFields = { ...endpoint.errorFields, 401: () => ({ 'www-authenticate': challenges }) }
    endpoint.on('authenticate/authenticate', function authenticate({ request }) {
      return guard(request)
    })
  },
} satisfies Surrounding

/**
 * Middleware that authenticates, for an app without an Api. It sets `request.identity`, or passes an error with the
 * status 401 or 403 to `next`.
 *
 *     app.use('/pets', authenticate({ key }, [{ key: [] }]))
 *
 * @throws {TypeError} for a requirement that is met by every request, and as an endpoint with this option.
 */
export function authenticate(
  schemes: SecuritySchemes,
  requirement: readonly SecurityRequirement[],
): Middleware {
  checkObject('authenticate', schemes)
  checkSecurity('authenticate', requirement)
  const compiled = requirement && compileRequirement('authenticate', requirement, schemes)
  if (!compiled) throw new TypeError('authenticate has a requirement that every request meets')
  const { guard } = compiled
  return function authenticateRequest(request, response, next) {
    runStep(() => guard(request), response, next)
  }
}
