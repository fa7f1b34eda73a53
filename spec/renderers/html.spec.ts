/** HTML: any data as a page, safe and without script or style. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotFound } from '../../lib/exceptions/client-errors.ts'
import { type HtmlOptions, html } from '../../lib/renderers/html.ts'
import { pageStyle } from '../../lib/renderers/page-style.ts'
import type { JsonSchema, RenderContext } from '../../lib/renderers/renderer.ts'

async function render(data: unknown, options?: HtmlOptions, schema?: JsonSchema): Promise<string> {
  const context = { endpoint: { name: 'query' }, schema } as unknown as RenderContext
  const rendered = await html(options)(data, context)
  if (typeof rendered === 'string') return rendered
  let text = ''
  for await (const chunk of rendered as AsyncIterable<string>) text += chunk
  return text
}

describe('html', () => {
  it('renders a list as a table with a heading per column', async () => {
    const page = await render([
      { id: 1, name: 'Ada' },
      { id: 2, more: true },
    ])
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(page).toContain('<th scope="col">id</th><th scope="col">name</th><th scope="col">more</th>')
    expect(page).toContain('<tr><td>1</td><td>Ada</td><td></td></tr>')
    expect(page).toMatch(/<\/tbody>\n<\/table>\n<\/body>\n<\/html>\n$/)
  })

  it('renders an object as a table of its members, and text as text', async () => {
    expect(await render({ a: 1 })).toContain('<tr><th scope="row">a</th><td>1</td></tr>')
    expect(await render('a < b')).toContain('a &lt; b')
    expect(await render('two\nlines')).toContain('<pre>\ntwo\nlines</pre>')
    expect(await render(null)).toContain('<h1>query</h1>')
  })

  it('renders nested values as tables and lists, and deeper ones as JSON', async () => {
    const page = await render({ tags: ['x', 'y'], owner: { name: 'Bo' }, rows: [{ a: 1 }, { b: 2 }] })
    expect(page).toContain('<ul><li>x</li><li>y</li></ul>')
    expect(page).toContain('<th scope="row">name</th><td>Bo</td>')
    expect(page).toContain('<th scope="col">a</th><th scope="col">b</th>')
    expect(await render({ a: { b: { c: { d: { e: 1 } } } } })).toContain('<code>{&quot;e&quot;:1}</code>')
  })

  it('links http and https URLs only', async () => {
    const [web, script] = ['https://example.org/?a=1&b="2"', 'javascript:alert(1)']
    expect(await render([{ web, script }])).toContain(
      '<td><a href="https://example.org/?a=1&amp;b=&quot;2&quot;" rel="noreferrer">' +
        'https://example.org/?a=1&amp;b=&quot;2&quot;</a></td><td>javascript:alert(1)</td>',
    )
  })

  it('renders dates as time elements', async () => {
    const text = '1970-01-01T00:00:00.000Z'
    expect(await render([{ at: new Date(0) }])).toContain(`<time datetime="${text}">${text}</time>`)
  })

  it('escapes data in every position', async () => {
    const hostile = fc.string({
      unit: fc.constantFrom('<', '>', '"', "'", '&', 'script', ' onload=', 'style', '/', 'a'),
    })
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (key, value) => {
        const page = await render([{ [`k${key}`]: value, nested: { [`n${key}`]: [value] } }], {
          title: value,
        }).then((text) => text.replace(`<style>${pageStyle}</style>`, ''))
        const tags = page.match(/<[^>]*>/g) ?? []
        const known =
          /^<(!doctype html|\/?(html|head|title|body|h1|table|thead|tbody|tr|th|td|ul|li)|meta [^<>]*)( (lang|scope|border|cellpadding|cellspacing)="\w+")*>$/
        expect(tags.filter((tag) => !known.test(tag))).toEqual([])
        expect(page.replace(/<[^>]*>/g, '')).not.toMatch(/[<>"']/)
      }),
    )
  })

  it('streams asynchronous rows', async () => {
    async function* rows() {
      for (let id = 0; id < 3000; id++) yield { id }
    }
    const page = await render(rows())
    expect(page.match(/<tr>/g)).toHaveLength(3001)
    expect(page.match(/<thead>/g)).toHaveLength(1)
  })

  it('shows a message for an empty list, or its header when the columns are known', async () => {
    expect(await render([])).toContain('<p>Nothing here.</p>\n</body>')
    expect(await render([], {}, { items: { properties: { id: {} } } })).toContain('<th scope="col">id</th>')
  })

  it('has options for title, stylesheet and language', async () => {
    const page = await render([], { title: 'A & B', stylesheet: '/s.css?a&b', language: 'pl' })
    expect(page).toContain('<title>A &amp; B</title>\n<link rel="stylesheet" href="/s.css?a&amp;b">')
    expect(page).toContain('<html lang="pl">')
    expect(await render([{ a: 1 }], { stylesheet: '/s.css' })).toContain('<table>\n')
  })

  it('shows an error as its problem document, without its cause', async () => {
    const page = await render(new NotFound('No such reading', { cause: new Error('secret') }))
    expect(page).toContain('<h1>404: Not Found</h1>')
    expect(page).toContain('No such reading')
    expect(page).not.toContain('secret')
  })
})
