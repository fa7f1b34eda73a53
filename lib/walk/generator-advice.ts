/** Advice about handlers that are generators: their body runs after the steps that read the members which it sets. */
import { isLazy } from '../renderers/source.ts'

/** A sentence for the end of a message, about data whose rows are read while they are sent; empty for other data. */
export function generatorAdvice(data: unknown): string {
  if (!isLazy(data)) return ''
  return '. The body of a generator runs while the response is sent: use a function that calls it before, and returns the generator'
}
