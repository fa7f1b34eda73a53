/** Secrets of the environment: all processes have the same ones, from a secret store. */

/** A secret by its name. Without it, nothing starts in production; elsewhere there is a value to try the example with. */
export function secret(name: string, toTry: string): string {
  const value = process.env[name]
  if (value) return value
  if (process.env.NODE_ENV === 'production') throw new Error(`${name} is missing: set it in the environment`)
  return toTry
}
