/**
 * Pages of documentation: whose files they are made of, and how they are told where the document is.
 *
 * All of it comes from this host and stands under a strict content security policy: no script in the page, no
 * request elsewhere.
 */
import { join } from 'node:path'
import { escapeHtml } from '../renderers/escape-html.ts'
import { type Asset, folderOf, folderOrThrow } from './asset.ts'
import type { DocsOptions } from './docs.ts'
import { plainPage } from './plain-page.ts'

/** What a page has to know. */
export interface PageFacts {
  readonly title: string
  /** What stands before the names of its assets: relative to the page, with a slash. */
  readonly assets: string
  /** Where the document is, relative to the page. */
  readonly document: string
}

export interface UserInterface {
  /** By name, below the page. */
  readonly assets: Readonly<Record<string, Asset>>
  /** Value of `Content-Security-Policy`. */
  readonly policy: string
  /** @param document makes the document, for pages that are rendered here. */
  page(facts: PageFacts, document: () => object): string
}

const SCRIPT = 'text/javascript; charset=utf-8' // without it browsers guess, and the bundles fail
const STYLE = 'text/css; charset=utf-8'

/** Everything from here; styles in elements, because all three set them by script. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

const PLAIN: UserInterface = {
  assets: {},
  policy:
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  page: ({ title }, document) => plainPage(title, document()),
}

/** @throws {TypeError} for a page nobody knows, or whose package was asked for and is not installed. */
export function userInterfaceOf(docs: DocsOptions): UserInterface {
  const { ui = folderOf('swagger-ui-dist') ? 'swagger-ui' : 'plain' } = docs
  if (typeof ui === 'object' && typeof ui?.page === 'function') return ui
  switch (ui) {
    case 'swagger-ui':
      return swaggerUi(docs)
    case 'redoc':
      return redoc(docs)
    case 'rapidoc':
      return rapidoc(docs)
    case 'plain':
      return PLAIN
    default:
      throw new TypeError(`There is no page of documentation called ${JSON.stringify(ui)}`)
  }
}

function swaggerUi({ submitMethods, settings }: DocsOptions): UserInterface {
  const folder = folderOrThrow('swagger-ui-dist')
  const methods = submitMethods?.map((method) => method.toLowerCase())
  const all = {
    deepLinking: true,
    validatorUrl: null, // else every document is told to a host of theirs
    ...(methods ? { supportedSubmitMethods: methods } : {}),
    ...settings,
  }
  return {
    assets: {
      'swagger-ui.css': { contentType: STYLE, path: join(folder, 'swagger-ui.css') },
      'swagger-ui-bundle.js': { contentType: SCRIPT, path: join(folder, 'swagger-ui-bundle.js') },
      'init.js': {
        contentType: SCRIPT,
        text: `const place = document.getElementById('docs')
window.ui = SwaggerUIBundle({ url: place.dataset.document, domNode: place, ...${JSON.stringify(all)} })
`,
      },
    },
    policy: POLICY,
    page: ({ title, assets, document }) =>
      pageOf(
        title,
        `<link rel="stylesheet" href="${escapeHtml(assets)}swagger-ui.css">`,
        `<div id="docs" data-document="${escapeHtml(document)}"></div>
<script src="${escapeHtml(assets)}swagger-ui-bundle.js"></script>
<script src="${escapeHtml(assets)}init.js"></script>`,
      ),
  }
}

function redoc({ settings }: DocsOptions): UserInterface {
  const path = join(folderOrThrow('redoc'), 'bundles', 'redoc.standalone.js')
  const attributes = attributesOf({ 'hide-download-button': '', ...settings })
  return {
    assets: { 'redoc.js': { contentType: SCRIPT, path } },
    policy: `${POLICY}; worker-src blob:`, // its search
    page: ({ title, assets, document }) =>
      pageOf(
        title,
        '',
        `<redoc spec-url="${escapeHtml(document)}"${attributes}></redoc>
<script src="${escapeHtml(assets)}redoc.js"></script>`,
      ),
  }
}

function rapidoc({ submitMethods, settings }: DocsOptions): UserInterface {
  const path = join(folderOrThrow('rapidoc'), 'dist', 'rapidoc-min.js')
  const isTrying = submitMethods?.length !== 0
  const attributes = attributesOf({
    'load-fonts': false,
    'allow-try': isTrying,
    'allow-spec-url-load': false,
    'allow-spec-file-load': false,
    ...settings,
  })
  return {
    assets: { 'rapidoc.js': { contentType: SCRIPT, path } },
    policy: POLICY,
    page: ({ title, assets, document }) =>
      pageOf(
        title,
        `<script type="module" src="${escapeHtml(assets)}rapidoc.js"></script>`,
        `<rapi-doc spec-url="${escapeHtml(document)}"${attributes}></rapi-doc>`,
      ),
  }
}

/** @throws {TypeError} for what cannot be the name of an attribute. */
function attributesOf(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (!/^[a-z][\w-]*$/i.test(name)) throw new TypeError(`'${name}' in docs.settings is no attribute`)
      return ` ${name}="${escapeHtml(String(value))}"`
    })
    .join('')
}

function pageOf(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`
}
