/** The document and the documentation page of an Api on the wire, and the page in a browser. */
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

// biome-ignore lint/suspicious/noExplicitAny: invalid options, and documents from responses
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

async function serveApi(options: Partial<ApiOptions> = {}, app = polka()) {
  const api = new Api(app, { title: 'Petstore', version: '1.0.0', ...options }).registerBlueprint(pets())
  const served = await serve(app)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await served.fetch(path, { headers })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  return { api, ...served, get }
}

describe.each(polkas)('the document on $name', ({ polka }) => {
  it('is served as JSON with an indent of two, and as YAML (SMO-203, SMO-204)', async () => {
    const { api, get } = await serveApi({}, polka())
    const json = await get('/openapi.json')
    expect(json.text).toBe(JSON.stringify(api.document(), undefined, 2))
    expect(json.headers.get('content-type')).toBe('application/json')
    expect(json.headers.get('x-content-type-options')).toBe('nosniff')
    const yaml = await get('/openapi.yaml')
    expect(yaml.headers.get('content-type')).toBe('application/yaml')
    expect(parse(yaml.text)).toEqual(JSON.parse(json.text))
  })

  it('is served by Accept at /openapi', async () => {
    const { get } = await serveApi({}, polka())
    const typeFor = async (accept: string) => (await get('/openapi', { accept })).headers.get('content-type')
    expect(await typeFor('text/html,*/*;q=0.8')).toBe('application/json')
    expect(await typeFor('application/yaml')).toBe('application/yaml')
    expect(await typeFor('application/vnd.oai.openapi+json')).toBe('application/vnd.oai.openapi+json')
    expect(await typeFor('application/vnd.oai.openapi')).toBe('application/vnd.oai.openapi')
    expect((await get('/openapi', { accept: 'image/png' })).status).toBe(406)
  })

  it('has an ETag, and is a 304 if unchanged', async () => {
    const { fetch, get } = await serveApi({}, polka())
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

  it('names the X-Forwarded-Prefix of a trusted proxy as its server, and only of a trusted one', async () => {
    const serverFor = async (isTrusted: boolean, prefix: string, openapi = {}) => {
      const { get } = await serveApi({ trustProxy: isTrusted && ['loopback'], openapi }, polka())
      const { text } = await get('/openapi.json', { 'x-forwarded-prefix': prefix })
      return JSON.parse(text).servers
    }
    expect(await serverFor(true, '/gateway/pets/')).toEqual([{ url: '/gateway/pets' }])
    expect(await serverFor(false, '/gateway')).toBeUndefined()
    const invalidPrefixes = [
      '//evil.example',
      'https://evil.example',
      '/a/../b',
      '/a, /b',
      '/"><script>',
      `/${'a'.repeat(300)}`,
      '/',
    ]
    for (const prefix of invalidPrefixes) expect(await serverFor(true, prefix), prefix).toBeUndefined()
    const servers = [{ url: 'https://one.example' }]
    expect(await serverFor(true, '/gateway', { servers })).toEqual(servers)
  })

  it('is correct for each of many forwarded prefixes', async () => {
    const { get } = await serveApi({ trustProxy: ['loopback'] }, polka())
    for (let index = 0; index < 30; index++) {
      const { text } = await get('/openapi.json', { 'x-forwarded-prefix': `/p${index}` })
      expect(JSON.parse(text).servers).toEqual([{ url: `/p${index}` }])
    }
    expect(JSON.parse((await get('/openapi.json')).text).servers).toBeUndefined()
  })
})

describe('the documentation page', () => {
  it('is HTML with an escaped title and a strict content security policy (SMO-205, SMO-209)', async () => {
    const { get } = await serveApi({ title: '</title><script>alert(1)</script>' })
    const { headers, text } = await get('/docs')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>')
  })

  it('has relative URLs that are valid at any path, with and without a trailing slash (SMO-202, SMO-212)', async () => {
    for (const [prefix, path] of [
      ['', '/docs'],
      ['/api/v1', '/docs'],
      ['/api/v1', '/internal/docs'],
      ['/api/v1', '/'],
      ['', '/'],
    ] as const) {
      const { get, url } = await serveApi({ prefix, docs: { path } })
      for (const place of [prefix + path, `${prefix}${path}/`, prefix + path.replace(/\/$/, '') || '/']) {
        if (place.includes('//')) continue
        const { text } = await get(place)
        const found = [...text.matchAll(/(?:href|src|data-document)="([^"]*)"/g)].map(
          ([, address]) => address ?? '',
        )
        const base = `https://proxy.example/gateway${place}`
        const paths = found.map((address) => new URL(address, base).pathname.replace(/^\/gateway/, ''))
        const folder = (prefix + path).replace(/\/$/, '')
        expect(paths, place).toEqual([
          `${folder}/swagger-ui.css`,
          `${prefix}/openapi.json`,
          `${folder}/swagger-ui-bundle.js`,
          `${folder}/init.js`,
        ])
        for (const path of paths) expect((await fetch(url + path)).status, path).toBe(200)
      }
    }
  })

  it('serves its own assets and no other file', async () => {
    const { get, raw } = await serveApi()
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

  it('has its middleware before the page, its assets and the document, and before nothing else', async () => {
    const guard = (request: Any, response: Any, next: Any) =>
      request.headers.authorization ? next() : response.writeHead(401).end()
    const { get } = await serveApi({ docs: { middleware: [guard] } })
    for (const path of ['/docs', '/docs/init.js', '/openapi', '/openapi.json', '/openapi.yaml']) {
      expect([path, (await get(path)).status]).toEqual([path, 401])
      expect([path, (await get(path, { authorization: 'x' })).status]).toEqual([path, 200])
    }
    expect([(await get('/pets')).status, (await get('/unknown')).status]).toEqual([200, 404])
  })

  it('is not part of the document (SMO-210)', async () => {
    const { api } = await serveApi()
    expect(Object.keys(api.document().paths)).toEqual(['/pets', '/pets/{id}'])
  })

  it('has settings, and submitMethods in any letter case (SMO-206, SMO-211)', async () => {
    const { get } = await serveApi({
      docs: { submitMethods: ['GET'], settings: { docExpansion: '</script>' } },
    })
    const { text } = await get('/docs/init.js')
    expect(text).toContain('"supportedSubmitMethods":["get"]')
    expect(text).toContain('"docExpansion":"</script>"') // in a separate file, where it cannot end a script element
    expect((await get('/docs')).text).not.toContain('docExpansion')
  })

  it('allows requests to the servers of the document', async () => {
    const servers = [{ url: 'https://one.example/v1' }, { url: '/v2' }, { url: "https://x'; script-src *" }]
    const { get } = await serveApi({ openapi: { servers } })
    const policy = (await get('/docs')).headers.get('content-security-policy')
    expect(policy).toContain("; connect-src 'self' https://one.example; base-uri")
  })

  it('can be a custom UserInterface; unknown names and missing packages are a TypeError', async () => {
    const ui: UserInterface = {
      assets: { 'a.txt': { contentType: 'text/plain', text: 'A' } },
      policy: "default-src 'none'",
      page: ({ title, assets, document }) => `${title} ${assets}a.txt ${document}`,
    }
    const own = await serveApi({ docs: { ui } })
    expect((await own.get('/docs')).text).toBe('Petstore ./docs/a.txt ./openapi.json')
    expect((await own.get('/docs/a.txt')).text).toBe('A')
    const newApi = (docs: Any) => () => new Api(polka(), { title: 'T', version: '1', docs })
    expect(newApi({ ui: 'nothing' })).toThrow(
      new TypeError(
        "Unknown docs.ui \"nothing\": use 'swagger-ui', 'redoc', 'rapidoc', 'plain' or a UserInterface",
      ),
    )
    expect(newApi({ ui: 'redoc' })).toThrow(/needs the package 'redoc': npm install redoc$/)
    expect(newApi({ path: 'docs' })).toThrow(/option docs\.path is "docs"/)
    expect(() => new Api(polka(), { title: 'T', version: '1', openapi: { path: '/' } })).toThrow(
      /openapi\.path/,
    )
  })
})

describe('a page whose package is installed in the current project', () => {
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
    'is rendered by %s, with the settings as attributes (SMO-207, SMO-208)',
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
      const { get } = await serveApi({ docs: { ui, submitMethods: [], settings: { a: '<' } } })
      const { text, headers } = await get('/docs')
      expect(text).toContain(element)
      expect(headers.get('content-security-policy')).toContain("script-src 'self';")
      expect((await get(`/docs/${ui}.js`)).text).toBe(`// ${ui}`)
      const invalid = { ui, settings: { 'a b': 1 } }
      expect(() => new Api(polka(), { title: 'T', version: '1', docs: invalid })).toThrow(
        /'a b' in docs\.settings/,
      )
    },
  )
})

describe('the page in a browser', () => {
  afterAll(closeBrowser)

  it('lists the operations, tries one out and shows the response, all from this host', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi({ prefix: '/api/v1' })
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

  it('has no "Try it out" button with submitMethods: []', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi({ docs: { submitMethods: [] } })
    const { page, faults } = await visit(browser, `${url}/docs/`)
    await (await page.waitForSelector('[id$=list] .opblock-summary-control'))?.click()
    await page.waitForSelector('.responses-wrapper')
    expect([await page.$('.try-out__btn'), faults]).toEqual([null, []])
    await page.close()
  })

  it('shows all operations without scripts as the plain page', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi({ docs: { ui: 'plain' } })
    const { page, faults, asked } = await visit(browser, `${url}/docs`)
    const titles = await page.$$eval('.contents a', (found) => found.map((one) => one.textContent))
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

  it('unfolds parameters, content and schemas of an operation in place', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi({ docs: { ui: 'plain' } })
    const { page, faults } = await visit(browser, `${url}/docs#pets.add`)
    const text = await page.$eval('[id="pets.add"]', (one) => (one as Any).innerText)
    expect(text).toContain('Request content')
    expect(text).toMatch(/name required string\n/)
    expect(text).toContain('status required "available" | "pending" | "sold"')
    expect(text).toMatch(/201 Created/)
    expect(text).toContain(
      `curl -X POST -H 'Content-Type: application/json' -d '{"name":"text","status":"available"}'`,
    )
    expect(faults).toEqual([])
    await page.close()
  })

  it('fits a phone, and shows 60 paths in less than 15,000 px', async (context) => {
    const browser = await needsBrowser(context)
    const app = polka()
    const api = new RestBlueprint('shop', { description: 'Sixty paths' })
    for (let index = 0; index < 60; index++)
      api.get(
        `/items${index}/<int:id>/parts`,
        { name: `item${index}`, summary: `Parts of item ${index}` },
        () => 1,
      )
    new Api(app, { title: 'Shop', version: '1', docs: { ui: 'plain' } }).registerBlueprint(api)
    const { url } = await serve(app)
    const { page } = await visit(browser, `${url}/docs`)
    await page.setViewport({ width: 390, height: 844 })
    const [width, height] = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = (globalThis as Any).document.documentElement
      return [scrollWidth, scrollHeight]
    })
    expect(width).toBeLessThanOrEqual(390)
    expect(height).toBeLessThan(15_000)
    await page.close()
  })

  it('is made for each host, and again after a change of the Api', async () => {
    const { api, raw, get } = await serveApi({ docs: { ui: 'plain' }, title: 'Pets\0' })
    for (const host of ['a.example', 'b.example:81']) {
      const text = await raw(`GET /docs HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      expect(text).toContain(`curl &#39;${host}/pets&#39;`)
      expect(text).toContain('href="./openapi.json"')
      expect(text).toContain('<h1>Pets\0')
    }
    expect((await get('/docs/')).text).toContain('href="../openapi.json"')
    api.registerBlueprint(new RestBlueprint('more').get('/more', () => 1))
    expect((await get('/docs')).text).toContain('/more')
  })

  it('has a curl line with each item of a list, and each member of an object, that path and query require', async () => {
    const app = polka()
    const params = z.object({ of: z.tuple([z.int(), z.string()]) })
    const query = z.object({
      id: z.array(z.int()),
      filter: z.object({ owner: z.object({ name: z.string() }) }),
    })
    const found = new RestBlueprint('found', { nestedParameters: true }).get(
      '/found/<of>',
      { params, query },
      () => 1,
    )
    new Api(app, { title: 'Shop', version: '1', docs: { ui: 'plain' } }).registerBlueprint(found)
    const { url } = await serve(app)
    const page = await (await fetch(`${url}/docs`)).text()
    const [, target = ''] = /curl &#39;[^/]+([^&]+(?:&amp;[^&#]+)*)&#39;/.exec(page) ?? []
    expect(decodeURIComponent(target)).toBe('/found/1,text?id=1&amp;filter[owner][name]=text')
    expect((await fetch(url + target.replaceAll('&amp;', '&'))).status).toBe(200)
  })

  it('has fewer levels of schemas that refer to each other in many ways', async () => {
    const names = Array.from({ length: 9 }, (_, number) => `Model${number}`)
    const models: Record<string, Any> = {}
    for (const name of names)
      models[name] = z
        .object({
          own: z.string(),
          get all() {
            return z.object(Object.fromEntries(names.map((other) => [other, models[other].optional()])))
          },
        })
        .meta({ id: name })
    const app = polka()
    const api = new RestBlueprint('models').get('/', { response: models.Model0 }, () => ({}) as Any)
    new Api(app, { title: 'Models', version: '1', docs: { ui: 'plain' } }).registerBlueprint(api)
    const { ask } = await serve(app)
    const { status, text } = await ask('/docs')
    expect(status).toBe(200)
    expect(text.length).toBeLessThan(200_000)
    expect(text).toContain('<code>own</code>')
    expect(text).toContain('Model8 (object)')
  })

  it('renders the Markdown of descriptions, and escapes all else', async () => {
    const app = polka()
    const operation = { responses: { 200: { description: 'Fine' } } }
    const document = { paths: { '/': { trace: operation, 'x-query': operation } } }
    const description = [
      'A **new** pet, _soon_, by `POST <x>`.\n\n- one\n- two\n  more\n\n1. first',
      '```\n<pre> & **raw**\n```',
      '[docs](https://a.example/?a=1&b=2) [bad](javascript:alert(1)) <script>alert(1)</script>',
      '[other](//evil.example/x) [third](/\\evil.example) [here](/status) [above](../status)',
    ].join('\n\n')
    const api = new RestBlueprint('pets').get('/', { name: 'list', description }, () => 1)
    const options = { title: 'Pets', version: '1', docs: { ui: 'plain' }, openapi: { document } } as const
    new Api(app, options).registerBlueprint(api)
    const { ask } = await serve(app)
    const { text, headers } = await ask('/docs')
    for (const method of ['TRACE', 'QUERY']) expect(text).toContain(method)
    expect(text).toContain(
      '<p>A <strong>new</strong> pet, <em>soon</em>, by <code>POST &lt;x&gt;</code>.</p>',
    )
    expect(text).toContain('<ul><li>one</li><li>two\nmore</li></ul><ol><li>first</li></ol>')
    expect(text).toContain('<pre><code>&lt;pre&gt; &amp; **raw**</code></pre>')
    expect(text).toContain('<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer">docs</a>')
    expect(text).not.toMatch(/<script|href="javascript|href="\/[/\\]/)
    expect(text).toContain(
      '<a href="/status" rel="noreferrer">here</a> <a href="../status" rel="noreferrer">above</a>',
    )
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+';/,
    )
  })

  it.runIf(process.env.SCREENSHOT)('is photographed for the guide, wide and narrow', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi({ docs: { ui: 'plain' } })
    for (const [name, width] of [
      ['plain-page', 1280],
      ['plain-page-phone', 390],
    ] as const) {
      const { page } = await visit(browser, `${url}/docs#pets.add`)
      await page.setViewport({ width, height: 900 })
      await page.screenshot({ path: `${ROOT}docs/images/${name}.png`, fullPage: true })
      await page.close()
    }
  })

  it.runIf(process.env.SCREENSHOT)('is photographed for the guide', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await serveApi()
    const { page } = await visit(browser, `${url}/docs`)
    await (await page.waitForSelector('[id$=show] .opblock-summary-control'))?.click()
    await page.waitForSelector('.responses-wrapper')
    mkdirSync(`${ROOT}docs/images`, { recursive: true })
    await page.screenshot({ path: `${ROOT}docs/images/docs-page.png` })
    await page.close()
  })
})
