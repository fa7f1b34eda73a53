/** A documentation page without scripts, for use without a package: the operations of a document as HTML. */
import { escapeHtml } from '../renderers/escape-html.ts'
import { resolve } from '../schema/reference.ts'

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>
  readonly description?: string
}

interface Operation {
  readonly operationId?: string
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content
  readonly responses?: Readonly<Record<string, Content>>
}

interface Parameter {
  readonly name?: string
  readonly in?: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query']

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h2 { border-top: 1px solid #ccc; padding-top: 1rem } code { background: #f2f2f2; padding: 0 .25em }
td, th { text-align: left; vertical-align: top; padding: .15rem 1rem .15rem 0 } pre { overflow: auto }`

/** HTML of all operations of a document. */
export function plainPage(title: string, document: object): string {
  const { paths = {}, info = {} } = document as {
    paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
    info?: { description?: string; version?: string }
  }
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      sectionOf(
        method,
        path,
        item[method] as Operation,
        (item.parameters ?? []) as readonly Parameter[],
        document,
      ),
    ),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)} <small>${escapeHtml(info.version ?? '')}</small></h1>
${paragraph(info.description)}
${operations.join('\n')}
</body>
</html>
`
}

function sectionOf(
  method: string,
  path: string,
  operation: Operation,
  shared: readonly Parameter[],
  document: object,
): string {
  const {
    summary,
    description,
    deprecated,
    parameters = [],
    requestBody,
    responses = {},
    operationId = '',
  } = operation
  const rows = [...shared, ...parameters].map((parameter) =>
    parameterRow(expand(parameter, document) as Parameter),
  )
  const responseRows = Object.entries(responses).map(([status, response]) =>
    contentRow(status, expand(response, document) as Content),
  )
  return `<section id="${escapeHtml(operationId)}">
<h2><code>${method.toUpperCase()} ${escapeHtml(path)}</code> ${escapeHtml(summary ?? '')}${deprecated ? ' (deprecated)' : ''}</h2>
${paragraph(description)}
${tableOf('Parameters', rows)}
${requestBody ? tableOf('Request body', [contentRow('', expand(requestBody, document) as Content)]) : ''}
${tableOf('Responses', responseRows)}
</section>`
}

function tableOf(caption: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : `<h3>${caption}</h3>\n<table>${rows.join('')}</table>`
}

function parameterRow({ name = '', in: location = '', required, description = '' }: Parameter): string {
  return `<tr><th><code>${escapeHtml(name)}</code></th><td>${escapeHtml(location)}${required ? ', required' : ''}</td><td>${escapeHtml(description)}</td></tr>`
}

function contentRow(label: string, { description = '', content = {} }: Content): string {
  const mediaTypes = Object.entries(content).map(
    ([type, { schema }]) =>
      `<details><summary>${escapeHtml(type)}</summary><pre>${escapeHtml(JSON.stringify(schema ?? {}, undefined, 2))}</pre></details>`,
  )
  return `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(description)}</td><td>${mediaTypes.join('')}</td></tr>`
}

/** The part, or the target of its `$ref` within the document. */
function expand(part: unknown, document: object): unknown {
  const { $ref } = part as { $ref?: unknown }
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return part
  return resolve(document, $ref) ?? {}
}

function paragraph(text: string | undefined): string {
  return text ? `<p>${escapeHtml(text)}</p>` : ''
}
