/**
 * The server around an API in production: limits against slow clients, and a shutdown that loses no request.
 *
 * @module mazurka/server
 */
export { type Production, type ProductionSettings, production } from './server/production.ts'
export { type Closable, type ShutdownOptions, shutdown } from './server/shutdown.ts'
