/** Whether content is what its schema in a document says: by Ajv, where it is installed. */

import { pointerOf } from '../json/json-pointer.ts'
import type { OpenApiDocument } from '../openapi/document/document.ts'
import type { Schema } from '../schema/schema.ts'
import { validate } from '../schema/validate.ts'
import { type Part, placeOf } from './documented-operation.ts'

/** Schemas are compiled once for each document. */
const compiled = new WeakMap<OpenApiDocument, Map<string, Schema>>()

let told = false

/** What is wrong with a value; nothing where it cannot be told. @param media the Media Type Object. */
export async function faultsIn(document: OpenApiDocument, media: Part, value: unknown): Promise<string[]> {
  if (media.value.schema === undefined) return []
  const schema = await schemaAt(document, pointerOf([...media.path, 'schema']))
  if (!schema) return []
  const result = await validate(schema, value)
  if (!('issues' in result)) return []
  return result.issues.map(
    ({ path, detail }) => `the content at ${pointerOf(path)} ${detail} (${placeOf(media)}/schema)`,
  )
}

async function schemaAt(document: OpenApiDocument, place: string): Promise<Schema | undefined> {
  const known = compiled.get(document) ?? new Map<string, Schema>()
  compiled.set(document, known)
  const found = known.get(place)
  if (found) return found
  if (document.openapi.startsWith('3.0')) return tell('are checked by documents of OpenAPI 3.1 and later')
  const make = await import('../schema/ajv.ts').catch(() => undefined)
  if (!make) return tell('are checked where ajv is installed')
  const schema = make.jsonSchema({ ...document, $ref: place }) // the document is where its references lead
  known.set(place, schema)
  return schema
}

/** Once: a suite that checks less than it seems to should say so, and not a thousand times. */
function tell(when: string): undefined {
  if (!told) process.emitWarning(`mazurka/testing does not check contents: they ${when}`)
  told = true
}
