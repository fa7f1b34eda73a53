/** The options of blueprints and endpoints that only an Api reads: those of its surroundings. Others refuse them. */

export const SURROUNDING_OPTIONS: readonly string[] = [
  'trustProxy',
  'allowedHosts',
  'requestId',
  'accessLog',
  'diagnostics',
  'openTelemetry',
  'serverTiming',
  'securityHeaders',
  'cors',
  'csrf',
  'rateLimit',
  'cache',
]
