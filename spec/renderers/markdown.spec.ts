/** Markdown: tables and lists for people and agents. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { type MarkdownOptions, markdown } from '../../lib/renderers/markdown.ts'
import type { JsonSchema, RenderContext } from '../../lib/renderers/renderer.ts'

async function render(data: unknown, options?: MarkdownOptions, schema?: JsonSchema): Promise<string> {
  const rendered = await markdown(options)(data, { schema } as unknown as RenderContext)
  if (typeof rendered === 'string') return rendered
  let text = ''
  for await (const chunk of rendered as AsyncIterable<string>) text += chunk
  return text
}

describe('markdown', () => {
  it('renders a list as a table', async () => {
    const rows = [
      { id: 1, at: new Date(0) },
      { id: 2, more: true },
    ]
    expect(await render(rows)).toBe(
      '| id | at | more |\n| --- | --- | --- |\n| 1 | 1970-01-01T00:00:00.000Z |  |\n| 2 |  | true |\n',
    )
    expect(
      await render([
        [1, 2],
        [3, 4],
      ]),
    ).toBe('|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n')
  })

  it('renders an object as a list of its members, and sends text unchanged', async () => {
    expect(await render({ id: 1, tags: ['a', 'b|c'] })).toBe('- **id**: 1\n- **tags**: `["a","b|c"]`\n')
    expect(await render('# Title\n\n*text*')).toBe('# Title\n\n*text*\n')
    expect(await render(7)).toBe('7\n')
  })

  it('escapes markup and cell delimiters', async () => {
    const row = { a: 'x|y\nz', b: '<b>&`*[l](u)', snake_case: '_em_', json: ['|`'] }
    expect((await render([row])).split('\n').slice(0, 3)).toEqual([
      '| a | b | snake_case | json |',
      '| --- | --- | --- | --- |',
      '| x\\|y<br>z | &lt;b>&amp;\\`\\*\\[l\\](u) | \\_em\\_ | `` ["\\|`"] `` |',
    ])
  })

  it('renders a nested value with any number of backticks', async () => {
    const text = '` '.repeat(200_000)
    expect(await render({ a: { b: text } })).toBe(`- **a**: \`\` {"b":"${text}"} \`\`\n`)
  })

  it('has the same number of cells in every line, for any data', async () => {
    const text = fc.string({ unit: fc.constantFrom('|', '\\', '`', '\n', '\r', '<', 'a', ' ', '"') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ a: text, b: fc.array(text) }), { minLength: 1 }),
        async (rows) => {
          const lines = (await render(rows)).split('\n').slice(0, -1)
          expect(lines).toHaveLength(rows.length + 2)
          // as cmark-gfm scans a row: a backslash and punctuation are one, any other pipe ends the cell
          for (const line of lines) expect(line.replace(/\\[\\|`"<[\]]/g, '').match(/\|/g)).toHaveLength(3)
        },
      ),
    )
  })

  it('streams asynchronous rows', async () => {
    async function* rows() {
      for (let id = 0; id < 3000; id++) yield { id }
    }
    expect((await render(rows())).split('\n')).toHaveLength(3003)
  })

  it('has the header of an empty list when the columns are known', async () => {
    expect(await render([], {}, { items: { properties: { id: {} } } })).toBe('| id |\n| --- |\n')
    expect(await render([])).toBe('')
  })

  it('has an option for a title, and renders an error as its problem document', async () => {
    expect(await render({ a: 1 }, { title: 'A <b>' })).toBe('# A &lt;b>\n\n- **a**: 1\n')
    const page = await render(new NotFound('No such reading', { cause: new Error('secret') }))
    expect(page).toMatch(/^# 404: Not Found\n\n.*- \*\*detail\*\*: No such reading\n$/s)
    expect(page).not.toContain('secret')
  })
})
