/** `mazurka openapi list`: the names that `--api` knows. */
import type { Command } from './command.ts'
import { documentsOf } from './written-document.ts'

export const listDocuments: Command = {
  name: 'openapi list',
  summary: 'List the names that --api takes',
  parameters: ['ENTRY'],
  options: {},
  async run({ parameters: [entry = ''] }, { write }) {
    for (const { name } of await documentsOf(entry)) write(`${name}\n`)
    return 0
  },
}
