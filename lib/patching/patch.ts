/**
 * A patch document that was understood: what to do, not yet what comes of it.
 *
 *     PATCH, Content-Type: application/json-patch+json  →  body instanceof Patch
 *
 * RFC 5789 §2.
 */
export abstract class Patch {
  /**
   * What becomes of the current state, all of it or nothing. `current` itself is never changed.
   *
   * @throws {Conflict} 409, when the patch does not fit the state (RFC 5789 §2.2).
   */
  abstract apply(current: unknown): unknown
}
