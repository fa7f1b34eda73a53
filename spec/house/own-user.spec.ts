/** The mixin of examples/auth, which docs/authentication.md shows: `request.user` with its type. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Account, Roles } from '../../examples/auth/roles.ts'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { basic } from '../../lib/security.ts'
import { quiet } from '../support/logger.ts'
import { polka } from '../support/polka.ts'
import { readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'

class Pets extends Roles(RestBlueprint) {}

const login = basic({ realm: 'pets', verify: (name) => ({ name }) })
const security = [{ login: [] }]
const as = (name: string) => ({ authorization: `Basic ${Buffer.from(`${name}:x`).toString('base64')}` })

async function start() {
  const asked: unknown[] = []
  const accountOf = async (identity: unknown): Promise<Account | undefined> => {
    asked.push(identity)
    const { name } = identity as { name: string }
    return name === 'gone' ? undefined : { name, role: name === 'ola' ? 'keeper' : 'visitor' }
  }
  const app = polka()
  const api = new Api(app, { title: 'Pets', version: '1.0.0', logger: quiet() })
  const pets = new Pets('pets', { accountOf }).security({ login })
  pets.delete('/pets', { security, role: 'keeper' }, ({ user }) => {
    expectTypeOf(user).toExtend<Account>()
    return user
  })
  pets.get('/pets', { security }, (request) => 'user' in request)
  api.registerBlueprint(pets)
  return { ...(await serve(app)), api, asked }
}

describe('a mixin for request.user', () => {
  it('gives the handler the account, once per request, and refuses other roles', async () => {
    const { ask, asked } = await start()
    expect((await ask('DELETE /pets', as('ola'))).json).toEqual({ name: 'ola', role: 'keeper' })
    expect(asked).toEqual([{ name: 'ola' }])
    for (const name of ['tom', 'gone']) {
      const { status, json } = await ask('DELETE /pets', as(name))
      expect([status, json.detail]).toEqual([403, 'Only for the role keeper'])
    }
    const anonymous = await ask('DELETE /pets')
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="pets", charset="UTF-8"',
    ])
    expect(asked).toHaveLength(3)
  })

  it('costs other endpoints nothing, and is documented', async () => {
    const { ask, asked, api } = await start()
    expect((await ask('/pets', as('ola'))).json).toBe(false)
    expect(asked).toEqual([])
    expect(Object.keys(api.document().paths['/pets']?.delete?.responses ?? {})).toContain('403')
  })

  it('is a TypeError for a role without security, or without accounts', () => {
    const accountOf = () => undefined
    const api = () => new Api(polka(), { title: 'Pets', version: '1.0.0' })
    const open = new Pets('pets', { accountOf }).get('/pets', { role: 'keeper' }, () => 1)
    expect(() => api().registerBlueprint(open)).toThrow("'GET /pets' has a role: it needs 'security'")
    const lost = new Pets('pets').security({ login }).get('/pets', { security, role: 'keeper' }, () => 1)
    expect(() => api().registerBlueprint(lost)).toThrow("'GET /pets' has a role: it needs 'security'")
  })

  it('stands in the guide as it is in the example', () => {
    expect(readPage('docs/authentication.md')).toContain(readPage('examples/auth/roles.ts'))
  })
})
