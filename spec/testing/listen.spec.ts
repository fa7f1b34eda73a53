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
