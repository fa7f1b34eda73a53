/**
 * The parsers in the box, to be set up in another way.
 *
 * @module mazurka/parsers
 */
export { type FormOptions, form } from './parsers/form.ts'
export { type JsonOptions, json } from './parsers/json.ts'
export { text } from './parsers/text.ts'
