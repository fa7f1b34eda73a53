/** A stylesheet in a content security policy: the source that allows a `<style>` of exactly this text (CSP 3 §2.3.1). */
import { createHash } from 'node:crypto'

/** `'sha256-…'`, with its quotes. */
export function styleSource(style: string): string {
  return `'sha256-${createHash('sha256').update(style).digest('base64')}'`
}
