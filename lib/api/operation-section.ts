/** One operation of a document as HTML: parameters, content, responses, security, and a curl line. */
import { reasonOf } from '../http/problem.ts'
import { escapeHtml } from '../renderers/escape-html.ts'
import { resolve } from '../schema/reference.ts'
import { descriptionHtml, inlineHtml } from './description.ts'
import { sampleOf } from './schema-sample.ts'
import { SchemaView } from './schema-view.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** An operation with its place in the document. */
export interface PlacedOperation {
  readonly method: string
  readonly path: string
  readonly operation: JsonObject
  /** Parameters of all operations of the path. */
  readonly shared: readonly unknown[]
  /** Fragment of the page. */
  readonly id: string
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly style?: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
  /** In place of `schema`: of one media type. */
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>
  readonly example?: unknown
}

interface Content {
  readonly description?: string
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly examples?: JsonObject }>>
  readonly headers?: Readonly<Record<string, unknown>>
}

export class OperationSection {
  readonly #document: JsonObject
  readonly #view: SchemaView
  /** Base URL of the curl lines. */
  readonly #server: string

  constructor(document: object, server: string) {
    this.#document = document as JsonObject
    this.#view = new SchemaView(document)
    this.#server = server
  }

  html({ method, path, operation, shared, id }: PlacedOperation): string {
    const { summary = '', description, deprecated, parameters = [], requestBody, responses = {} } = operation
    const all = [...shared, ...(parameters as unknown[])].map((one) => this.#expand<Parameter>(one))
    const body = requestBody ? this.#expand<Content>(requestBody) : undefined
    const title = `<code>${escapeHtml(path)}</code> ${escapeHtml(String(summary))}`
    const mark = deprecated ? ' <span class="dim">deprecated</span>' : ''
    return `<details class="operation"><summary><h3><span class="method">${method.toUpperCase()}</span> ${title}${mark}</h3></summary>
<div id="${escapeHtml(id)}">${descriptionHtml(description as string | undefined)}${this.#security(operation)}${this.#parameters(all)}
${body ? `<h4>Request content</h4>${inlineHtml(body.description)}${this.#content(body)}` : ''}
<h4>Responses</h4>${Object.entries(responses as JsonObject)
      .map(([status, response]) => this.#response(status, this.#expand<Content>(response)))
      .join('')}
<h4>curl</h4><pre><code>${escapeHtml(this.#curl(method, path, all, body))}</code></pre></div></details>`
  }

  #parameters(parameters: readonly Parameter[]): string {
    if (parameters.length === 0) return ''
    const rows = parameters.map(({ name, in: location, required, description, ...rest }) => {
      const mark = required ? ' <span class="dim">required</span>' : ''
      const cells = [
        escapeHtml(location),
        escapeHtml(this.#view.line(schemaOf(rest))),
        inlineHtml(description),
      ]
      return `<tr><th scope="row"><code>${escapeHtml(name)}</code>${mark}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
    })
    return `<h4>Parameters</h4><table class="parameters"><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
  }

  /** The media types of content, the first one unfolded. */
  #content({ content = {} }: Content): string {
    return Object.entries(content)
      .map(([type, { schema, examples = {} }], index) => {
        const samples = Object.entries(examples).map(([name, example]) => {
          const { value } = this.#expand<{ readonly value?: unknown }>(example)
          return `<p class="dim">Example: ${escapeHtml(name)}</p><pre><code>${escapeHtml(textOf(value))}</code></pre>`
        })
        return `<details${index === 0 ? ' open' : ''}><summary><code>${escapeHtml(type)}</code></summary>${schema === undefined ? '' : this.#view.html(schema)}${samples.join('')}</details>`
      })
      .join('')
  }

  #response(status: string, response: Content): string {
    const { description = '', headers = {} } = response
    const names = Object.keys(headers)
    const reason = /^\d{3}$/.test(status) ? ` ${reasonOf(Number(status))}` : ''
    const fields =
      names.length === 0
        ? ''
        : `<p class="dim">Header fields: ${names.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ')}</p>`
    const text = description === reason.trim() ? '' : ` – ${inlineHtml(description)}`
    return `<details class="response"><summary><strong>${escapeHtml(status)}</strong>${escapeHtml(reason)}${text}</summary>${fields}${this.#content(response)}</details>`
  }

  #security({ security = this.#document.security }: JsonObject): string {
    if (!Array.isArray(security) || security.length === 0) return ''
    const alternatives = security.map((schemes: Readonly<Record<string, readonly string[]>>) =>
      Object.entries(schemes)
        .map(([name, scopes]) => name + (scopes.length > 0 ? ` (${scopes.join(', ')})` : ''))
        .join(' and '),
    )
    const text = alternatives.map((one) => one || 'none').join(', or ')
    return `<p><strong>Security</strong>: ${escapeHtml(text)}</p>`
  }

  /** A request with examples for all that is required. */
  #curl(method: string, path: string, parameters: readonly Parameter[], body: Content | undefined): string {
    const required = parameters.filter(({ required }) => required)
    const target = path.replace(/\{([^{}]+)\}/g, (whole, name) => {
      const parameter = parameters.find((one) => one.in === 'path' && one.name === name)
      return parameter ? encodeURIComponent(this.#exampleOf(parameter)) : whole
    })
    const query = required.filter((one) => one.in === 'query').flatMap((one) => this.#pairsOf(one))
    const search = String(new URLSearchParams(query))
    const options = required
      .filter((one) => one.in === 'header')
      .map((one) => ['-H', `${one.name}: ${this.#exampleOf(one)}`])
    const [type, media] = Object.entries(body?.content ?? {})[0] ?? []
    if (type !== undefined && /[/+]json$/.test(type)) {
      const [example] = Object.values(media?.examples ?? {})
      const given = example && this.#expand<{ readonly value?: unknown }>(example).value
      options.push(['-H', `Content-Type: ${type}`])
      options.push(['-d', JSON.stringify(given ?? sampleOf(media?.schema, this.#document))])
    }
    const verb = method === 'get' ? [] : method === 'head' ? ['-I'] : ['-X', method.toUpperCase()]
    const url = this.#server + target + (search === '' ? '' : `?${search}`)
    const parts = [...options.flatMap(([flag = '', value = '']) => [flag, quoted(value)]), quoted(url)]
    return ['curl', ...verb, ...parts].join(' ')
  }

  #exampleOf(parameter: Parameter): string {
    const value = this.#valueOf(parameter)
    return parameter.content ? JSON.stringify(value) : String(value)
  }

  #valueOf(parameter: Parameter): unknown {
    const [media] = Object.values(parameter.content ?? {})
    return parameter.example ?? media?.example ?? sampleOf(schemaOf(parameter), this.#document) ?? 'value'
  }

  /** The pairs of a query for a parameter: several for a list, and for an object in brackets. */
  #pairsOf(parameter: Parameter): [name: string, value: string][] {
    const { name, style, content } = parameter
    const value = this.#valueOf(parameter)
    if (content || typeof value !== 'object' || value === null) return [[name, this.#exampleOf(parameter)]]
    if (style === 'deepObject') return bracketed(name, value)
    return Object.values(value).map((item) => [name, String(item)])
  }

  /** The part, or the target of its `$ref` within the document. */
  #expand<T>(part: unknown): T {
    const { $ref } = part as { readonly $ref?: unknown }
    return ($ref === undefined ? part : (resolve(this.#document, $ref) ?? {})) as T
  }
}

/** `filter[owner][name]=text` for each text in a value. */
function bracketed(name: string, value: unknown): [name: string, value: string][] {
  if (typeof value !== 'object' || value === null) return [[name, String(value ?? '')]]
  return Object.entries(value).flatMap(([key, member]) =>
    bracketed(Array.isArray(value) ? name : `${name}[${key}]`, member),
  )
}

/** The schema of a parameter, or of its content. */
function schemaOf({ schema, content = {} }: Pick<Parameter, 'schema' | 'content'>): unknown {
  return schema ?? Object.values(content)[0]?.schema
}

/** One argument of a POSIX shell. */
function quoted(text: string): string {
  return `'${inQuotes(text)}'`
}

/** A part of an argument in single quotes. */
export function inQuotes(text: string): string {
  return text.replaceAll("'", "'\\''")
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)
}
