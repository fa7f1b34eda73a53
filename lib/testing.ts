/**
 * Serves an app on a free port, and checks its responses against its OpenAPI document.
 *
 * @module mazurka/testing
 */
export { type ExpectOptions, expectDocumented } from './testing/expect-documented.ts'
export { fetchFrom, type Listening, listen, type Servable, type ServedFetch } from './testing/listen.ts'
