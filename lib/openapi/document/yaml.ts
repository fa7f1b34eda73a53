/** YAML text of an OpenAPI document. RFC 9512 (application/yaml). */

/** Undefined when the optional package `yaml` is not installed. */
export async function toYaml(json: string): Promise<string | undefined> {
  const yaml = await import('yaml').catch(() => undefined)
  // YAML 1.1 readers take more plain scalars for booleans and numbers: `compat` quotes these
  return yaml?.stringify(JSON.parse(json), { compat: 'yaml-1.1', aliasDuplicateObjects: false })
}
