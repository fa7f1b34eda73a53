/**
 * A parsed patch document that is not yet applied.
 *
 *     PATCH, Content-Type: application/json-patch+json  →  body instanceof Patch
 *
 * RFC 5789 §2.
 */
export abstract class Patch {
  /**
   * The patched state: all operations are applied, or none. `current` itself is never changed.
   *
   * @throws {Conflict} 409, when the patch does not fit the state (RFC 5789 §2.2).
   */
  abstract apply(current: unknown): unknown

  /** The patched state of a JSON value, which may be changed itself. Default: {@link Patch.apply}. @throws as it does. */
  applyTo(document: unknown): unknown {
    return this.apply(document)
  }
}
