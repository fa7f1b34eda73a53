/** The default renderer of every blueprint. */
import { json } from './json.ts'
import { PluggableRenderer } from './pluggable-renderer.ts'
import { text } from './text.ts'

/** `application/json` and `text/plain`. Each blueprint copies it at construction. */
export const contentRenderer: PluggableRenderer = /* @__PURE__ */ createDefault()

function createDefault(): PluggableRenderer {
  return new PluggableRenderer().renders('application/json', json()).renders('text/plain', text())
}
