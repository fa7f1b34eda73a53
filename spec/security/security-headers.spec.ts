/** Security headers on every answer, by `helmet`. */
import { describe, expect, it } from 'vitest'
import { SURROUNDINGS } from '../../lib/api/surroundings.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { securityHeaders } from '../../lib/security.ts'
import { SURROUNDING_OPTIONS } from '../../lib/walk/surrounding-options.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const POLICY = "default-src 'none';frame-ancestors 'none'"

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

describe('an option of a surrounding', () => {
  it.each(SURROUNDING_OPTIONS)(
    'is a TypeError on a blueprint and an endpoint outside of an Api: %s',
    (option) => {
      const message = `has the option '${option}', which only an Api reads: register the blueprint on one, or use the middleware of mazurka/security`
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

  it('has a suggestion where it is misspelled', () => {
    const blueprint = new RestBlueprint('pets', { securityHeader: true } as never)
    expect(() => blueprint.get('/pets', () => 1).register(polka())).toThrow(
      "unknown option 'securityHeader': did you mean 'securityHeaders'?",
    )
  })

  it('is in the list of those', () => {
    const found = SURROUNDINGS.map(({ option }) => option).filter((option) => option !== 'security')
    expect([...SURROUNDING_OPTIONS].sort()).toEqual(found.sort())
  })
})
