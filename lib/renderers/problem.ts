/**
 * The exception renderer: problem documents as JSON, a page, or text.
 *
 * RFC 9457 (problem details).
 */
import { type HttpException, headingOf } from '../exceptions/http-exception.ts'
import { type ErrorItem, type Problem, reasonOf } from '../http/problem.ts'
import { jsonText } from '../json/json-text.ts'
import { escapeHtml } from './escape-html.ts'
import { pageStyle } from './page-style.ts'
import { PluggableRenderer } from './pluggable-renderer.ts'
import type { RenderContext, Rendered } from './renderer.ts'

/** The document of an exception, with the id of its report. */
export function problemWithId(exception: HttpException, { errorId }: RenderContext): Problem {
  const problem = exception.toProblem()
  return errorId === undefined ? problem : { ...problem, error_id: errorId }
}

/** The document itself, as JSON. */
export function problemJson(exception: HttpException, context: RenderContext): string {
  return jsonText(problemWithId(exception, context))
}

/** The document with the media type of problem documents, for a client that accepts plain JSON. */
function labelledProblemJson(exception: HttpException, context: RenderContext): Rendered {
  return { body: problemJson(exception, context), contentType: 'application/problem+json' }
}

/** A page without scripts; its style is in the page, and the policy of the option `securityHeaders` allows it. */
function problemHtml(exception: HttpException): Rendered {
  const { detail, errors = [] } = exception.toProblem()
  const heading = escapeHtml(headingOf(exception))
  const items = errors.map((error) => `<li>${escapeHtml(itemText(error))}</li>`)
  return [
    `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${heading}</title><style>${pageStyle}</style></head>`,
    `<body>\n<h1>${heading}</h1>`,
    ...(detail === undefined ? [] : [`<p>${escapeHtml(detail)}</p>`]),
    ...(items.length === 0 ? [] : [`<ul>\n${items.join('\n')}\n</ul>`]),
    '</body>\n</html>\n',
  ].join('\n')
}

/** Detail or title, then one line per error. */
function problemText(exception: HttpException): Rendered {
  const { detail, title, errors = [] } = exception.toProblem()
  return [detail ?? title, ...errors.map((error) => `- ${itemText(error)}`), ''].join('\n')
}

function itemText({ detail, pointer, in: location, parameter }: ErrorItem): string {
  if (pointer !== undefined) return `${pointer}: ${detail}`
  return parameter === undefined ? detail : `${location} ${parameter}: ${detail}`
}

/**
 * `application/problem+json`, `application/json` (sent as problem+json), `text/html`, `text/plain`.
 * Each blueprint copies it at construction; `renders()` adds or replaces types.
 */
export const exceptionRenderer: PluggableRenderer = /* @__PURE__ */ createDefault()

function createDefault(): PluggableRenderer {
  return new PluggableRenderer()
    .renders('application/problem+json', problemJson)
    .renders('application/json', labelledProblemJson)
    .renders('text/html', problemHtml)
    .renders('text/plain', problemText)
}

/** A problem document of status and detail, for when the exception renderer fails. */
export function bareProblem(status: number, detail?: string): string {
  return JSON.stringify({ type: 'about:blank', title: reasonOf(status), status, detail })
}
