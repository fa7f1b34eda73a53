/** The default renderer of every blueprint. */
import { bytes } from './bytes.ts'
import { json } from './json.ts'
import { PluggableRenderer } from './pluggable-renderer.ts'
import { text } from './text.ts'

/** Media types of files: their data is bytes. */
const BYTES = ['application/octet-stream', 'application/pdf', 'application/zip'] as const
const BYTES_RANGES = ['image/*', 'audio/*', 'video/*', 'font/*'] as const

/** `application/json`, `text/plain`, and bytes of the usual types. Each blueprint copies it at construction. */
export const contentRenderer: PluggableRenderer = /* @__PURE__ */ createDefault()

function createDefault(): PluggableRenderer {
  const renderer = new PluggableRenderer().renders('application/json', json()).renders('text/plain', text())
  const render = bytes()
  for (const type of [...BYTES, ...BYTES_RANGES]) renderer.renders(type, render)
  return renderer
}
