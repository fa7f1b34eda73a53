/**
 * The server around an API in production: limits against slow clients, and a shutdown that loses no request, and its health.
 *
 * @module mazurka/server
 */
export { type HealthOptions, health } from './server/health.ts'
export { type Production, type ProductionSettings, production } from './server/production.ts'
export type { Check } from './server/readiness.ts'
export { type Closable, type ShutdownOptions, shutdown } from './server/shutdown.ts'
