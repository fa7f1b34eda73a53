/** The documentation page in the box, without scripts and requests: the operations of a document as HTML. */
import { randomUUID } from 'node:crypto'
import { BoundedCache } from '../registry/bounded-cache.ts'
import { oncePerObject } from '../registry/once-per-object.ts'
import { escapeHtml } from '../renderers/escape-html.ts'
import { pageStyle } from '../renderers/page-style.ts'
import { styleSource } from '../renderers/style-source.ts'
import { PATH_ITEM_METHODS } from './api-options.ts'
import { descriptionHtml, inlineHtml } from './description.ts'
import { inQuotes, OperationSection, type PlacedOperation } from './operation-section.ts'
import type { PageFacts } from './user-interface.ts'

type JsonObject = Readonly<Record<string, unknown>>

const STYLE = `${pageStyle}
.contents{columns:20rem;list-style:none;padding:0}.contents li{padding:.1rem 0}
.operation{border:1px solid var(--line);border-radius:.4em;margin:.4rem 0;padding:0 .8rem}.operation[open]{padding-bottom:.8rem}
.operation h3{display:inline;font-size:1rem;line-height:2.4}.method{display:inline-block;min-width:4.2em;font:700 .8em ui-monospace,monospace;color:var(--accent)}
@media(max-width:40rem){.parameters thead{display:none}.parameters tr{display:block;border-bottom:1px solid var(--line);padding:.3rem 0}
.parameters th,.parameters td{display:block;border:0;padding:.05rem 0}.parameters td:empty{display:none}}
.schema{border-left:2px solid var(--line);list-style:none;padding-left:.8rem}.type{color:var(--dim)}h4{font-size:1rem}.response{margin:.2rem 0}`

/** Value of `Content-Security-Policy` for the page: its own style, nothing else. */
export const plainPagePolicy: string = [
  "default-src 'none'",
  `style-src ${styleSource(STYLE)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** HTML of all operations of a document, by tag. Made once: a request for a page of hundreds of operations would take tenths of a second. */
export function plainPage({ title, document: url, host }: PageFacts, document: object): string {
  const page = pagesOf(document).get(JSON.stringify([title, url]))
  return page.replaceAll(HOST, () => escapeHtml(inQuotes(host)))
}

/** The place of the host, which each request names: a text that no document has. */
const HOST = /* @__PURE__ */ randomUUID()

/** The pages by title and URL of the document, of which a slash at the end of the path makes two. */
const pagesOf = /* @__PURE__ */ oncePerObject(
  (document: object) =>
    new BoundedCache((key) => newPage(...(JSON.parse(key) as [title: string, url: string]), document), 4),
)

function newPage(title: string, url: string, document: object): string {
  const { info = {}, servers = [] } = document as { info?: JsonObject; servers?: readonly { url?: string }[] }
  const server = servers[0]?.url ?? ''
  const section = new OperationSection(document, /^https?:/.test(server) ? server : HOST + server)
  const groups = groupsOf(document as JsonObject)
  const yaml = url.replace(/\.json$/, '.yaml')
  const name = escapeHtml(title)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${name} <small>${escapeHtml(String(info.version ?? ''))}</small></h1>
${descriptionHtml(info.description as string | undefined)}
<p>OpenAPI document: <a href="${escapeHtml(url)}">JSON</a>, <a href="${escapeHtml(yaml)}">YAML</a></p>
</header>
<nav aria-label="Contents">
<h2>Contents</h2>
${groups.map((group) => `<h3>${escapeHtml(group.name)}</h3><ul class="contents">${group.operations.map(entryOf).join('')}</ul>`).join('\n')}
</nav>
<main>
${groups.map((group) => `<section><h2>${escapeHtml(group.name)}</h2>${group.description ? `<p>${inlineHtml(group.description)}</p>` : ''}\n${group.operations.map((one) => section.html(one)).join('\n')}</section>`).join('\n')}
</main>
</body>
</html>
`
}

function entryOf({ id, method, path }: PlacedOperation): string {
  return `<li><a href="#${escapeHtml(id)}"><span class="method">${method.toUpperCase()}</span> ${escapeHtml(path)}</a></li>`
}

interface Group {
  readonly name: string
  readonly description: string | undefined
  readonly operations: PlacedOperation[]
}

/** The operations by their first tag, in the order of the document's tags. */
function groupsOf({ paths = {}, tags = [] }: JsonObject): Group[] {
  const groups = new Map<string, Group>()
  const groupOf = (name: string, description?: string): Group => {
    const group = groups.get(name) ?? { name, description, operations: [] }
    groups.set(name, group)
    return group
  }
  for (const { name, description } of tags as { name: string; description?: string }[])
    groupOf(name, description)
  for (const [path, item] of Object.entries(paths as Readonly<Record<string, JsonObject>>)) {
    for (const key of [...PATH_ITEM_METHODS, 'x-query'].filter((one) => item[one])) {
      const operation = item[key] as JsonObject
      const method = key.replace(/^x-/, '') // before OpenAPI 3.2
      const [tag = 'Operations'] = (operation.tags ?? []) as string[]
      const id = String(operation.operationId ?? `${method} ${path}`).replace(/\s/g, '-')
      const shared = (item.parameters ?? []) as unknown[]
      groupOf(tag).operations.push({ method, path, operation, shared, id })
    }
  }
  return [...groups.values()].filter(({ operations }) => operations.length > 0)
}
