/** The Components Object of a document. */
import { isPlain } from '../../schema/record.ts'
import { deepMerge } from './deep-merge.ts'
import type { DocumentBuilder } from './document-builder.ts'

/** Components by kind and name, as the developer writes them. */
export type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** References to all components: `#/components/responses/Teapot`. */
export function referencesTo(components: Components): string[] {
  return Object.entries(components).flatMap(([kind, named]) =>
    Object.keys(named).map((name) => `#/components/${kind}/${name}`),
  )
}

/** The components that the document uses, and all of the developer's. @throws {TypeError} for two schemas of one name. */
export function componentsOf(
  builder: DocumentBuilder,
  own: Components,
): Record<string, Record<string, unknown>> {
  const written = Object.fromEntries(
    Object.entries(own).map(([kind, named]) => [
      kind,
      Object.fromEntries(
        Object.entries(named).map(([name, part]) => [
          name,
          builder.replaceSchemas(part, `components.${kind}.${name}`, 'output', name),
        ]),
      ),
    ]),
  )
  const schemas: Record<string, unknown> = Object.fromEntries(builder.schemas.entries())
  for (const [name, schema] of Object.entries(written.schemas ?? {})) {
    const isItself =
      isPlain(schema) &&
      builder.schemas.components.finalRef(String(schema.$ref)) === `#/components/schemas/${name}`
    if (isItself) continue
    if (name in schemas && JSON.stringify(schemas[name]) !== JSON.stringify(schema))
      throw new TypeError(
        `'${name}' names two different schemas: one of an endpoint, and components.schemas.${name}`,
      )
    schemas[name] = schema
  }
  const { schemas: _, ...others } = written
  const components = deepMerge(builder.components.toComponents(), others) as Record<
    string,
    Record<string, unknown>
  >
  return Object.keys(schemas).length > 0 ? { schemas, ...components } : components
}
