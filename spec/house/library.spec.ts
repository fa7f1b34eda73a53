/** The example library: on all databases, and its page in a browser. */
import type { RequestListener } from 'node:http'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { describeEachDatabase, urlOf } from '../support/databases.ts'
import { readPage, requestsOf } from '../support/readme.ts'
import { serve } from '../support/server.ts'
import { needsCurl, run } from '../support/shell.ts'
import { expectAnswer } from '../support/shown-answer.ts'

afterEach(() => vi.unstubAllEnvs())
afterAll(closeBrowser)

/** The example with nothing done to it yet. */
async function serveLibrary(url = '') {
  vi.stubEnv('DATABASE_URL', url)
  vi.resetModules()
  return (await import('../../examples/library/index.ts')) as unknown as {
    app: { handler: RequestListener }
    stop: { close: (() => Promise<void>)[] }
  }
}

describeEachDatabase(
  'the example library',
  ({ open, dialect }) => {
    it('responds to the requests of its README as on SQLite', async (context) => {
      needsCurl(context)
      const other = await open() // tables of the same name in another schema are none of its own
      await other.run('create table person (id integer)')
      const { schema } = await open()
      const { app, stop } = await serveLibrary(urlOf(dialect as 'postgres' | 'mysql', schema))
      const { port } = await serve(app)
      for (const { line, expected } of requestsOf(readPage('examples/library/README.md')))
        expectAnswer(await run(line, port, '-sS -i'), expected, line)
      for (const close of stop.close) await close()
    })
  },
  ['postgres', 'mysql'],
)

describe('the page of the example library', () => {
  it('lists articles with their authors, finds, adds and deletes them, with what it is served from alone', async (context) => {
    const browser = await needsBrowser(context)
    const { app } = await serveLibrary()
    const { url } = await serve(app)
    const { page, faults, asked } = await visit(browser, `${url}/page`)
    const items = () =>
      page.$$eval('li', (all) =>
        all.map((one) => (one as unknown as { innerText: string }).innerText.split('\n')),
      )
    const titles = async () => (await items()).map(([title]) => title)
    await vi.waitFor(async () => expect(await items()).toHaveLength(3))
    expect((await items())[0]).toEqual(['Compilers', 'Grace · 1 comment', 'Delete'])

    await page.type('#search', 'engi')
    await vi.waitFor(async () => expect(await titles()).toEqual(['Engines']))

    await page.type('[name=title]', 'X')
    await page.type('[name=body]', 'Punched cards')
    await page.click('form button')
    const alert = () => page.$eval('[role=alert]', (one) => one.textContent)
    await vi.waitFor(async () => expect(await alert()).toMatch(/^title: Too small/))
    expect(faults.splice(0)).toEqual([expect.stringContaining('400')])

    await page.type('[name=title]', '-ray engines')
    await page.click('form button')
    await vi.waitFor(async () => expect(await titles()).toEqual(['Engines', 'X-ray engines']))
    await page.click('[aria-label="Delete X-ray engines"]')
    await vi.waitFor(async () => expect(await titles()).toEqual(['Engines']))
    await page.click('[aria-label="Delete Engines"]')
    await vi.waitFor(async () => expect(await alert()).toBe('An article with comments is kept'))
    expect(faults).toEqual([expect.stringContaining('409')])
    expect(asked.filter((one) => !one.startsWith(url) && !one.startsWith('data:'))).toEqual([])
  }, 60_000)
})
