/** Security schemes of a document, and its requirements: each scheme they name has to be defined. */
import type { JsonSchema } from '../../schema/json-schema.ts'
import { isPlain, listOf } from '../../schema/record.ts'
import { resolve } from '../../schema/reference.ts'
import type { EndpointEntry } from '../operation/endpoint-entry.ts'
import type { PathItem } from './path-item.ts'

/** The schemes that endpoints require. @throws {TypeError} for two different schemes of one name. */
export function securitySchemesOf(entries: readonly EndpointEntry[]): Record<string, JsonSchema> {
  const schemes: Record<string, JsonSchema> = {}
  for (const { endpoint, operationId } of entries) {
    for (const name of (endpoint.nearest('security') || []).flatMap((one) => Object.keys(one))) {
      const document = endpoint.schemes[name]?.document
      if (!document) continue // found by checkSecurity
      const known = schemes[name] ?? document
      if (JSON.stringify(known) !== JSON.stringify(document))
        throw new TypeError(`'${name}' names two different security schemes, one of them in '${operationId}'`)
      schemes[name] = known
    }
  }
  return schemes
}

/** @throws {TypeError} for a security scheme that the document does not define, naming the operation. */
export function checkSecurity(document: JsonSchema): void {
  const schemes = resolve(document, '#/components/securitySchemes')
  const check = (requirements: unknown, where: string): void => {
    const names = listOf(requirements).flatMap((requirement) =>
      isPlain(requirement) ? Object.keys(requirement) : [],
    )
    const unknown = names.find((name) => !isPlain(schemes) || !Object.hasOwn(schemes, name))
    if (unknown === undefined) return
    throw new TypeError(
      `The security of ${where} requires '${unknown}', which components.securitySchemes does not define`,
    )
  }
  check(document.security, 'the document')
  for (const item of Object.values(document.paths as Record<string, PathItem>)) {
    for (const { security, operationId } of Object.values(item)) check(security, `'${operationId}'`)
  }
}
