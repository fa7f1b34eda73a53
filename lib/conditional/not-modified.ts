/**
 * Thrown where a client turns out to have the current representation already: 304, and no error.
 *
 * One for all, told by identity: what is thrown may be anything, and not all of it can be asked.
 *
 * RFC 9110 §15.4.5.
 */
export const NOT_MODIFIED = /* @__PURE__ */ Symbol('304 Not Modified')
