/** Security headers on every answer, by `helmet`. */
import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { SURROUNDINGS } from '../../lib/api/surroundings.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { html, pageStyle } from '../../lib/renderers.ts'
import * as security from '../../lib/security.ts'
import { securityHeaders } from '../../lib/security.ts'
import { API_OPTIONS } from '../../lib/walk/surrounding-options.ts'
import { closeBrowser, needsBrowser, visit } from '../support/browser.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const HASH = createHash('sha256').update(pageStyle).digest('base64')
const POLICY = `default-src 'none';frame-ancestors 'none';style-src 'sha256-${HASH}'`

const directives = (own: object) => ({
  contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], ...own } },
})

/** As far as specs need it. */
interface Window {
  readonly document: { readonly body: object }
  getComputedStyle(element: object): { readonly maxWidth: string }
}

describe('security headers', () => {
  it('stand on every answer, errors included (FS-21)', async () => {
    const { ask } = await testApi({ securityHeaders: true })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const { status: found, headers } = await ask(line, fields)
      expect([line, found]).toEqual([line, status])
      expect(headers.get('content-security-policy'), line).toBe(POLICY)
      expect(headers.get('x-content-type-options'), line).toBe('nosniff')
    }
  })

  it('say Strict-Transport-Security to clients of https alone', async () => {
    const { ask } = await testApi({ securityHeaders: true, trustProxy: ['loopback'] })
    const secure = await ask('/every/200', { 'x-forwarded-proto': 'https' })
    expect(secure.headers.get('strict-transport-security')).toMatch(/^max-age=\d+/)
    expect((await ask('/every/200')).headers.get('strict-transport-security')).toBeNull()
  })

  it('are none by default, off and different by blueprint and endpoint', async () => {
    const open = await testApi()
    expect((await open.ask('/every/200')).headers.get('content-security-policy')).toBeNull()
    const { ask } = await testApi({ securityHeaders: true }, (things) => {
      things.get('/off', { securityHeaders: false }, () => 1)
      things.get('/other', { securityHeaders: { xFrameOptions: { action: 'deny' } } }, () => 1)
      new RestBlueprint('inner', { securityHeaders: false })
        .get('/inner', () => 1)
        .register(things, { prefix: '/in' })
    })
    expect((await ask('/off')).headers.get('x-content-type-options')).toBeNull()
    expect((await ask('/in/inner')).headers.get('x-content-type-options')).toBeNull()
    expect((await ask('/other')).headers.get('x-frame-options')).toBe('DENY')
  })

  it('are set by middleware where there is no Api', async () => {
    const { ask } = await serve(
      polka()
        .use(securityHeaders())
        .get('/', (_request: unknown, response: { end(): void }) => response.end()),
    )
    expect((await ask('/')).headers.get('content-security-policy')).toBe(POLICY)
  })

  it('are a TypeError for a directive without its quotes (FS-23), and for a value that is no object', async () => {
    const wrong = { contentSecurityPolicy: { directives: { defaultSrc: ['none'] } } }
    await expect(testApi({ securityHeaders: wrong })).rejects.toThrow(/securityHeaders.*quoted/)
    expect(() => securityHeaders('all' as never)).toThrow(/takes an object of options, not 'all'/)
  })

  it.each<[string, object, RegExp]>([
    [
      'a misspelled option',
      { contentSecurityPolcy: false },
      /unknown option 'contentSecurityPolcy': did you mean/,
    ],
    [
      'a misspelled member',
      { contentSecurityPolicy: { directive: {} } },
      /unknown option 'directive': did you mean/,
    ],
    [
      'a member of another',
      { crossOriginResourcePolicy: { polcy: 'x' } },
      /unknown option 'polcy': did you mean/,
    ],
    ['an older name', { hsts: { maxage: 1 } }, /unknown option 'maxage': did you mean 'maxAge'/],
    ['a misspelled directive', directives({ scrptSrc: ["'self'"] }), /'scrptSrc': did you mean 'scriptSrc'/],
    ['a text', { xFrameOptions: 'deny' }, /in 'xFrameOptions', takes an object of options, not 'deny'/],
    ['null', { referrerPolicy: null }, /in 'referrerPolicy', takes an object of options, not null/],
    [
      'a function',
      directives({ scriptSrc: ["'self'", () => "'nonce-1'"] }),
      /a function for 'scriptSrc'.*use helmet/,
    ],
    ['a lone function', directives({ 'style-src': () => 'a' }), /a function for 'style-src'/],
  ])('are a TypeError for %s, which helmet ignores or calls once for all', async (_name, wrong, message) => {
    expect(() => securityHeaders(wrong as never)).toThrow(TypeError)
    expect(() => securityHeaders(wrong as never)).toThrow(message)
  })

  it('have the defaults where an option is undefined', () => {
    const fields = new Map<string, unknown>()
    const response = { setHeader: (name: string, value: unknown) => fields.set(name, value) }
    const options = { contentSecurityPolicy: undefined, xXssProtection: true }
    securityHeaders(options as never)(
      { headers: {}, socket: {} } as never,
      response as never,
      () => undefined,
    )
    expect(fields.get('content-security-policy')).toBe(POLICY)
  })

  it('never ask a browser to upgrade to https, so that pages work over HTTP too (FS-20)', async () => {
    const { ask } = await testApi({ securityHeaders: true, docs: { ui: 'plain' } })
    for (const path of ['/docs', '/every/200', '/nowhere'])
      expect((await ask(path)).headers.get('content-security-policy')).not.toContain('upgrade-insecure')
  })

  it('leave the documentation page its own policy', async () => {
    const { ask } = await testApi({ securityHeaders: true, docs: { ui: 'plain' } })
    const { headers } = await ask('/docs')
    expect(headers.get('content-security-policy')).toContain('style-src')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

describe('our HTML pages in a browser', () => {
  afterAll(closeBrowser)

  it('have their style under the default policy: data, errors and the documentation', async (context) => {
    const browser = await needsBrowser(context)
    const { url } = await testApi({ securityHeaders: true, docs: { ui: 'plain' } }, (things) => {
      things.outgoing.setMimetypes(['text/html'], 'rows')
      things.contentRenderer.renders('text/html', html())
      things.get('/rows', { name: 'rows' }, () => [{ a: 1 }])
    })
    for (const path of ['/rows', '/nowhere', '/every/500', '/docs']) {
      const { page, faults } = await visit(browser, url + path)
      const width = await page.evaluate(() => {
        const { document, getComputedStyle } = globalThis as unknown as Window
        return getComputedStyle(document.body).maxWidth
      })
      expect([path, width]).toEqual([path, '1024px'])
      expect(faults.filter((fault) => /security policy/i.test(fault))).toEqual([])
      await page.close()
    }
  })
})

const { health: _, ...OF_SURROUNDINGS } = API_OPTIONS

describe('an option of a surrounding', () => {
  it.each(Object.entries(OF_SURROUNDINGS))(
    'is a TypeError on a blueprint and an endpoint outside of an Api: %s',
    (option, cure) => {
      expect(cure).toContain('register the blueprint by api.registerBlueprint(…)')
      const names: Readonly<Record<string, string>> = {
        trustProxy: 'trustedProxy',
        allowedHosts: 'checkHost',
      }
      const isMiddleware = (names[option] ?? option) in security
      expect(cure.endsWith(', or use the middleware of mazurka/security')).toBe(isMiddleware)
      const message = `has the option '${option}', which only an Api reads: ${cure}`
      const blueprint = new RestBlueprint('pets', { [option]: true })
      expect(() => blueprint.get('/pets', () => 1).register(polka())).toThrow(
        `The blueprint 'pets' ${message}`,
      )
      const other = new RestBlueprint('pets') as unknown as {
        get(path: string, options: object, handler: () => number): RestBlueprint
      }
      expect(() => other.get('/pets', { [option]: true }, () => 1).register(polka())).toThrow(message)
    },
  )

  it('is not health, which is for the Api itself', () => {
    const blueprint = new RestBlueprint('pets', { health: true } as never).get('/pets', () => 1)
    expect(() => blueprint.handler).toThrow(
      "The blueprint 'pets' has the option 'health', which only an Api reads: new Api(app, { health })",
    )
  })

  it('has a suggestion where it is misspelled', () => {
    const blueprint = new RestBlueprint('pets', { securityHeader: true } as never)
    expect(() => blueprint.get('/pets', () => 1).register(polka())).toThrow(
      "unknown option 'securityHeader': did you mean 'securityHeaders'?",
    )
  })

  it('is in the list of those', () => {
    const found = SURROUNDINGS.map(({ option }) => option).filter((option) => option !== 'security')
    expect(Object.keys(OF_SURROUNDINGS).sort()).toEqual(found.sort())
  })
})
