/** URLs behind a trusted proxy that removes a prefix of the path. */
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { created, HttpException, RestBlueprint, redirect, serializeResponse } from '../../lib/index.ts'
import { trustedProxy } from '../../lib/security.ts'
import { polka } from '../support/polka.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

const BEHIND = { 'x-forwarded-prefix': '/gateway' }

describe('behind a trusted proxy that removes a prefix', () => {
  it('Location, Content-Location and Link have it before absolute paths, on errors too', async () => {
    const { ask, blueprint } = await testApi({ trustProxy: ['loopback'], prefix: '/api' }, (things) => {
      things.get('/things/<int:id>', { name: 'show' }, ({ params }) => params)
      things.post('/things', () =>
        created(blueprintUrl(), { id: 7 }, { headers: { 'content-location': '/x' } }),
      )
      things.get('/old', () => redirect(blueprintUrl(), 308))
      things.get('/away', () => redirect('https://other.example/x'))
      things.get('/host', () => redirect('//other.example/x'))
      things.get('/relative', () => redirect('things/7'))
      things.get('/links', () =>
        serializeResponse(1, {
          headers: {
            link: '</a>; rel="next", <?page=2>; rel="prev", <//b>; rel="x",</c,d>;title="e, </f>\\", </g>", </h>',
          },
        }),
      )
      things.get('/preset', (_request, response) => {
        response.setHeader('link', '</a>; rel="next"')
        return null
      })
      things.get('/error', () => {
        throw new HttpException(409, 'There is one', { headers: { location: '/things/7' } })
      })
    })
    const blueprintUrl = () => blueprint.urlFor('show', { id: 7 })
    const field = async (line: string, name = 'location', fields: Record<string, string> = BEHIND) =>
      (await ask(line, fields)).headers.get(name)
    expect(await field('POST /api/things')).toBe('/gateway/api/things/7')
    expect(await field('POST /api/things', 'content-location')).toBe('/gateway/x')
    expect(await field('/api/old')).toBe('/gateway/api/things/7')
    expect(await field('/api/away')).toBe('https://other.example/x')
    expect(await field('/api/host')).toBe('//other.example/x')
    expect(await field('/api/relative')).toBe('things/7')
    expect(await field('/api/links', 'link')).toBe(
      '</gateway/a>; rel="next", <?page=2>; rel="prev", <//b>; rel="x",</gateway/c,d>;title="e, </f>\\", </g>", </gateway/h>',
    )
    expect(await field('/api/preset', 'link')).toBe('</gateway/a>; rel="next"')
    expect(await field('/api/error')).toBe('/gateway/things/7')
    expect(await field('/api/old', 'location', {})).toBe('/api/things/7')
    expect(await field('/api/old', 'location', { 'x-forwarded-prefix': '//evil.com' })).toBe('/api/things/7')
  })

  it('that the middleware trustedProxy trusts, Location and Link have it too', async () => {
    const app = polka().use(trustedProxy(['loopback']))
    const things = new RestBlueprint('things')
      .get('/old', () => redirect('/new'))
      .get('/own', { trustProxy: false }, () => redirect('/new'))
      .get('/preset', (_request, response) => {
        response.setHeader('link', '</a>; rel="next"')
        return null
      })
    new Api(app, { title: 'Test', version: '1' }).registerBlueprint(things)
    const { ask } = await serve(app)
    expect((await ask('/old', BEHIND)).headers.get('location')).toBe('/gateway/new')
    expect((await ask('/preset', BEHIND)).headers.get('link')).toBe('</gateway/a>; rel="next"')
    expect((await ask('/own', BEHIND)).headers.get('location')).toBe('/new')
    expect((await ask('/old')).headers.get('location')).toBe('/new')
  })

  it('that nothing trusts, Location does not have it', async () => {
    const { ask } = await testApi({}, (things) => things.get('/old', () => redirect('/new')))
    expect((await ask('/old', BEHIND)).headers.get('location')).toBe('/new')
  })

  it('the document names it as its server, and the plain page in its curl lines', async () => {
    const { ask } = await testApi({ trustProxy: ['loopback'], docs: { ui: 'plain' } })
    const fields = { ...BEHIND, 'x-forwarded-host': 'api.example.org' }
    expect((await ask('/openapi.json', fields)).json.servers).toEqual([{ url: '/gateway' }])
    expect((await ask('/docs', fields)).text).toContain('api.example.org/gateway/every/200')
  })

  it('an endpoint can trust no proxy', async () => {
    const { ask } = await testApi({ trustProxy: ['loopback'] }, (things) =>
      things.get('/old', { trustProxy: false }, () => redirect('/new')),
    )
    expect((await ask('/old', BEHIND)).headers.get('location')).toBe('/new')
  })
})
