/** `mazurka openapi print`: the document on stdout. */
import { type Command, stringOption } from './command.ts'
import { DOCUMENT_OPTIONS, type Format, formatDocument, selectDocument } from './document.ts'

export const printDocument: Command = {
  name: 'openapi print',
  summary: 'Print the OpenAPI document',
  parameters: ['ENTRY'],
  options: DOCUMENT_OPTIONS,
  async run(args, { write }) {
    const document = await selectDocument(args.parameters[0] ?? '', stringOption(args, 'api'))
    write(await formatDocument(document, (stringOption(args, 'format') ?? 'json') as Format))
    return 0
  },
}
