/** YAML of a document, by the package `yaml` where it is installed; else JSON, which YAML 1.2 is a superset of. */

export async function yamlOf(json: string): Promise<string> {
  const yaml = await import('yaml').catch(() => undefined)
  // YAML 1.1 reads more words as no strings, and many readers are of that time
  return yaml?.stringify(JSON.parse(json), { compat: 'yaml-1.1', aliasDuplicateObjects: false }) ?? json
}
