/** The security requirements of an operation. */
import type { SecurityRequirement } from '../../authentication/security-scheme.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import type { VersionFeatures } from '../document/open-api-version.ts'

/** The requirements of an endpoint, its own or those around it; undefined without any, `[]` for a public one. */
export function securityOf(
  endpoint: Endpoint,
  { isJsonSchema: isOpenApi31 }: VersionFeatures,
): readonly SecurityRequirement[] | undefined {
  const security = endpoint.nearest('security')
  if (!security || isOpenApi31) return security || (security === false ? [] : undefined)
  const scopesOf = ([name, scopes]: [string, readonly string[]]) => {
    const type = endpoint.schemes[name]?.document.type
    return [name, type === 'oauth2' || type === 'openIdConnect' ? scopes : []] // OpenAPI 3.0.3 §4.7.30
  }
  return security.map((one) => Object.fromEntries(Object.entries(one).map(scopesOf)))
}
