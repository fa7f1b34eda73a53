/**
 * A JSON Schema as HTML: its type in a line, its members in a list, unfolded in place.
 *
 *     { type: 'integer', minimum: 1, default: 10 }  →  integer, at least 1, default 10
 */
import { escapeHtml } from '../renderers/escape-html.ts'
import { resolve } from '../schema/reference.ts'
import { inlineHtml } from './description.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** Members below this depth are folded. */
const OPEN_DEPTH = 1
/** Rows of one schema. Schemas that refer to each other have more than any page could show: fewer levels are unfolded. */
const MAX_ROWS = 300
/** Levels of named schemas that are unfolded: as many as fit, at least one. */
const LEVELS = [Number.POSITIVE_INFINITY, 4, 3, 2, 1]

export class SchemaView {
  readonly #document: object
  #levels = 1
  #rows = 0

  /** @param document whose components `$ref` leads to. */
  constructor(document: object) {
    this.#document = document
  }

  /** The schema in one line of text. */
  line(schema: unknown): string {
    const { type, name } = this.#named(schema)
    const facts = factsOf(type)
    const label = name === undefined ? this.#typeOf(type) : `${name} (${this.#typeOf(type)})`
    return [label, ...facts].join(', ')
  }

  /** The schema with its members, unfolded in place. */
  html(schema: unknown): string {
    let html = ''
    for (const levels of LEVELS) {
      this.#levels = levels
      this.#rows = 0
      html = this.#html(schema, [])
      if (this.#rows <= MAX_ROWS) break
    }
    return html
  }

  /** @param above names of the schemas around it: a recursive one is not unfolded. */
  #html(schema: unknown, above: readonly string[]): string {
    const { type, name } = this.#named(schema)
    const head = `<span class="type">${escapeHtml(this.line(schema))}</span>`
    const text = inlineHtml(descriptionOf(type))
    const isFolded = name !== undefined && (above.includes(name) || above.length >= this.#levels)
    const members = isFolded ? '' : this.#members(type, name === undefined ? above : [...above, name])
    return `${head}${text && ` – ${text}`}${members}`
  }

  #members(schema: JsonObject, above: readonly string[]): string {
    const { properties, items, additionalProperties, allOf, anyOf, oneOf, required = [] } = schema
    const rows = Object.entries((properties ?? {}) as JsonObject).map(([name, member]) => {
      const mark = (required as unknown[]).includes(name) ? ' <span class="dim">required</span>' : ''
      return this.#row(`<code>${escapeHtml(name)}</code>${mark}`, member, above)
    })
    if (isObject(additionalProperties)) rows.push(this.#row('other members', additionalProperties, above))
    if (isObject(items)) rows.push(this.#row('items', items, above))
    const choices = (label: string, schemas: unknown) =>
      Array.isArray(schemas) ? schemas.map((choice) => this.#row(label, choice, above)) : []
    rows.push(...choices('all of', allOf), ...choices('any of', anyOf), ...choices('one of', oneOf))
    return rows.length === 0 ? '' : `<ul class="schema">${rows.join('')}</ul>`
  }

  #row(label: string, schema: unknown, above: readonly string[]): string {
    if (++this.#rows > MAX_ROWS && this.#levels > 1) return '' // fewer levels are tried
    const html = this.#html(schema, above)
    const start = html.indexOf('<ul class="schema">')
    if (start < 0) return `<li>${label} ${html}</li>`
    const open = above.length <= OPEN_DEPTH ? ' open' : ''
    return `<li><details${open}><summary>${label} ${html.slice(0, start)}</summary>${html.slice(start)}</details></li>`
  }

  /** The schema behind a `$ref`, with the name of its component. */
  #named(schema: unknown): { readonly type: JsonObject; readonly name: string | undefined } {
    const given = isObject(schema) ? schema : {}
    const { $ref } = given
    if (typeof $ref !== 'string') return { type: given, name: undefined }
    const target = resolve(this.#document as JsonObject, $ref)
    const name = $ref.split('/').at(-1)
    return { type: isObject(target) ? { ...target, ...given } : given, name }
  }

  #typeOf(schema: JsonObject): string {
    const { type, items, format, enum: values, const: only, anyOf, oneOf, allOf, properties } = schema
    if (only !== undefined) return JSON.stringify(only)
    if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
    const types = [type ?? []].flat().map(String)
    const named = types.map((one) => {
      if (one === 'array' && isObject(items)) return `array of ${this.#itemType(items)}`
      return one === 'string' && typeof format === 'string' ? `string (${format})` : one
    })
    if (named.length > 0) return named.join(' or ')
    if (properties) return 'object'
    for (const [label, list] of Object.entries({ 'any of': anyOf, 'one of': oneOf, 'all of': allOf }))
      if (Array.isArray(list)) return `${label} ${list.length}`
    return 'any'
  }

  #itemType(items: JsonObject): string {
    const { type, name } = this.#named(items)
    return name ?? this.#typeOf(type)
  }
}

/** Bounds, pattern and default of a schema. */
function factsOf(schema: JsonObject): string[] {
  const labels: Readonly<Record<string, string>> = {
    minimum: 'at least',
    exclusiveMinimum: 'more than',
    maximum: 'at most',
    exclusiveMaximum: 'less than',
    multipleOf: 'multiple of',
    minLength: 'min. length',
    maxLength: 'max. length',
    minItems: 'min. items',
    maxItems: 'max. items',
    pattern: 'pattern',
    default: 'default',
  }
  return Object.entries(labels)
    .filter(([keyword]) => schema[keyword] !== undefined && !(keyword === 'pattern' && schema.format))
    .map(
      ([keyword, label]) =>
        `${label} ${keyword === 'pattern' ? schema[keyword] : JSON.stringify(schema[keyword])}`,
    )
}

function descriptionOf({ description }: JsonObject): string | undefined {
  return typeof description === 'string' ? description : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
