/**
 * The resources of a manager as a document for everybody shows them.
 *
 * Fields that the options hide are not in it, nor those that `can` hides from a client without credentials, as long as such
 * a client may use the type at all: else the document is for clients that are known, and has all fields.
 */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Resource, type ResourceLookup } from '../resource/resource.ts'
import type { Action, Can } from '../resource/resource-options.ts'

export class PublicLookup implements ResourceLookup {
  readonly hasPermissions = false
  readonly #request = new IncomingMessage(new Socket())
  readonly #lookup: ResourceLookup
  readonly #views = new Map<string, Resource>()

  constructor(lookup: ResourceLookup) {
    this.#lookup = lookup
  }

  /** The resource with the fields that are shown for an operation. */
  shown(resource: Resource, operation: Action['operation'] = 'read'): Resource {
    const { model, settings, type } = resource
    const key = `${operation} ${settings.path}`
    const known = this.#views.get(key)
    if (known) return known
    const { can, ...fields } = settings.fields
    const request = this.#request
    const may = can && ((action: Action) => isAllowed(can, action))
    const shown = may?.({ operation, type, request }) ? { ...fields, can: may } : fields
    const view = new Resource(model, { ...settings, fields: shown }, this, request, operation)
    this.#views.set(key, view)
    return view
  }

  ofModel(name: string): Resource | undefined {
    const found = this.#lookup.ofModel(name)
    return found && this.shown(found)
  }

  subtypesOf(model: string): readonly Resource[] {
    return this.#lookup.subtypesOf(model).map((resource) => this.shown(resource))
  }
}

/** A permission may throw for a client that it does not know. */
function isAllowed(can: Can, action: Action): boolean {
  try {
    return can(action) === true
  } catch {
    return false
  }
}
