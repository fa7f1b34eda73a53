/** The page at `/` of every example: the curl lines of its README. */
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** The requests that the README of an example shows. */
export function curlLines(example: string): string[] {
  const readme = readFileSync(`${import.meta.dirname}/${example}/README.md`, 'utf8')
  return [...readme.matchAll(/^```sh\n(curl [\s\S]*?)```$/gm)].map(([, lines = '']) => lines.trim())
}

/** Middleware that serves the page. */
export function startPage(example: string) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    if (request.url !== '/' || !(request.method === 'GET' || request.method === 'HEAD')) return next()
    const origin = request.headers.host ?? 'localhost:3000'
    const items = curlLines(example).map(
      (line) => `<pre>${escapeText(line.replaceAll('localhost:3000', origin))}</pre>`,
    )
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
    })
    response.end(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mazurka: ${example}</title></head>
<body>
<h1>Mazurka: ${example}</h1>
<p>This example is running. Try:</p>
${items.join('\n')}
</body>
</html>
`)
  }
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
