/** The default parser of every blueprint. */
import { form } from './form.ts'
import { json } from './json.ts'
import { PluggableParser } from './pluggable-parser.ts'
import { text } from './text.ts'

/** `application/json` and `+json`, forms, `text/plain`. Each blueprint copies it at construction. */
export const contentParser: PluggableParser = /* @__PURE__ */ createDefault()

function createDefault(): PluggableParser {
  return new PluggableParser()
    .parses('application/json', json())
    .parses('application/x-www-form-urlencoded', form())
    .parses('text/plain', text())
}
