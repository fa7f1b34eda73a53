/**
 * Associations: models whose rows relate rows of two others. A relation through them joins their table as it is, so that it would
 * also show what a row relates that the model itself does not show.
 */
import type { Model } from './model.ts'

/** @throws {TypeError} for an association that shows only some of the rows of its table. */
export function checkAssociation({ name, baseQuery, discriminator }: Model, subject: string): void {
  if (baseQuery) throw new TypeError(`${subject} would pass by the base query of '${name}'`)
  if (discriminator) throw new TypeError(`${subject} would pass by the discriminator of '${name}'`)
}

/**
 * Checks the relations through associations that were defined before the models of these were complete.
 *
 * @param models of all APIs; of several with the same name, the last one counts.
 * @throws {TypeError} that names the relation, or the proxy, and the association.
 */
export function checkAssociations(models: readonly Model[]): void {
  for (const { name, relations } of models) {
    for (const { name: relation, through } of Object.values(relations)) {
      const association = through?.model === undefined ? undefined : associationOf(through.model, models)
      if (association) checkAssociation(association, `The relation '${relation}' of '${name}'`)
    }
  }
}

/** The model with the rows of an association; where it has no API, one of the models that share its table. */
function associationOf(name: string, models: readonly Model[]): Model | undefined {
  return (
    models.findLast((model) => model.name === name) ??
    models.findLast(({ discriminator }) => discriminator?.base === name)
  )
}
