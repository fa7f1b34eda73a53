/** The subject of a message about the nearest value of an option. */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'

/**
 * `the Api`, `the blueprint 'pets'`, or the name of the endpoint in quotes, for an option of its own and for one that is
 * not given.
 *
 * @param isInApi whether the outermost options are those of an Api. Default: as it is known after the surroundings.
 */
export function ownerOf(
  { name, options, settings, outerNames, isGuarded }: Endpoint,
  key: keyof BlueprintOptions,
  isInApi = isGuarded,
): string {
  const index = settings.findIndex((one) => one[key] !== undefined)
  if ((options as BlueprintOptions)[key] !== undefined || index < 0) return `'${name}'`
  return isInApi && index === settings.length - 1 ? 'the Api' : `the blueprint '${outerNames[index]}'`
}
