/** `mazurka openapi list`: the names for `--api`. */
import type { Command } from './command.ts'
import { documentSourcesOf } from './document.ts'

export const listDocuments: Command = {
  name: 'openapi list',
  summary: 'List the names for --api',
  parameters: ['ENTRY'],
  options: {},
  async run({ parameters: [entry = ''] }, { write }) {
    for (const { name } of await documentSourcesOf(entry)) write(`${name}\n`)
    return 0
  },
}
