/**
 * Request schemas under the policy for unknown members: what an endpoint refuses is not documented as possible.
 *
 *     refuse   { properties }                              →  { properties, additionalProperties: false }
 *     drop     { properties, additionalProperties: true }  →  { properties }
 */
import type { UnknownPolicy } from '../../arguments/argument-reader.ts'
import { fragmentOf } from '../../json/json-pointer.ts'
import type { JsonSchema } from '../../schema/json-schema.ts'
import { sourcesOf } from '../../schema/member-sources.ts'
import { isPlain, put } from '../../schema/record.ts'
import { definitionName, targetsOf } from '../../schema/reference.ts'
import { mapSubschemas } from '../../schema/subschema.ts'
import type { SchemaName } from './schema-name.ts'

/** A schema under a policy. */
export interface PolicySchema {
  readonly root: JsonSchema
  /** Names of the parts that the policy changes, so that they differ from those without it: `PetStrict`. */
  readonly names: ReadonlyMap<object, SchemaName>
}

const SUFFIX: Readonly<Record<UnknownPolicy, string>> = { refuse: 'Strict', drop: 'Stripped', keep: 'Loose' }

/**
 * The schema under a policy; the schema itself where the policy changes nothing.
 *
 * @param nameOf the name of a part; `key` is its key in `$defs`.
 */
export function underPolicy(
  root: JsonSchema,
  policy: UnknownPolicy,
  nameOf: (part: JsonSchema, key?: string) => SchemaName | undefined,
): PolicySchema {
  const parts: Part[] = []
  const combined = referencesIn(root)
  const copy = copyOf(root, { root, policy, parts, combined }, '#', false) as JsonSchema
  const names = new Map<object, SchemaName>()
  if (JSON.stringify(copy) === JSON.stringify(root)) return { root, names }
  const facts = parts.map(factsOf)
  const changed = changedNames(facts)
  for (const { part, isChanged, references } of facts) {
    if (!isChanged && !references.some((reference) => changed.has(reference))) continue
    const name = nameOf(part.original, definitionName(part.pointer))
    if (name) names.set(part.copied, { ...name, name: name.name + SUFFIX[policy] })
  }
  return { root: copy, names }
}

/** A part of the schema, before and after. */
interface Part {
  readonly original: JsonSchema
  readonly copied: object
  /** The fragment of a `$ref` to it; only of the root and of definitions. */
  readonly pointer: string | undefined
}

interface Copying {
  readonly root: JsonSchema
  readonly policy: UnknownPolicy
  readonly parts: Part[]
  /** Targets of the `$ref`s beside other schemas of one location: they stay open. */
  readonly combined: ReadonlySet<unknown>
}

/** @param isBeside whether other schemas apply to the same location: `additionalProperties` would forbid their members. */
function copyOf(part: unknown, copying: Copying, pointer: string | undefined, isBeside: boolean): unknown {
  if (!isPlain(part)) return part
  const { root, policy, parts, combined } = copying
  const isCombined = isBeside || combined.has(part)
  const hasSeveral = isCombined || sourcesOf(part) > 1
  const copied = mapSubschemas(part, (inner, keyword) => {
    if (keyword === 'not' || keyword === 'if') return inner
    return copyOf(inner, copying, undefined, hasSeveral && COMBINING.includes(keyword))
  })
  for (const keyword of DEFINITIONS) {
    const definitions = part[keyword]
    if (!isPlain(definitions)) continue
    const copies: Record<string, unknown> = {}
    for (const name of Object.keys(definitions)) {
      put(copies, name, copyOf(definitions[name], copying, fragmentOf([keyword, name]), false))
    }
    copied[keyword] = copies
  }
  for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
    const isLoose = hasNames(part) && isAnything(part[keyword])
    if ((isLoose && policy !== 'keep') || (part[keyword] === false && policy !== 'refuse'))
      delete copied[keyword]
  }
  if (policy === 'refuse' && !isCombined)
    close(copied, hasSeveral || targetsOf(root, part).some((target) => combined.has(target)))
  parts.push({ original: part, copied, pointer })
  return copied
}

function close(schema: Record<string, unknown>, hasSeveral: boolean): void {
  const others = schema.additionalProperties ?? schema.unevaluatedProperties
  if (others !== undefined) return
  if (hasSeveral && MEMBERS.test(JSON.stringify(schema))) schema.unevaluatedProperties = false
  else if (isPlain(schema.properties) || isPlain(schema.patternProperties))
    schema.additionalProperties = false
}

/** Whether a combination of schemas has members. */
const MEMBERS = /"(properties|patternProperties|\$ref|\$dynamicRef)":/
const DEFINITIONS = ['$defs', 'definitions']
/** Keywords whose schemas apply to the same location. */
const COMBINING = ['allOf', 'anyOf', 'oneOf', 'then', 'else', 'dependentSchemas']

/** The targets of `$ref`s that stand beside other schemas of their location. */
function referencesIn(root: JsonSchema): ReadonlySet<unknown> {
  const found = new Set<unknown>()
  const visit = (part: unknown, isCombined: boolean): unknown => {
    if (!isPlain(part)) return part
    const hasSeveral = isCombined || sourcesOf(part) > 1
    if (hasSeveral) for (const target of targetsOf(root, part)) if (isPlain(target)) found.add(target)
    mapSubschemas(part, (inner, keyword) => visit(inner, hasSeveral && COMBINING.includes(keyword)))
    for (const keyword of DEFINITIONS)
      for (const definition of Object.values(part[keyword] ?? {})) visit(definition, false)
    return part
  }
  visit(root, false)
  return found
}

/** What decides whether a part is another one under the policy. */
interface Facts {
  readonly part: Part
  /** Its pointer, `$id` and anchor, by which others refer to it. */
  readonly names: readonly string[]
  /** Whether it is different itself. */
  readonly isChanged: boolean
  /** The references in it. */
  readonly references: readonly string[]
}

const REFERENCE = /"\$(?:ref|dynamicRef)":("(?:[^"\\]|\\.)*")/g

function factsOf(part: Part): Facts {
  const { original, copied, pointer } = part
  const text = JSON.stringify(copied)
  const names = [pointer, original.$id, anchorOf(original)].filter((name) => typeof name === 'string')
  const references = Array.from(text.matchAll(REFERENCE), ([, reference]) => JSON.parse(reference as string))
  return { part, names, isChanged: text !== JSON.stringify(original), references }
}

/** Names of changed definitions, also of those that refer to one. */
function changedNames(facts: readonly Facts[]): ReadonlySet<string> {
  const changed = new Set<string>()
  const users = new Map<string, Facts[]>()
  for (const user of facts) {
    if (user.names.length === 0) continue
    if (user.isChanged) for (const name of user.names) changed.add(name)
    for (const reference of user.references) {
      const known = users.get(reference)
      if (known) known.push(user)
      else users.set(reference, [user])
    }
  }
  // names that are added meanwhile come later in the same loop
  for (const name of changed)
    for (const user of users.get(name) ?? []) for (const other of user.names) changed.add(other)
  return changed
}

function anchorOf({ $anchor, $dynamicAnchor = $anchor }: JsonSchema): string | undefined {
  return typeof $dynamicAnchor === 'string' ? `#${$dynamicAnchor}` : undefined
}

function hasNames({ properties }: JsonSchema): boolean {
  return isPlain(properties) && Object.keys(properties).length > 0
}

function isAnything(schema: unknown): boolean {
  return schema === true || (isPlain(schema) && Object.keys(schema).length === 0)
}
