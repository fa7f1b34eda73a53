/**
 * Built-in documentation pages: Swagger UI, Redoc, RapiDoc, and a plain page.
 *
 * Assets are served from this host under a strict content security policy: no inline script, and no request to other
 * hosts.
 */
import { join } from 'node:path'
import { escapeHtml } from '../renderers/escape-html.ts'
import type { DocsOptions } from './api-options.ts'
import { packageFolder, requirePackageFolder } from './asset.ts'
import { plainPage, plainPagePolicy } from './plain-page.ts'
import type { UserInterface } from './user-interface.ts'

const SCRIPT = 'text/javascript; charset=utf-8' // without charset browsers guess the encoding, and the bundles fail
const STYLE = 'text/css; charset=utf-8'

/** Resources of this host only. Inline styles are allowed, because all three packages create them by script. */
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
  policy: plainPagePolicy,
  page: (facts, document) => plainPage(facts, document()),
}

/** The page of the option `ui`. @throws {TypeError} for an unknown name, or a package that is not installed. */
export function userInterfaceOf(docs: DocsOptions): UserInterface {
  const { ui = packageFolder('swagger-ui-dist') ? 'swagger-ui' : 'plain' } = docs
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
      throw new TypeError(
        `Unknown docs.ui ${JSON.stringify(ui)}: use 'swagger-ui', 'redoc', 'rapidoc', 'plain' or a UserInterface`,
      )
  }
}

function swaggerUi({ submitMethods, settings }: DocsOptions): UserInterface {
  const folder = requirePackageFolder('swagger-ui-dist')
  const methods = submitMethods?.map((method) => method.toLowerCase())
  const configuration = {
    deepLinking: true,
    validatorUrl: null, // by default every document is sent to a validator of swagger.io
    ...(methods ? { supportedSubmitMethods: methods } : {}),
    ...settings,
  }
  return {
    assets: {
      'swagger-ui.css': { contentType: STYLE, path: join(folder, 'swagger-ui.css') },
      'swagger-ui-bundle.js': { contentType: SCRIPT, path: join(folder, 'swagger-ui-bundle.js') },
      'init.js': {
        contentType: SCRIPT,
        text: `const element = document.getElementById('docs')
window.ui = SwaggerUIBundle({ url: element.dataset.document, domNode: element, ...${JSON.stringify(configuration)} })
`,
      },
    },
    policy: POLICY,
    page: ({ title, assets, document }) =>
      htmlPage(
        title,
        `<link rel="stylesheet" href="${escapeHtml(assets)}swagger-ui.css">`,
        `<div id="docs" data-document="${escapeHtml(document)}"></div>
<script src="${escapeHtml(assets)}swagger-ui-bundle.js"></script>
<script src="${escapeHtml(assets)}init.js"></script>`,
      ),
  }
}

function redoc({ settings }: DocsOptions): UserInterface {
  const path = join(requirePackageFolder('redoc'), 'bundles', 'redoc.standalone.js')
  const attributes = attributesOf({ 'hide-download-button': '', ...settings })
  return {
    assets: { 'redoc.js': { contentType: SCRIPT, path } },
    policy: `${POLICY}; worker-src blob:`, // its search runs in a worker
    page: ({ title, assets, document }) =>
      htmlPage(
        title,
        '',
        `<redoc spec-url="${escapeHtml(document)}"${attributes}></redoc>
<script src="${escapeHtml(assets)}redoc.js"></script>`,
      ),
  }
}

function rapidoc({ submitMethods, settings }: DocsOptions): UserInterface {
  const path = join(requirePackageFolder('rapidoc'), 'dist', 'rapidoc-min.js')
  const canTry = submitMethods?.length !== 0
  const attributes = attributesOf({
    'load-fonts': false,
    'allow-try': canTry,
    'allow-spec-url-load': false,
    'allow-spec-file-load': false,
    ...settings,
  })
  return {
    assets: { 'rapidoc.js': { contentType: SCRIPT, path } },
    policy: POLICY,
    page: ({ title, assets, document }) =>
      htmlPage(
        title,
        `<script type="module" src="${escapeHtml(assets)}rapidoc.js"></script>`,
        `<rapi-doc spec-url="${escapeHtml(document)}"${attributes}></rapi-doc>`,
      ),
  }
}

/** HTML attributes. @throws {TypeError} for an invalid attribute name. */
function attributesOf(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (!/^[a-z][\w-]*$/i.test(name))
        throw new TypeError(`'${name}' in docs.settings is not a valid attribute name`)
      return ` ${name}="${escapeHtml(String(value))}"`
    })
    .join('')
}

function htmlPage(title: string, head: string, body: string): string {
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
