/** The example `login`, which docs/login.md shows file by file: what is tried against a login, and what answers. */
import { createHook } from 'node:async_hooks'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { api, app } from '../../examples/login/index.ts'
import { expectDocumented, type Servable } from '../../lib/testing.ts'
import { fencesOf } from '../support/fences.ts'
import { readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'

const TOM = { name: 'tom', password: 'correct horse' }

/** Each test has an address of its own: the limit of the login is by address. */
let tests = 0

async function start() {
  const { fetch } = await serve(app as Servable)
  const address = `192.0.2.${++tests}`
  /** A request with the cookies of a jar, as a page on this origin sends it; the jar keeps those of the response. */
  const send = async (
    line: string,
    content?: object,
    jar: Map<string, string> = new Map(),
    fields: Record<string, string> = {},
  ) => {
    const [method = '', path = ''] = line.split(' ')
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const token = jar.get('csrf')
    const headers = {
      'x-forwarded-for': address,
      ...(content && { 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
      ...(token && { 'x-csrf-token': token }),
      ...fields,
    }
    const response = await fetch(path, { method, headers, body: content ? JSON.stringify(content) : null })
    await expectDocumented(response.clone(), api, { method })
    const lines = response.headers.getSetCookie()
    for (const [, name = '', value = ''] of lines.map((text) => /^([^=]+)=([^;]*)/.exec(text) ?? [])) {
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const text = await response.text()
    return {
      status: response.status,
      fields: response.headers,
      lines,
      json: text === '' ? null : JSON.parse(text),
    }
  }
  const jar = () => new Map<string, string>()
  return { send, jar }
}

const idOf = (jar: ReadonlyMap<string, string>) => {
  return (JSON.parse(Buffer.from(jar.get('session') ?? '', 'base64').toString()) as { id: string }).id
}

describe('the example login', () => {
  it('makes as many hashes for a name that does not exist as for a wrong password', async () => {
    const { send } = await start()
    let hashes = 0
    const hook = createHook({
      init(_id, type) {
        if (type === 'SCRYPTREQUEST') hashes++
      },
    }).enable()
    onTestFinished(() => void hook.disable())
    for (const name of ['tom', 'unknown']) {
      hashes = 0
      const { status, json } = await send('POST /login', { name, password: 'wrong horse' })
      expect([status, json.detail, hashes]).toEqual([401, 'Wrong name or password', 1])
    }
  })

  it('refuses the eleventh login of an address in a minute before anything is hashed', async () => {
    const { send } = await start()
    for (let count = 0; count < 10; count++) expect((await send('POST /login', {})).status).toBe(422)
    const { status, fields } = await send('POST /login', TOM)
    expect([status, fields.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
    const other = await send('POST /login', TOM, undefined, { 'x-forwarded-for': '203.0.113.1' })
    expect(other.status).toBe(200)
  })

  it('gives each login an id of its own, and ends the one before', async () => {
    const { send, jar } = await start()
    const [first, planted] = [jar(), jar()]
    await send('POST /login', TOM, first)
    const id = idOf(first)
    for (const [name, value] of first) planted.set(name, value)
    expect((await send('POST /login', TOM, first)).status).toBe(200)
    expect(idOf(first)).not.toBe(id)
    expect((await send('GET /me', undefined, first)).json).toEqual({ name: 'tom', role: 'keeper' })
    const old = await send('GET /me', undefined, planted)
    expect([old.status, old.json.detail, planted.has('session')]).toEqual([
      401,
      'The session has ended',
      false,
    ])
  })

  it('ends all sessions of a user with a new password', async () => {
    const { send, jar } = await start()
    const [here, there] = [jar(), jar()]
    for (const one of [here, there]) await send('POST /login', TOM, one)
    const change = (password: string) =>
      send('PUT /me/password', { password, newPassword: 'staple battery' }, here)
    expect((await change('wrong horse')).status).toBe(403)
    expect((await change(TOM.password)).status).toBe(204)
    expect((await send('GET /me', undefined, here)).status).toBe(200)
    expect((await send('GET /me', undefined, there)).status).toBe(401)
    expect((await send('POST /login', TOM)).status).toBe(401)
    const back = { password: 'staple battery', newPassword: TOM.password }
    expect((await send('PUT /me/password', back, here)).status).toBe(204)
    expect((await send('POST /login', TOM)).status).toBe(200)
  })

  it('ends a session after eight hours', async () => {
    const { send, jar } = await start()
    const tom = jar()
    await send('POST /login', TOM, tom)
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 8 * 3_600_000 })
    expect((await send('GET /me', undefined, tom)).status).toBe(401)
  })

  it('refuses forms of other sites, changes without a token, and cookies that it has not signed', async () => {
    const { send, jar } = await start()
    const tom = jar()
    const foreign = await send('POST /login', TOM, jar(), { 'sec-fetch-site': 'cross-site' })
    expect([foreign.status, foreign.json.code]).toEqual([403, 'csrf-origin'])
    await send('POST /login', TOM, tom)
    const forged = await send('POST /logout', undefined, tom, { 'x-csrf-token': '' })
    expect([forged.status, forged.json.code]).toEqual([403, 'csrf-token-invalid'])
    const unsigned = new Map([['session', tom.get('session') ?? '']])
    expect((await send('GET /me', undefined, unsigned)).json.detail).toBe('The request has no credentials')
  })

  it('needs no token of a page on its own origin, also when the session has ended', async () => {
    const { send, jar } = await start()
    const tom = jar()
    const own = { 'sec-fetch-site': 'same-origin', 'x-csrf-token': '' }
    const isOk = async (line: string, content?: object) =>
      expect((await send(line, content, tom, own)).status).toBeLessThan(300)
    await isOk('POST /login', TOM)
    const { csrf = '', ...cookies } = Object.fromEntries(tom)
    await isOk('POST /logout', {})
    for (const [name, value] of Object.entries({ ...cookies, csrf })) tom.set(name, value)
    expect((await send('GET /me', undefined, tom)).status).toBe(401)
    await isOk('POST /login', TOM)
  })

  it('has cookies that scripts cannot read, and behind a proxy with HTTPS are for HTTPS alone', async () => {
    const { send, jar } = await start()
    const cookiesOf = async (fields: Record<string, string>) =>
      (await send('POST /login', TOM, jar(), fields)).lines.map((line) =>
        line.replace(/=[^;]*/, '').toLowerCase(),
      )
    const [, ...open] = await cookiesOf({})
    const safe = 'path=/; samesite=lax; httponly'
    expect(open).toEqual([`session; ${safe}`, `session.sig; ${safe}`])
    const [csrf, ...others] = await cookiesOf({ 'x-forwarded-proto': 'https' })
    expect(csrf).toMatch(/^__host-csrf;.* secure;/)
    expect(others).toHaveLength(2)
    for (const line of others) expect(line).toMatch(/; secure; httponly$/)
  })

  it('documents the cookie as a security scheme, and the 401 of the login', () => {
    const { paths, components } = api.document()
    expect(components?.securitySchemes).toEqual({
      session: { type: 'apiKey', in: 'cookie', name: 'session' },
    })
    expect(paths['/me']?.get?.security).toEqual([{ session: [] }])
    const { security, responses } = paths['/login']?.post ?? {}
    expect(security).toEqual([])
    expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['200', '401', '403', '422', '429']))
  })
})

describe('the page on the login', () => {
  const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')

  it('shows the files of the example', () => {
    const page = readPage('docs/login.md')
    for (const name of ['passwords', 'sessions', 'accounts'])
      expect(page).toContain(`\`\`\`ts\n${readPage(`examples/login/${name}.ts`)}\`\`\``)
    const shown = /```ts\n(import \{ randomBytes \} from[\s\S]*?)```/.exec(page)?.[1] ?? ''
    const own = lines(readPage('examples/login/index.ts'))
    const others = lines(shown).filter((line) => !own.includes(line))
    expect(others).toEqual(['export const app = polka()']) // that of the example has a start page
    expect(fencesOf('docs/login.md', page)).toHaveLength(5)
  })
})
