/** What is served about an Api: the document and the page of documentation, also as a browser sees it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { Api, type ApiOptions, type UserInterface } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { folder } from '../support/form.ts'
import { polka, polkas } from '../support/polka.ts'
import { ROOT } from '../support/readme.ts'
import { serve } from '../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: what the compiler would refuse, and documents read from the wire
type Any = any

const Pet = z
  .object({ id: z.int(), name: z.string(), status: z.enum(['available', 'pending', 'sold']) })
  .meta({ id: 'Pet' })

function pets(): RestBlueprint {
  const blueprint = new RestBlueprint('pets', { description: 'Everything about pets', prefix: '/pets' })
  const burek = { id: 1, name: 'Burek', status: 'available' as const }
  const { shape } = Pet
  const body = z.object({ name: shape.name, status: shape.status })
  blueprint.get('/', { name: 'list', summary: 'All pets', response: z.array(Pet) }, () => [burek])
  blueprint.post('/', { name: 'add', summary: 'A new pet', body, response: { 201: Pet } }, ({ body }) => ({
    id: 2,
    ...body,
  }))
  blueprint.get('/<int:id>', { name: 'show', summary: 'One pet', response: Pet }, () => burek)
  blueprint.put(
    '/<int:id>',
    { name: 'replace', summary: 'Another in its place', body, response: Pet },
    ({ params, body }) => ({ ...params, ...body }),
  )
  blueprint.delete('/<int:id>', { name: 'remove', summary: 'Gone', status: 204 }, () => undefined)
  return blueprint
}

async function serving(options: Partial<ApiOptions> = {}, app = polka()) {
  const api = new Api(app, { title: 'Petstore', version: '1.0.0', ...options }).registerBlueprint(pets())
  const served = await serve(app)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await served.fetch(path, { headers })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  return { api, ...served, get }
}

describe.each(polkas)('the document on $name', ({ polka }) => {
  it('is JSON, two spaces deep, and YAML (SMO-203, SMO-204)', async () => {
    const { api, get } = await serving({}, polka())
    const json = await get('/openapi.json')
    expect(json.text).toBe(JSON.stringify(api.document(), undefined, 2))
    expect(json.headers.get('content-type')).toBe('application/json')
    expect(json.headers.get('x-content-type-options')).toBe('nosniff')
    const yaml = await get('/openapi.yaml')
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(parse(yaml.text)).toEqual(JSON.parse(json.text))
  })

  it('is negotiated at /openapi', async () => {
    const { get } = await serving({}, polka())
    const typeFor = async (accept: string) => (await get('/openapi', { accept })).headers.get('content-type')
    expect(await typeFor('text/html,*/*;q=0.8')).toBe('application/json')
    expect(await typeFor('application/yaml')).toBe('application/yaml')
    expect(await typeFor('application/vnd.oai.openapi+json')).toBe('application/vnd.oai.openapi+json')
    expect(await typeFor('application/vnd.oai.openapi')).toBe('application/vnd.oai.openapi')
    expect((await get('/openapi', { accept: 'image/png' })).status).toBe(406)
  })

  it('is tagged, and not sent again', async () => {
    const { fetch, get } = await serving({}, polka())
    const head = await fetch('/openapi.json', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const path of [
      '/openapi.json',
      '/openapi.yaml',
      '/openapi',
      '/docs/init.js',
      '/docs/swagger-ui.css',
    ]) {
      const { headers } = await get(path)
      const tag = headers.get('etag') ?? ''
      const again = await get(path, { 'if-none-match': `"other", ${tag}` })
      expect([path, again.status, again.headers.get('etag'), again.text]).toEqual([path, 304, tag, ''])
      expect([headers.get('cache-control'), again.headers.get('cache-control')]).toEqual([
        'no-cache',
        'no-cache',
      ])
    }
  })

  it('names the server that a trusted proxy speaks for, and only then', async () => {
    const serverFor = async (trustProxy: boolean, prefix: string, more = {}) => {
      const { get } = await serving({ openapi: { trustProxy, ...more } }, polka())
      const { text } = await get('/openapi.json', { 'x-forwarded-prefix': prefix })
      return JSON.parse(text).servers
    }
    expect(await serverFor(true, '/gateway/pets/')).toEqual([{ url: '/gateway/pets' }])
    expect(await serverFor(false, '/gateway')).toBeUndefined()
    const unclean = [
      '//evil.example',
      'https://evil.example',
      '/a/../b',
      '/a, /b',
      '/"><script>',
      `/${'a'.repeat(300)}`,
      '/',
    ]
    for (const prefix of unclean) expect(await serverFor(true, prefix), prefix).toBeUndefined()
    const servers = [{ url: 'https://one.example' }]
    expect(await serverFor(true, '/gateway', { servers })).toEqual(servers)
  })

  it('stays right and small when many prefixes are sent', async () => {
    const { get } = await serving({ openapi: { trustProxy: true } }, polka())
    for (let index = 0; index < 30; index++) {
      const { text } = await get('/openapi.json', { 'x-forwarded-prefix': `/p${index}` })
      expect(JSON.parse(text).servers).toEqual([{ url: `/p${index}` }])
    }
    expect(JSON.parse((await get('/openapi.json')).text).servers).toBeUndefined()
  })
})

describe('the page of documentation', () => {
  it('is HTML with its title escaped, under a strict policy (SMO-205, SMO-209)', async () => {
    const { get } = await serving({ title: '</title><script>alert(1)</script>' })
    const { headers, text } = await get('/docs')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>')
  })

  it('has addresses that hold wherever it stands, with a slash and without (SMO-202, SMO-212)', async () => {
    for (const [prefix, path] of [
      ['', '/docs'],
      ['/api/v1', '/docs'],
      ['/api/v1', '/internal/docs'],
      ['/api/v1', '/'],
      ['', '/'],
    ] as const) {
      const { get, url } = await serving({ prefix, docs: { path } })
      for (const place of [prefix + path, `${prefix}${path}/`, prefix + path.replace(/\/$/, '') || '/']) {
        if (place.includes('//')) continue
        const { text } = await get(place)
        const found = [...text.matchAll(/(?:href|src|data-document)="([^"]*)"/g)].map(
          ([, address]) => address ?? '',
        )
        const base = `https://proxy.example/gateway${place}`
        const asked = found.map((address) => new URL(address, base).pathname.replace(/^\/gateway/, ''))
        const folder = (prefix + path).replace(/\/$/, '')
        expect(asked, place).toEqual([
          `${folder}/swagger-ui.css`,
          `${prefix}/openapi.json`,
          `${folder}/swagger-ui-bundle.js`,
          `${folder}/init.js`,
        ])
        for (const address of asked) expect((await fetch(url + address)).status, address).toBe(200)
      }
    }
  })

  it('has assets of its own and nothing else of the disk', async () => {
    const { get, raw } = await serving()
    for (const path of [
      '/docs/package.json',
      '/docs/..%2fpackage.json',
      '/docs/%2e%2e/package.json',
      '/docs/index.html',
    ])
      expect((await get(path)).status, path).toBe(404)
    expect(await raw('GET /docs/../package.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404/,
    )
    expect((await get('/docs/swagger-ui-bundle.js')).headers.get('content-type')).toBe(
      'text/javascript; charset=utf-8',
    )
  })

  it('stands behind a middleware, as do its assets and the document, and nothing else', async () => {
    const guard = (request: Any, response: Any, next: Any) =>
      request.headers.authorization ? next() : response.writeHead(401).end()
    const { get } = await serving({ docs: { middleware: [guard] } })
    for (const path of ['/docs', '/docs/init.js', '/openapi', '/openapi.json', '/openapi.yaml']) {
      expect([path, (await get(path)).status]).toEqual([path, 401])
      expect([path, (await get(path, { authorization: 'x' })).status]).toEqual([path, 200])
    }
    expect([(await get('/pets')).status, (await get('/nowhere')).status]).toEqual([200, 404])
  })

  it('is not itself documented (SMO-210)', async () => {
    const { api } = await serving()
    expect(Object.keys(api.document().paths)).toEqual(['/pets', '/pets/{id}'])
  })

  it('is configured, by methods in any letter case (SMO-206, SMO-211)', async () => {
    const { get } = await serving({
      docs: { submitMethods: ['GET'], settings: { docExpansion: '</script>' } },
    })
    const { text } = await get('/docs/init.js')
    expect(text).toContain('"supportedSubmitMethods":["get"]')
    expect(text).toContain('"docExpansion":"</script>"') // in a file of its own, where it ends nothing
    expect((await get('/docs')).text).not.toContain('docExpansion')
  })

  it('may ask the servers that the document names', async () => {
    const servers = [{ url: 'https://one.example/v1' }, { url: '/v2' }, { url: "https://x'; script-src *" }]
    const { get } = await serving({ openapi: { servers } })
    const policy = (await get('/docs')).headers.get('content-security-policy')
    expect(policy).toContain("; connect-src 'self' https://one.example; base-uri")
  })

  it('is your own, or a plain one, or a TypeError that names what is missing', async () => {
    const ui: UserInterface = {
      assets: { 'a.txt': { contentType: 'text/plain', text: 'A' } },
      policy: "default-src 'none'",
      page: ({ title, assets, document }) => `${title} ${assets}a.txt ${document}`,
    }
    const own = await serving({ docs: { ui } })
    expect((await own.get('/docs')).text).toBe('Petstore ./docs/a.txt ./openapi.json')
    expect((await own.get('/docs/a.txt')).text).toBe('A')
    const making = (docs: Any) => () => new Api(polka(), { title: 'T', version: '1', docs })
    expect(making({ ui: 'nothing' })).toThrow(
      new TypeError('There is no page of documentation called "nothing"'),
    )
    expect(making({ ui: 'redoc' })).toThrow(/needs the package 'redoc': npm install redoc$/)
    expect(making({ path: 'docs' })).toThrow(/option docs\.path is "docs"/)
    expect(() => new Api(polka(), { title: 'T', version: '1', openapi: { path: '/' } })).toThrow(
      /openapi\.path/,
    )
  })
})

describe('a page whose package is installed in the project that runs', () => {
  it.each([
    [
      'redoc',
      'bundles/redoc.standalone.js',
      '<redoc spec-url="./openapi.json" hide-download-button="" a="&lt;">',
    ],
    [
      'rapidoc',
      'dist/rapidoc-min.js',
      '<rapi-doc spec-url="./openapi.json" load-fonts="false" allow-try="false"',
    ],
  ] as const)(
    'is drawn by %s, its settings being attributes (SMO-207, SMO-208)',
    async (ui, file, element) => {
      const project = folder()
      vi.spyOn(process, 'cwd').mockReturnValue(project)
      onTestFinished(() => void vi.restoreAllMocks())
      for (const [path, text] of [
        ['package.json', '{}'],
        [file, `// ${ui}`],
      ] as const) {
        const whole = `${project}/node_modules/${ui}/${path}`
        mkdirSync(dirname(whole), { recursive: true })
        writeFileSync(whole, text)
      }
      const { get } = await serving({ docs: { ui, submitMethods: [], settings: { a: '<' } } })
      const { text, headers } = await get('/docs')
      expect(text).toContain(element)
      expect(headers.get('content-security-policy')).toContain("script-src 'self';")
      expect((await get(`/docs/${ui}.js`)).text).toBe(`// ${ui}`)
      const odd = { ui, settings: { 'a b': 1 } }
      expect(() => new Api(polka(), { title: 'T', version: '1', docs: odd })).toThrow(
        /'a b' in docs\.settings/,
      )
    },
  )
})

describe('the page in a browser', () => {
  afterAll(closeBrowser)

  it('lists the operations, tries one out and shows what came back, all from this host', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serving({ prefix: '/api/v1' })
    const { page, faults, asked } = await visit(browser, `${url}/api/v1/docs`)
    expect(await page.title()).toBe('Petstore')
    await page.waitForSelector('[id$=list]')
    const summaries = await page.$$eval('.opblock-summary-description', (found) =>
      found.map((one) => one.textContent),
    )
    expect(summaries).toEqual(['All pets', 'A new pet', 'One pet', 'Another in its place', 'Gone'])
    await page.click('[id$=list] .opblock-summary-control')
    await (await page.waitForSelector('.try-out__btn'))?.click()
    await (await page.waitForSelector('.btn.execute'))?.click()
    const live = await page.waitForSelector('.live-responses-table .highlight-code')
    expect(await live?.evaluate((found) => found.textContent)).toContain('Burek')
    expect(asked.filter((address) => !address.startsWith(`${url}/`) && !address.startsWith('data:'))).toEqual(
      [],
    )
    expect(asked).toContain(`${url}/api/v1/pets`)
    expect(faults).toEqual([])
    await page.close()
  })

  it('has no button where no method may be sent', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serving({ docs: { submitMethods: [] } })
    const { page, faults } = await visit(browser, `${url}/docs/`)
    await (await page.waitForSelector('[id$=list] .opblock-summary-control'))?.click()
    await page.waitForSelector('.responses-wrapper')
    expect([await page.$('.try-out__btn'), faults]).toEqual([null, []])
    await page.close()
  })

  it('is readable without any script, where no package draws it', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serving({ docs: { ui: 'plain' } })
    const { page, faults, asked } = await visit(browser, `${url}/docs`)
    const titles = await page.$$eval('h2 code', (found) => found.map((one) => one.textContent))
    expect(titles).toEqual([
      'GET /pets',
      'POST /pets',
      'GET /pets/{id}',
      'PUT /pets/{id}',
      'DELETE /pets/{id}',
    ])
    expect(await page.$$eval('script', (found) => found.length)).toBe(0)
    expect([asked.filter((address) => !address.endsWith('/favicon.ico')), faults]).toEqual([
      [`${url}/docs`],
      [],
    ])
    await page.close()
  })

  it.runIf(process.env.SCREENSHOT)('is photographed for the guide', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serving()
    const { page } = await visit(browser, `${url}/docs`)
    await (await page.waitForSelector('[id$=show] .opblock-summary-control'))?.click()
    await page.waitForSelector('.responses-wrapper')
    mkdirSync(`${ROOT}docs/images`, { recursive: true })
    await page.screenshot({ path: `${ROOT}docs/images/docs-page.png` })
    await page.close()
  })
})
