/**
 * application/json-patch+json: a list of operations on a JSON document.
 *
 *     [{ "op": "test", "path": "/version", "value": 3 }, { "op": "replace", "path": "/city", "value": "Gdynia" }]
 *
 * A malformed patch is a 400, an unknown `op` included (RFC 6902 §4). An operation that the state does not
 * allow, a failed test included, is a 409. A patch that would make the document too large is a 422.
 *
 * RFC 6902; RFC 5789 §2.2 (the three statuses).
 */

import { BadRequest, Conflict } from '../exceptions/client-errors.ts'
import { jsonValue } from '../json/json-value.ts'
import { json } from '../parsers/json.ts'
import type { ParseFunction } from '../parsers/parser.ts'
import { factory } from '../registry/factory.ts'
import { checkOptions, type Keys } from '../registry/options.ts'
import { PatchDraft } from './json-patch-draft.ts'
import { type PatchOperation, parsePatchOperation } from './json-patch-operation.ts'
import { Patch } from './patch.ts'

export interface JsonPatchOptions {
  /** Default 1000. */
  readonly maxOperations?: number
  /** Levels of arrays and objects, in the content and in the paths. Default 100. */
  readonly maxDepth?: number
}

const KEYS: Keys<JsonPatchOptions> = { maxOperations: 'count', maxDepth: 'count' }

/**
 * The parser of JSON Patch: returns a {@link Patch}.
 *
 *     api.contentParser.parses('application/json-patch+json', jsonPatch())
 *
 * @throws {BadRequest} 400, for invalid JSON, and for malformed operations, which `errors` lists.
 * @throws {TypeError} at once, for an unknown option, or a limit that is not a whole number, 0 or more.
 */
export const jsonPatch = /* @__PURE__ */ factory(
  'jsonPatch',
  (options: JsonPatchOptions = {}): ParseFunction<Patch> => {
    checkOptions('jsonPatch', options, KEYS)
    const { maxOperations = 1000, maxDepth = 100 } = options
    const parse = json({ maxDepth })
    return async (content, context) => {
      const document = await parse(content, context)
      if (!Array.isArray(document)) throw new BadRequest('A JSON Patch is a list of operations')
      if (document.length > maxOperations) {
        throw new BadRequest(`The JSON Patch has more than ${maxOperations} operations`)
      }
      const operations = document.map((item) => parsePatchOperation(item, maxDepth))
      const errors = operations.flatMap((parsed, index) =>
        typeof parsed === 'string' ? [{ detail: parsed, pointer: `#/${index}` }] : [],
      )
      if (errors.length > 0)
        throw new BadRequest(`Operation ${errors[0]?.pointer.slice(2)}: ${errors[0]?.detail}`, { errors })
      return new JsonPatch(operations as PatchOperation[])
    }
  },
)

/** Applies operations to the JSON form of the state: a Date is the string that clients see. */
class JsonPatch extends Patch {
  readonly #operations: readonly PatchOperation[]

  constructor(operations: readonly PatchOperation[]) {
    super()
    this.#operations = operations
  }

  /** @throws {UnprocessableContent} 422, when copies make the document too large; and as {@link Patch.apply}. */
  apply(current: unknown): unknown {
    return this.applyTo(jsonValue(current))
  }

  override applyTo(document: unknown): unknown {
    const draft = new PatchDraft(document)
    for (const [index, operation] of this.#operations.entries()) {
      const reason = draft.apply(operation)
      if (reason === undefined) continue
      throw new Conflict(`Operation ${index}: ${reason}`, {
        errors: [{ detail: reason, pointer: `#/${index}` }],
      })
    }
    return draft.document
  }
}
