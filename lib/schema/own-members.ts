/** The members and items in the own keywords of a schema. */
import type { JsonSchema } from './json-schema.ts'
import { isPlain, listOf, put } from './record.ts'
import { expressionOf } from './scalar.ts'

export interface OwnMembers {
  /** Schemas by name. */
  readonly properties: Readonly<Record<string, JsonSchema>>
  /** Schemas by a pattern of names; without those that JavaScript does not support. */
  readonly patterns: readonly (readonly [pattern: string, name: RegExp, schema: JsonSchema])[]
  /** Schema of other members; not plain where they may be anything, or may not be. */
  readonly others: unknown
  /** Schemas of an array's first items. */
  readonly first: readonly unknown[]
  /** Schema of an array's other items. */
  readonly items: unknown
  readonly hasMembers: boolean
  readonly isOpen: boolean
  /** Whether other members may be anything: `additionalProperties` is true or `{}`. */
  readonly isLoose: boolean
  readonly isContainer: boolean
  /** Whether the keywords constrain a value. */
  readonly isConstrained: boolean
}

export function ownMembersOf(schema: JsonSchema): OwnMembers {
  const { properties, patternProperties, prefixItems, items = schema.unevaluatedItems } = schema
  const others = schema.additionalProperties ?? schema.unevaluatedProperties
  const hasMembers = isPlain(properties) || isPlain(patternProperties) || others !== undefined
  const isContainer = asksForContainer(schema)
  const isNarrow = schema.type !== undefined && !isContainer
  return {
    properties: schemasOf(properties),
    patterns: Object.entries(schemasOf(patternProperties)).flatMap(([pattern, of]) => {
      const expression = expressionOf(pattern)
      return expression ? [[pattern, expression, of] as const] : []
    }),
    others,
    first: [...listOf(prefixItems), ...listOf(items)],
    items: isPlain(items) ? items : undefined,
    hasMembers,
    isOpen: others !== undefined && others !== false,
    isLoose: others === true || (isPlain(others) && Object.keys(others).length === 0),
    isContainer,
    isConstrained:
      isNarrow ||
      hasMembers ||
      isPlain(items) ||
      Array.isArray(items) ||
      'prefixItems' in schema ||
      'enum' in schema ||
      'const' in schema,
  }
}

/** Schemas by name; `true` and `false` as a schema. */
function schemasOf(named: unknown): Readonly<Record<string, JsonSchema>> {
  const schemas: Record<string, JsonSchema> = {}
  if (isPlain(named))
    for (const name of Object.keys(named)) put(schemas, name, isPlain(named[name]) ? named[name] : ANYTHING)
  return schemas
}

/** The schema `true`. */
const ANYTHING: JsonSchema = {}

/** Whether the `type` of a schema includes objects or arrays. */
export function asksForContainer({ type }: JsonSchema): boolean {
  const types = [type].flat()
  return types.includes('object') || types.includes('array')
}

export function schemaOf({ properties }: OwnMembers, name: string): JsonSchema | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined
}

/** Whether a member is known by its name or a pattern. */
export function isNamed({ properties, patterns }: OwnMembers, name: string): boolean {
  return Object.hasOwn(properties, name) || patterns.some(([, expression]) => expression.test(name))
}
