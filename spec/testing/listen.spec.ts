/** Servers for tests, closed at the end of each. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { fetchFrom, listen } from '../../lib/testing.ts'
import { polka } from '../support/polka.ts'
import { ROOT } from '../support/readme.ts'

function pets() {
  return new RestBlueprint('pets', { prefix: '/pets' }).get('/<int:id>', ({ params }) => ({
    id: params.id,
    name: 'Tom',
  }))
}

describe('listen', () => {
  it('serves on a free port until it is closed', async () => {
    const app = polka()
    pets().register(app)
    const server = await listen(app)
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await (await server.fetch('/pets/1')).json()).toEqual({ id: 1, name: 'Tom' })
    await server.close()
    await expect(fetch(server.url)).rejects.toThrow()
  })

  it('is closed by await using', async () => {
    const server = await listen(pets())
    await server[Symbol.asyncDispose]()
    await expect(server.fetch('/pets/1')).rejects.toThrow()
  })

  it.each([
    ['a blueprint', () => pets()],
    ['a listener', () => pets().handler],
    ['a server', () => createServer(pets().handler)],
    ['an Api', () => new Api(polka(), { title: 'Pets', version: '1' }).registerBlueprint(pets())],
  ])('serves %s', async (_, make) => {
    const server = await listen(make())
    expect((await server.fetch('/pets/1')).status).toBe(200)
    await server.close()
  })

  it.each([
    ['on an app', polka()],
    ['on no app', undefined],
  ])('serves document, page, health and problems of an Api %s', async (_, app) => {
    const options = { title: 'Pets', version: '1', prefix: '/v1', health: true }
    const api = new Api(app as never, options).registerBlueprint(pets())
    await using server = await listen(api)
    for (const path of ['/pets/1', '/openapi.json', '/docs', '/health/live'])
      expect((await server.fetch(`/v1${path}`)).status, path).toBe(200)
    const unknown = await server.fetch('/v1/nope')
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    await using again = await listen(api)
    expect((await again.fetch('/v1/pets/1')).status).toBe(200)
    api.registerBlueprint(new RestBlueprint('more').get('/more', () => 1))
    expect((await again.fetch('/v1/more')).status).toBe(200)
  })

  it('does not follow redirects', async () => {
    const api = new RestBlueprint('api')
    api.get('/', { status: 200 }, () => new Response(null, { status: 303, headers: { location: '/there' } }))
    const server = await listen(api)
    expect((await server.fetch('/')).headers.get('location')).toBe('/there')
    await server.close()
  })

  it('rejects for a blueprint with an endpoint that is declared wrongly', async () => {
    const wrong = pets().get('/x', { outgoing: ['text/nope'] }, () => 1)
    await expect(listen(wrong)).rejects.toThrow(/text\/nope/)
    await expect(fetchFrom(wrong)('/x')).rejects.toThrow(TypeError)
  })

  it('throws a TypeError for a value that cannot be served', async () => {
    await expect(listen({} as never)).rejects.toThrow(TypeError)
  })
})

describe('fetchFrom', () => {
  it('serves an app at the first call, and keeps no process alive', async () => {
    const script = `
      import { RestBlueprint } from './lib/index.ts'
      import { fetchFrom } from './lib/testing.ts'
      const api = new RestBlueprint('api')
      api.get('/', () => 'here')
      const fetch = fetchFrom(api)
      for (const path of ['/', '/']) console.log(await (await fetch(path)).json())`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: '' }, timeout: 15_000 },
    )
    expect(stdout).toBe('here\nhere\n')
  })
})
