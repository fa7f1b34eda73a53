/** The subject of a message about the nearest value of an option. */
import type { BlueprintOptions } from '../blueprint/blueprint-options.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'

/** `the Api`, `the blueprint 'pets'`, or the name of the endpoint in quotes; for options that an Api reads. */
export function ownerOf(
  { name, options, settings, blueprintNames }: Endpoint,
  key: keyof BlueprintOptions,
): string {
  const index = settings.findIndex((one) => one[key] !== undefined)
  if ((options as BlueprintOptions)[key] !== undefined || index < 0) return `'${name}'`
  return index === settings.length - 1 ? 'the Api' : `the blueprint '${blueprintNames[index]}'`
}
