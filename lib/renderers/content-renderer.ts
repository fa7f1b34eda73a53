/** What every blueprint renders content with until it is told more. */
import { json } from './json.ts'
import { PluggableRenderer } from './pluggable-renderer.ts'
import { text } from './text.ts'

/** `application/json` and `text/plain`. Each blueprint copies it at construction. */
export const contentRenderer: PluggableRenderer = /* @__PURE__ */ usual()

function usual(): PluggableRenderer {
  return new PluggableRenderer().renders('application/json', json()).renders('text/plain', text())
}
