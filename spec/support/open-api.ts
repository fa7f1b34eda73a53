/** Judges of OpenAPI documents: one of their structure, one of their schemas too. */
import { registerSchema, unregisterSchema, validate } from '@hyperjump/json-schema/openapi-3-1'
import '@hyperjump/json-schema/openapi-3-0'
import '@hyperjump/json-schema/openapi-3-2'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'vitest'
import { type DocumentOptions, documentOf, type OpenApiDocument } from '../../lib/openapi.ts'
import type { Blueprint } from '../../lib/index.ts'

void registerSchema
void unregisterSchema

export const VERSIONS = ['3.0.3', '3.1.1', '3.2.0'] as const

const DIALECTS: Readonly<Record<string, string>> = {
  '3.0': 'https://spec.openapis.org/oas/3.0/schema',
  '3.1': 'https://spec.openapis.org/oas/3.1/schema-base',
  '3.2': 'https://spec.openapis.org/oas/3.2/schema-base',
}

/** What is wrong with a document, by both judges; none when nothing is. */
export async function faultsOf(document: OpenApiDocument): Promise<unknown[]> {
  const json = JSON.parse(JSON.stringify(document))
  const { valid, errors } = await new Validator().validate(structuredClone(json))
  const dialect = DIALECTS[document.openapi.slice(0, 3)] as string
  const judged = await validate(dialect, json, 'BASIC')
  const faults = judged.valid ? [] : (judged.errors ?? []).map(({ instanceLocation }) => instanceLocation)
  return [...(valid ? [] : [errors].flat()), ...faults]
}

/** The document of one blueprint, found good by both judges. */
export async function documented(
  blueprint: Blueprint,
  options: Partial<DocumentOptions> = {},
): Promise<OpenApiDocument> {
  const document = documentOf([{ blueprint }], { title: 'Spec', version: '1', ...options })
  expect(await faultsOf(document)).toEqual([])
  return document
}

/** The operation of a method on a path, to be read as it is. */
// biome-ignore lint/suspicious/noExplicitAny: specs say what they expect to find
export function at(document: OpenApiDocument, path: string, method = 'get'): any {
  return document.paths[path]?.[method]
}
