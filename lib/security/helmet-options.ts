/** Checks of the options of `helmet`, which ignores what it does not know. */
import { suggestion } from '../registry/nearest.ts'
import { checkObject, checkOptions } from '../registry/options.ts'

const WHERE = "The option 'securityHeaders'"

const POLICY = ['policy']
const TRANSPORT = ['maxAge', 'includeSubDomains', 'preload']
const FRAME = ['action']
const DOMAINS = ['permittedPolicies']
const PREFETCH = ['allow']

/** Members of the options that take an object, older names included. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  contentSecurityPolicy: ['useDefaults', 'directives', 'reportOnly'],
  crossOriginEmbedderPolicy: POLICY,
  crossOriginOpenerPolicy: POLICY,
  crossOriginResourcePolicy: POLICY,
  referrerPolicy: POLICY,
  strictTransportSecurity: TRANSPORT,
  hsts: TRANSPORT,
  xFrameOptions: FRAME,
  frameguard: FRAME,
  xPermittedCrossDomainPolicies: DOMAINS,
  permittedCrossDomainPolicies: DOMAINS,
  xDnsPrefetchControl: PREFETCH,
  dnsPrefetchControl: PREFETCH,
}

/** Directives of a content security policy, for misspelled ones; others are left to browsers. */
const DIRECTIVES = [
  ...[
    'defaultSrc',
    'scriptSrc',
    'scriptSrcElem',
    'scriptSrcAttr',
    'styleSrc',
    'styleSrcElem',
    'styleSrcAttr',
  ],
  ...['imgSrc', 'fontSrc', 'connectSrc', 'mediaSrc', 'objectSrc', 'frameSrc', 'childSrc', 'workerSrc'],
  ...[
    'manifestSrc',
    'prefetchSrc',
    'baseUri',
    'formAction',
    'frameAncestors',
    'sandbox',
    'reportUri',
    'reportTo',
  ],
  ...['upgradeInsecureRequests', 'blockAllMixedContent', 'requireTrustedTypesFor', 'trustedTypes'],
]

/**
 * Checks options before `helmet` gets them.
 *
 * @param names the options that the installed version of it knows.
 * @throws {TypeError} for an unknown option or member, and for a function: the fields are made once, for all requests.
 */
export function checkHelmetOptions(options: object, names: readonly string[]): void {
  checkOptions(WHERE, options, Object.fromEntries(names.map((name) => [name, true] as const)))
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || typeof value === 'boolean') continue
    const place = `${WHERE}, in '${name}',`
    const members = MEMBERS[name]
    if (members)
      checkOptions(place, value, Object.fromEntries(members.map((member) => [member, true] as const)))
    checkObject(place, value)
    checkDirectives(place, (value as { readonly directives?: unknown }).directives)
  }
}

function checkDirectives(where: string, directives: unknown): void {
  if (directives === undefined) return
  const place = `${where} in 'directives',`
  checkObject(place, directives)
  for (const [name, values] of Object.entries(directives)) {
    const directive = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const misspelled = DIRECTIVES.includes(directive) ? '' : suggestion(directive, DIRECTIVES)
    if (misspelled) throw new TypeError(`${place} has the unknown directive '${name}'${misspelled}`)
    if ([values].flat().some((value) => typeof value === 'function'))
      throw new TypeError(
        `${place} has a function for '${name}', which would be called once for all requests: use helmet itself as middleware, and securityHeaders: false`,
      )
  }
}
