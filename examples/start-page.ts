/** The page at `/` of every example: what its README shows, with the curl lines to try. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pageStyle } from 'mazurka/renderers'

interface Request {
  /** The sentence before the curl line. */
  readonly text: string
  readonly line: string
}

/** The requests that the README of an example shows. */
function requestsOf(example: string): Request[] {
  const readme = readFileSync(`${import.meta.dirname}/${example}/README.md`, 'utf8')
  const fences = readme.split(/^```/m) // prose and fences in turn
  return fences.flatMap((fence, index) => {
    const [, line] = /^sh\n(curl [\s\S]*)$/.exec(fence) ?? []
    const text = fences[index - 1]?.trim().split('\n\n').at(-1) ?? ''
    return line === undefined ? [] : [{ text, line: line.trim() }]
  })
}

/** The curl lines alone. */
export function curlLines(example: string): string[] {
  return requestsOf(example).map(({ line }) => line)
}

const STYLE_HASH = createHash('sha256').update(pageStyle).digest('base64')

/** Middleware that serves the page. `links` are paths of the app by their label. */
export function startPage(example: string, links: Readonly<Record<string, string>> = {}) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (request.url !== '/' || !(request.method === 'GET' || request.method === 'HEAD')) return next()
    const origin = request.headers.host ?? 'localhost:3000'
    const items = requestsOf(example).map(({ text, line }) => {
      const command = escapeText(line.replaceAll('localhost:3000', origin))
      return `${text === '' ? '' : `<p>${withCode(text)}</p>\n`}<pre>${command}</pre>`
    })
    const anchors = Object.entries(links).map(([label, path]) => `<a href="${path}">${label}</a>`)
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'`,
    })
    response.end(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mazurka: ${example}</title><style>${pageStyle}</style></head>
<body>
<h1>Mazurka: ${example}</h1>
<p>This example is running. ${anchors.length > 0 ? `See its ${anchors.join(' and ')}, or try` : 'Try'}:</p>
${items.join('\n')}
</body>
</html>
`)
  }
}

/** Text with its `code`; links keep their text. */
function withCode(text: string): string {
  return escapeText(text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')).replace(/`([^`]+)`/g, '<code>$1</code>')
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
