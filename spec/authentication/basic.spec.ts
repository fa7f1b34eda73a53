/** Basic authentication (RFC 7617) on the wire. */
import { describe, expect, it } from 'vitest'
import { basic, safeEqual } from '../../lib/security.ts'
import { testApi } from '../support/test-api.ts'

const PASSWORDS = new Map([
  ['admin', 'secret'],
  ['user', 'pa:ss'],
  ['ż', 'zażółć'],
  ['', 'no name'],
])
const login = basic({
  realm: 'Example',
  verify: (name, password) => safeEqual(password, PASSWORDS.get(name)) && { name },
})

async function start() {
  const { ask } = await testApi({}, (things) =>
    things
      .security({ login })
      .get('/secrets', { security: [{ login: [] }] }, ({ identity }) => identity.name),
  )
  /** The status with a value of Authorization. */
  return async (authorization?: string) => {
    const { status, headers, text } = await ask(
      '/secrets',
      authorization === undefined ? {} : { authorization },
    )
    return { status, challenge: headers.get('www-authenticate'), text }
  }
}

const encoded = (text: string, encoding: BufferEncoding = 'utf8') =>
  Buffer.from(text, encoding).toString('base64')

describe('basic', () => {
  it('lets in with the right credentials, else is a 401 with a challenge of its realm (TUT-18)', async () => {
    const send = await start()
    const challenge = 'Basic realm="Example", charset="UTF-8"'
    expect(await send()).toMatchObject({ status: 401, challenge })
    expect(await send(`Basic ${encoded('admin:wrong')}`)).toMatchObject({ status: 401, challenge })
    expect(await send(`Basic ${encoded('nobody:secret')}`)).toMatchObject({ status: 401, challenge })
    expect(await send(`Basic ${encoded('admin:secret')}`)).toMatchObject({ status: 200, text: '"admin"' })
  })

  it('separates name and password by the first colon (FS-40, TUT-19)', async () => {
    const send = await start()
    expect(await send(`Basic ${encoded('user:pa:ss')}`)).toMatchObject({ status: 200, text: '"user"' })
    expect(await send(`Basic ${encoded(':no name')}`)).toMatchObject({ status: 200 })
  })

  it('reads the name of the scheme in any case, and the credentials as they are (FS-43)', async () => {
    const send = await start()
    for (const scheme of ['basic', 'BASIC', 'bAsIc'])
      expect((await send(`${scheme} ${encoded('admin:secret')}`)).status).toBe(200)
    expect((await send(`Basic ${encoded('Admin:secret')}`)).status).toBe(401)
  })

  it.each([
    ['no colon', `Basic ${encoded('admin')}`],
    ['malformed base64', 'Basic ###'],
    ['base64 of 4n + 1 characters', `Basic ${encoded('admin:secret')}A`],
    ['base64 with padding after whole groups', `Basic ${encoded('admin:secret')}=`],
    ['base64 with bits that mean nothing', 'Basic YTpiYh=='],
    ['nothing', 'Basic'],
    ['an empty field', ''],
    ['spaces', 'Basic    '],
    ['another scheme', `Digest ${encoded('admin:secret')}`],
    ['a longer name', `Basics ${encoded('admin:secret')}`],
    ['a control character', `Basic ${encoded('admin:sec\u0000ret')}`],
    ['no UTF-8', `Basic ${encoded('\u00bf:zażółć', 'latin1')}`],
    ['64 kB', `Basic ${encoded('a'.repeat(10_000))}`],
  ])('is a 401 for %s, never a 500 (FS-40, FS-41, TUT-19)', async (_what, authorization) => {
    const send = await start()
    expect(await send(authorization)).toMatchObject({ status: 401 })
  })

  it('decodes credentials as UTF-8, and says so (FS-41)', async () => {
    const send = await start()
    const { status, text } = await send(`Basic ${encoded('ż:zażółć')}`)
    expect([status, text]).toEqual([200, '"ż"'])
    expect((await send(`Basic ${encoded('ż:zażółć', 'latin1')}`)).status).toBe(401)
  })

  it('is a TypeError without a realm or verify, and for unknown options', () => {
    const verify = () => false as const
    expect(() => basic({ verify } as never)).toThrow('basic needs a realm')
    expect(() => basic({ realm: 'x' } as never)).toThrow('basic needs the function verify')
    expect(() => basic({ realm: 'x', verfy: verify } as never)).toThrow("did you mean 'verify'?")
    expect(() => basic({ realm: 'a\r\nb', verify })).toThrow(/cannot have realm: "a\\r\\nb"/)
    expect(basic({ realm: 'a "b"', verify }).challenge).toBe('Basic realm="a \\"b\\"", charset="UTF-8"')
  })
})
