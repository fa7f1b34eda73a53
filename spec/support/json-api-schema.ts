/**
 * JSON Schema of JSON:API documents: the official one of 1.0, from the package jsonapi-validator, with the members that
 * 1.1 has added.
 */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { ROOT } from './readme.ts'

// biome-ignore lint/suspicious/noExplicitAny: the schema is changed by the paths of its members
type Json = any

const OFFICIAL = `${ROOT}node_modules/jsonapi-validator/lib/schema.json`
const AT_MEMBER = '^@'
/** JSON:API 1.1, "Member Names"; spaces are allowed and not recommended. */
const INNER = 'A-Za-z0-9\\u0080-\\uffff'
const MEMBER_NAME = `^[${INNER}](?:[-_ ${INNER}]*[${INNER}])?$`
const URIS = { type: 'array', items: { type: 'string', format: 'uri' } }
const TEXT = { type: 'string' }

export type Role = 'request' | 'response'

/** The errors of a document by the schema; of a request an id is optional, and a `lid` may be in its place. */
export function schemaProblems(document: unknown, role: Role): string[] {
  const validate = VALIDATORS[role]
  if (validate(document)) return []
  const all = (validate.errors ?? []).filter(({ keyword }) => !['oneOf', 'anyOf'].includes(keyword))
  const deepest = Math.max(...all.map(({ instancePath }) => instancePath.split('/').length))
  const found = all.filter(({ instancePath }) => instancePath.split('/').length === deepest)
  const texts = found.map(({ instancePath, message, params }) => {
    const name = params.additionalProperty ?? params.propertyName
    return `${instancePath || 'the document'} ${message}${name === undefined ? '' : ` (${name})`}`
  })
  return [...new Set(texts)]
}

const VALIDATORS: Readonly<Record<Role, ValidateFunction>> = {
  request: compile('request'),
  response: compile('response'),
}

function compile(role: Role): ValidateFunction {
  const { $schema: _, ...schema }: Json = JSON.parse(readFileSync(OFFICIAL, 'utf8'))
  const { definitions } = schema
  const { resource, linkage, links, link, jsonapi, error, attributes, relationships } = definitions
  const named = (reserved: string) => MEMBER_NAME.replace('^', `^(?!(?:${reserved})$)`)
  attributes.patternProperties = { [named('relationships|links|id|type')]: {} }
  const [relationship] = Object.values(relationships.patternProperties) as Json[]
  relationships.patternProperties = { [named('id|type')]: relationship }
  for (const { properties } of [resource, linkage]) properties.type = { ...TEXT, pattern: MEMBER_NAME }
  links.additionalProperties = { anyOf: [links.additionalProperties, { type: 'null' }] }
  definitions.relationshipLinks.additionalProperties = links.additionalProperties
  link.oneOf[1].properties = {
    ...link.oneOf[1].properties,
    rel: TEXT,
    describedby: { $ref: '#/definitions/link' },
    title: TEXT,
    type: TEXT,
    hreflang: { anyOf: [TEXT, { type: 'array', items: TEXT }] },
  }
  link.oneOf[1].additionalProperties = false
  Object.assign(jsonapi.properties, { ext: URIS, profile: URIS })
  error.properties.source = {
    type: 'object',
    properties: { pointer: { ...TEXT, pattern: '^(?:/|$)' }, parameter: TEXT, header: TEXT },
    additionalProperties: false,
    minProperties: 1,
  }
  error.properties.status = { ...TEXT, pattern: '^[45]\\d\\d$' }
  error.properties.links = {
    type: 'object',
    properties: { about: { $ref: '#/definitions/link' }, type: { $ref: '#/definitions/link' } },
    additionalProperties: false,
  }
  error.minProperties = 1
  if (role === 'request') {
    resource.required = ['type']
    resource.properties.lid = TEXT
    linkage.required = ['type']
    linkage.anyOf = [{ required: ['id'] }, { required: ['lid'] }]
    linkage.properties.lid = TEXT
  }
  allowAtMembers(schema)
  const ajv = new Ajv({ allErrors: true, strict: false })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

/** Members with @ are allowed wherever others are forbidden. */
function allowAtMembers(schema: Json): void {
  if (typeof schema !== 'object' || schema === null) return
  Object.values(schema).forEach(allowAtMembers)
  if (schema.additionalProperties === false)
    schema.patternProperties = { ...schema.patternProperties, [AT_MEMBER]: {} }
}
