/** Validation of OpenAPI documents: of their structure, and of the dialect of their schemas. */
import '@hyperjump/json-schema/openapi-3-0'
import '@hyperjump/json-schema/openapi-3-2'
import { validate } from '@hyperjump/json-schema/openapi-3-1'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'vitest'
import type { Blueprint } from '../../lib/index.ts'
import { type DocumentOptions, documentOf, type OpenApiDocument } from '../../lib/openapi.ts'

export const VERSIONS = ['3.0.3', '3.1.1', '3.2.0'] as const

const DIALECTS: Readonly<Record<string, string>> = {
  '3.0': 'https://spec.openapis.org/oas/3.0/schema',
  '3.1': 'https://spec.openapis.org/oas/3.1/schema-base',
  '3.2': 'https://spec.openapis.org/oas/3.2/schema-base',
}

/** The errors of a document by both validators; empty for a valid one. */
export async function faultsOf(document: OpenApiDocument): Promise<unknown[]> {
  const json = JSON.parse(JSON.stringify(document))
  const { valid, errors } = await new Validator().validate(structuredClone(json))
  const judged = await validate(DIALECTS[document.openapi.slice(0, 3)] as string, json, 'BASIC')
  const faults = judged.valid ? [] : (judged.errors ?? []).map(({ instanceLocation }) => instanceLocation)
  return [...(valid ? [] : [errors].flat()), ...faults]
}

/** The document of a blueprint, valid by both validators. */
export async function documented(
  blueprint: Blueprint,
  options: Partial<DocumentOptions> = {},
): Promise<OpenApiDocument> {
  const document = documentOf([{ blueprint }], { title: 'Spec', version: '1', ...options })
  expect(await faultsOf(document)).toEqual([])
  return document
}

// biome-ignore lint/suspicious/noExplicitAny: specs state the types they expect
type Found = any

/** The operation of a method on a path. */
export function at(document: OpenApiDocument, path: string, method = 'get'): Found {
  return document.paths[path]?.[method]
}

/** The parameters of an operation by name, references followed. */
export function parametersAt(document: OpenApiDocument, path: string, method = 'get'): Record<string, Found> {
  const listed: Found[] = at(document, path, method)?.parameters ?? []
  return Object.fromEntries(
    listed.map((parameter) => {
      const whole = parameter.$ref ? follow(document, parameter.$ref) : parameter
      return [whole.name, whole]
    }),
  )
}

/** A response of an operation, references followed. */
export function responseAt(
  document: OpenApiDocument,
  path: string,
  status: number | string,
  method = 'get',
): Found {
  const response = at(document, path, method)?.responses?.[status]
  return response?.$ref ? follow(document, response.$ref) : response
}

/** The target of a reference within the document. */
export function follow(document: OpenApiDocument, reference: string): Found {
  let found: Found = document
  for (const name of reference.slice(2).split('/')) found = found?.[name]
  return found
}
