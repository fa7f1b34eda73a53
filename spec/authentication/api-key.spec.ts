/** API keys in header fields, cookies and queries. */
import { describe, expect, it } from 'vitest'
import { type ApiKeyOptions, apiKey, safeEqual } from '../../lib/security.ts'
import { testApi } from '../support/test-api.ts'

const verify = (key: string) => safeEqual(key, 'abcd') && { app: 'shop' }

function start(place: Omit<ApiKeyOptions<unknown>, 'verify'>) {
  return testApi({}, (things) =>
    things
      .security({ key: apiKey({ ...place, verify }) })
      .get('/x', { name: 'x', security: [{ key: [] }] }, ({ identity }) => identity)
      .get('/fails', { security: [{ key: [] }] }, () => {
        throw new Error('failed')
      }),
  )
}

describe('apiKey', () => {
  it('reads a header field', async () => {
    const { get, status, api } = await start({ header: 'X-API-Key' })
    expect(await get('/x', { 'x-api-key': 'abcd' })).toEqual({ status: 200, value: { app: 'shop' } })
    for (const fields of [{}, { 'x-api-key': '' }, { 'x-api-key': 'ABCD' }, { 'x-api-key': 'abcd, abcd' }])
      expect(await status('/x', fields)).toBe(401)
    expect(api.document().components?.securitySchemes).toEqual({
      key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    })
  })

  it('compares keys of other bytes, never as a 500 (FS-46)', async () => {
    const { raw } = await start({ header: 'x-api-key' })
    const text = await raw('GET /x HTTP/1.1\r\nHost: x\r\nX-API-Key: €€€€\r\nConnection: close\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 401/)
  })

  it('reads a cookie by its whole name, of 1,000 too (FS-32)', async () => {
    const { status } = await start({ cookie: 'session' })
    const send = (cookie: string) => status('/x', { cookie })
    expect(await send('session=abcd')).toBe(200)
    expect(await send('mysession=evil; session=abcd')).toBe(200)
    expect(await send('mysession=abcd')).toBe(401)
    expect(await send('session2=abcd; a=session')).toBe(401)
    expect(await send(`${Array.from({ length: 1000 }, (_, n) => `c${n}=x`).join('; ')}; session=abcd`)).toBe(
      200,
    )
    expect(await send('session=%')).toBe(401)
  })

  it('ignores the query unless it is declared there (FS-45)', async () => {
    const { status } = await start({ header: 'api_key' })
    expect(await status('/x?api_key=abcd')).toBe(401)
  })

  it('reads the query where that is allowed, and writes no key to the log (FS-45)', async () => {
    const { status, logger } = await start({ query: 'api_key', allowQuery: true })
    expect(await status('/x?a=1&api_key=abcd')).toBe(200)
    for (const search of ['', '?', '?api_key=', '?api_key=abcd&api_key=abcd', '?xapi_key=abcd'])
      expect(await status(`/x${search}`)).toBe(401)
    expect(await status('/fails?api_key=abcd')).toBe(500)
    expect(logger.text()).toContain('GET /fails failed')
    expect(logger.text()).not.toContain('abcd')
  })

  it.each([
    [{ query: 'key', verify }, /allowQuery: true/],
    [{ verify }, /one of header, cookie and query/],
    [{ header: 'a', cookie: 'b', verify }, /one of header, cookie and query/],
    [{ header: 'x key', verify }, /cannot have header: "x key"/],
    [{ header: 'key' }, /needs the function verify/],
    [{ headr: 'key', verify }, /did you mean 'header'/],
  ])('is a TypeError: %j', (options, message) => {
    expect(() => apiKey(options as never)).toThrow(message)
  })
})
