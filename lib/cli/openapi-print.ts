/** `mazurka openapi print`: the document on stdout. */
import { type Command, textOf } from './command.ts'
import { chosenDocument, type Format, OPTIONS, written } from './written-document.ts'

export const printDocument: Command = {
  name: 'openapi print',
  summary: 'Print the OpenAPI document',
  parameters: ['ENTRY'],
  options: OPTIONS,
  async run(given, { write }) {
    const document = await chosenDocument(given.parameters[0] ?? '', textOf(given, 'api'))
    write(await written(document, (textOf(given, 'format') ?? 'json') as Format))
    return 0
  },
}
