/**
 * Media types of versions in a document: each has the schema of its version, and the schema of one that is deprecated
 * says so. OpenAPI has no such mark for a media type.
 */
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { isPlain } from '../../schema/record.ts'
import type { Version } from '../../versions/version-set.ts'
import type { Content } from './content.ts'

/** The versions of content, or of data. */
type Table = 'request' | 'response'

/** Whether the endpoint itself is deprecated: by its option, or as its current version is. */
export function isDeprecated({ options, versions }: Endpoint): boolean {
  return options.deprecated ?? (versions !== undefined && isAgeing(versions.set.current))
}

/** The content with marks; data that is converted has other examples than that of the current version. */
export function inVersions({ versions }: Endpoint, table: Table, content: Content): Content {
  if (!versions) return content
  return Object.fromEntries(
    Object.entries(content).map(([type, object]) => {
      const version = versions.versionOf(type)
      if (!version) return [type, object]
      const { examples: _, example: __, ...rest } = object
      const kept = versions.isConverted(version, table) ? rest : object
      return [type, isAgeing(version) ? { ...kept, schema: marked(object.schema, version) } : kept]
    }),
  )
}

function isAgeing({ deprecated, sunset }: Version): boolean {
  return deprecated !== undefined || sunset !== undefined
}

function marked(schema: unknown, { name, deprecated, sunset }: Version): unknown {
  const dates = [
    ...(deprecated ? [`deprecated on ${dayOf(deprecated)}`] : []),
    ...(sunset ? [`expected to be removed on ${dayOf(sunset)}`] : []),
  ]
  const mark = { deprecated: true, description: `Version ${name}: ${dates.join(', ')}` }
  const isReference = isPlain(schema) && schema.$ref !== undefined
  return isReference ? { allOf: [schema], ...mark } : { ...mark, ...(isPlain(schema) ? schema : {}) }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
