/**
 * The JSON Schema 2020-12 form of a schema with keywords of older versions, or of OpenAPI 3.0, that Ajv applies.
 *
 *     { items: [{ type: 'string' }], additionalItems: false }  →  { prefixItems: [{ type: 'string' }], items: false }
 *     { type: 'string', nullable: true }                       →  { type: ['string', 'null'] }
 *
 * JSON Schema Validation draft-04 §5.1 (bounds), draft-07 §6.4.1 (items), §6.5.7 (dependencies); JSON Schema 2019-09 Core
 * §8.2.4.2 (`$recursiveRef`); OpenAPI 3.0.3 §4.7.24.1 (`nullable`).
 */
import { fragmentOf } from '../json/json-pointer.ts'
import type { JsonSchema } from './json-schema.ts'
import { copyOf, isPlain, listOf, put } from './record.ts'
import { resolve } from './reference.ts'
import { freeName, mapSchemas } from './subschema.ts'

/** A copy of a part of the schema; changed in place. */
type Draft = Record<string, unknown>

/** Translations, by a keyword of the Ajv that applies what they translate. */
const TRANSLATIONS: readonly (readonly [keyword: string, translate: (draft: Draft) => void])[] = [
  ['nullable', translateNullable],
  ['additionalItems', translateTuple],
  ['dependencies', translateDependencies],
  ['exclusiveMinimum', translateBounds],
  ['$recursiveRef', translateRecursion],
]

/**
 * The schema in keywords of 2020-12 alone; itself where it is that.
 *
 * @param isKeyword Whether the Ajv of the schema applies a keyword.
 */
export function currentForm(root: JsonSchema, isKeyword: (keyword: string) => boolean): JsonSchema {
  const translations = TRANSLATIONS.filter(([keyword]) => isKeyword(keyword))
  const copies: (readonly [part: JsonSchema, copy: Draft])[] = []
  const forms = new Map<unknown, Draft>()
  const formOf = (part: unknown): unknown => {
    if (!isPlain(part)) return part
    const form = mapSchemas(part, formOf)
    for (const [, translate] of translations) translate(form)
    forms.set(part, form)
    copies.push([part, form])
    return form
  }
  const form = formOf(root) as Draft
  const wholes: (readonly [JsonSchema, Draft])[] = [[root, form]]
  const inside = new Set(forms.keys())
  for (const [part] of copies) {
    const target = resolve(root, part.$ref, part) // may be at any place, as #/components/schemas/Pet
    if (isPlain(target) && !forms.has(target)) wholes.push([target, formOf(target) as Draft])
  }
  if (wholes.every(([part, copy]) => JSON.stringify(part) === JSON.stringify(copy))) return root
  const names = new Map<unknown, string>()
  for (const [part, copy] of copies) {
    const target = resolve(root, part.$ref, part)
    const isInPlace = inside.has(target) && resolve(form, copy.$ref, copy) !== undefined
    if (target === undefined || isInPlace) continue
    const name = names.get(target) ?? define(form, forms.get(target) ?? target)
    names.set(target, name)
    copy.$ref = fragmentOf(['$defs', name])
  }
  return form
}

/** Makes the target of a `$ref` a definition, where its pointer has a keyword that is translated, or leads out of the schema. */
function define(form: Draft, target: unknown): string {
  const definitions = isPlain(form.$defs) ? form.$defs : {}
  const name = freeName('', [definitions, form.definitions])
  put(definitions, name, target)
  form.$defs = definitions
  return name
}

function translateNullable(draft: Draft): void {
  if (typeof draft.nullable !== 'boolean') return
  if (acceptsNull(draft)) draft.type = [draft.type, 'null'].flat()
  delete draft.nullable
}

/** Whether `nullable` has an effect: not without a type, and not where the listed values lack null. */
function acceptsNull({ nullable, type, enum: values, const: only = null }: JsonSchema): boolean {
  const types = listOf([type ?? []].flat())
  const isListed = only === null && (!Array.isArray(values) || values.includes(null))
  return nullable === true && types.length > 0 && !types.includes('null') && isListed
}

function translateTuple(draft: Draft): void {
  const { items, additionalItems } = draft
  delete draft.additionalItems
  if (!Array.isArray(items)) return
  delete draft.items
  if (items.length > 0) draft.prefixItems = items
  if (additionalItems !== undefined) draft.items = additionalItems
}

function translateDependencies(draft: Draft): void {
  const { dependencies } = draft
  if (!isPlain(dependencies)) return
  delete draft.dependencies
  for (const name of Object.keys(dependencies)) {
    const dependency = dependencies[name]
    const keyword = Array.isArray(dependency) ? 'dependentRequired' : 'dependentSchemas'
    const known = isPlain(draft[keyword]) ? copyOf(draft[keyword]) : {}
    const other = Object.hasOwn(known, name) ? known[name] : undefined
    if (other === undefined) put(known, name, dependency)
    else put(known, name, Array.isArray(other) ? [other, dependency].flat() : { allOf: [other, dependency] })
    draft[keyword] = known
  }
}

function translateBounds(draft: Draft): void {
  for (const bound of ['Minimum', 'Maximum']) {
    const [exclusive, inclusive] = [`exclusive${bound}`, bound.toLowerCase()]
    const isExclusive = draft[exclusive]
    if (typeof isExclusive !== 'boolean') continue
    delete draft[exclusive]
    if (!isExclusive || draft[inclusive] === undefined) continue
    draft[exclusive] = draft[inclusive]
    delete draft[inclusive]
  }
}

/** In the description of a schema, which is the outermost one, the target is known: see `bundle.ts`. */
function translateRecursion(draft: Draft): void {
  delete draft.$recursiveAnchor
  if (typeof draft.$recursiveRef !== 'string') return
  draft[draft.$ref === undefined ? '$ref' : '$dynamicRef'] = draft.$recursiveRef
  delete draft.$recursiveRef
}
