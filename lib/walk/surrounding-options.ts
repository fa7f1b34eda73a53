/** The options that only an Api reads, those of its surroundings among them. Others refuse them, with what to do. */

const REGISTER = 'register the blueprint by api.registerBlueprint(…)'

function registerOrUse(middleware: string): string {
  return `${REGISTER}, or use the middleware ${middleware}() of mazurka/security`
}

/** What to do, by the option of a blueprint or an endpoint that is outside of an Api. */
export const SURROUNDING_OPTIONS: Readonly<Record<string, string>> = {
  trustProxy: /* @__PURE__ */ registerOrUse('trustedProxy'),
  allowedHosts: /* @__PURE__ */ registerOrUse('checkHost'),
  requestId: /* @__PURE__ */ registerOrUse('requestId'),
  accessLog: /* @__PURE__ */ registerOrUse('accessLog'),
  diagnostics: REGISTER,
  openTelemetry: REGISTER,
  serverTiming: REGISTER,
  securityHeaders: /* @__PURE__ */ registerOrUse('securityHeaders'),
  cors: /* @__PURE__ */ registerOrUse('cors'),
  csrf: /* @__PURE__ */ registerOrUse('csrf'),
  rateLimit: /* @__PURE__ */ registerOrUse('rateLimit'),
  cache: /* @__PURE__ */ registerOrUse('cache'),
  versions: REGISTER,
}

/** What to do, also by the options that an Api has for itself alone. */
export const API_OPTIONS: Readonly<Record<string, string>> = {
  ...SURROUNDING_OPTIONS,
  health: 'new Api(app, { health: … })',
}
