/**
 * Descriptions as HTML: the part of Markdown that OpenAPI documents use. All else is escaped.
 *
 *     A **new** pet, see [status](#status).  →  <p>A <strong>new</strong> pet, see <a href="#status">status</a>.</p>
 *
 * Paragraphs, lists, fenced code; within them emphasis, code and links to http, https, mailto, this page and this host.
 */
import { escapeHtml } from '../renderers/escape-html.ts'

/** HTML of a description; empty for none. */
export function descriptionHtml(text: string | undefined): string {
  if (typeof text !== 'string') return ''
  const parts = text.replaceAll('\r\n', '\n').split(/^```.*$/m)
  return parts.map((part, index) => (index % 2 === 1 ? codeBlock(part) : blocks(part))).join('')
}

/** HTML of one line of a description, without a paragraph around it. */
export function inlineHtml(text: string | undefined): string {
  return typeof text === 'string' ? inline(text) : ''
}

function codeBlock(text: string): string {
  return `<pre><code>${escapeHtml(text.replace(/^\n/, '').trimEnd())}</code></pre>`
}

function blocks(text: string): string {
  return text
    .split(/\n[ \t]*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map(blockHtml)
    .join('')
}

const ITEM = /^ *(?:[-*+]|\d{1,9}[.)]) +/

/** A list when its first line is an item; further lines continue the item before them. */
function blockHtml(block: string): string {
  const lines = block.split('\n')
  if (!ITEM.test(block)) return `<p>${inline(lines.map((line) => line.trim()).join('\n'))}</p>`
  const items: string[] = []
  for (const line of lines) {
    if (ITEM.test(line)) items.push(line.replace(ITEM, ''))
    else items.push(`${items.pop()}\n${line.trim()}`)
  }
  const list = /^ *\d/.test(block) ? 'ol' : 'ul'
  return `<${list}>${items.map((item) => `<li>${inline(item)}</li>`).join('')}</${list}>`
}

/** Code first: nothing within it is markup. */
function inline(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : links(part)))
    .join('')
}

function links(text: string): string {
  return text
    .split(/(\[[^[\]\n]+\]\([^()\s]+\))/)
    .map((part, index) => (index % 2 === 1 ? link(part) : emphasis(part)))
    .join('')
}

function link(text: string): string {
  const middle = text.lastIndexOf('](')
  const target = text.slice(middle + 2, -1)
  const label = emphasis(text.slice(1, middle))
  if (!/^(https?:\/\/|mailto:|#|\/(?![/\\])|\.{1,2}\/)/i.test(target)) return emphasis(text)
  return `<a href="${escapeHtml(target)}" rel="noreferrer">${label}</a>`
}

function emphasis(text: string): string {
  return escapeHtml(text)
    .replace(/\*\*([^*\n]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/g, '<em>$1</em>')
}
