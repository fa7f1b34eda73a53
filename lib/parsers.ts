/**
 * The default parsers, for registration with other options.
 *
 * @module mazurka/parsers
 */
export { type FormOptions, form } from './parsers/form.ts'
export { type JsonOptions, json } from './parsers/json.ts'
export { text } from './parsers/text.ts'
