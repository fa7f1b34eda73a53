/** The options of blueprints and endpoints that only an Api reads. Others refuse them, with what to do. */

const REGISTER = 'register the blueprint by api.registerBlueprint(…)'
const OR_USE = /* @__PURE__ */ REGISTER.concat(', or use the middleware of mazurka/security')

/** Advice in the error message, by option; `health` is one of the Api alone. */
export const API_OPTIONS: Readonly<Record<string, string>> = {
  trustProxy: OR_USE,
  allowedHosts: OR_USE,
  requestId: OR_USE,
  accessLog: OR_USE,
  securityHeaders: OR_USE,
  cors: OR_USE,
  csrf: OR_USE,
  rateLimit: OR_USE,
  cache: OR_USE,
  diagnostics: REGISTER,
  openTelemetry: REGISTER,
  serverTiming: REGISTER,
  versions: REGISTER,
  health: 'new Api(app, { health })',
}
