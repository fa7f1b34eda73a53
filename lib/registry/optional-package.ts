/** Packages that only some applications need: peers that are loaded when an option asks for them. */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The exports of an optional package, loaded at once.
 *
 * @param user the feature that needs it, for the message: `The option 'cors'`.
 * @throws {TypeError} with the command that installs it.
 */
export function optionalPackage<T>(name: string, user: string): T {
  try {
    return require(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new TypeError(`${user} needs the package '${name}': npm install ${name}`, { cause: error })
  }
}
