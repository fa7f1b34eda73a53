/** Responses that a real nginx with a `proxy_cache` stores, and streams that pass it at once. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serializeResponse } from '../../lib/index.ts'
import { sse } from '../../lib/renderers.ts'
import { isNginxMissing, Nginx, read } from '../support/nginx.ts'
import { ROOT } from '../support/readme.ts'
import { testApi } from '../support/test-api.ts'

const cache = { maxAgeSeconds: 60, visibility: 'public' } as const

/** nginx of the example `production` with a cache, in front of a port. */
async function startCaching(port: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-cache-'))
  const example = readFileSync(`${ROOT}examples/production/nginx.conf`, 'utf8')
  const location =
    'proxy_cache api; add_header X-Cache $upstream_cache_status always; proxy_pass http://api/;'
  const site = example.replace('proxy_pass http://api/;', location)
  writeFileSync(
    join(folder, 'site.conf'),
    `proxy_cache_path ${join(folder, 'cache')} keys_zone=api:1m;\n${site}`,
  )
  const nginx = await Nginx.start(join(folder, 'site.conf'), port)
  onTestFinished(async () => {
    await nginx.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return nginx
}

describe.skipIf(isNginxMissing())('a cache of nginx', () => {
  it('stores what is declared for shared caches, a stream as well, and nothing else', async () => {
    let runs = 0
    async function* rows() {
      yield ++runs
    }
    const { port } = await testApi({}, (things) => {
      things.get('/whole', { cache }, () => [++runs])
      things.get('/rows', { cache }, () => rows())
      things.get('/aged', { cache: { maxAgeSeconds: 60 } }, () => rows())
      things.get('/response', { cache, outgoing: false }, () => new Response(`run ${++runs}`))
      things.get('/blob', { cache, outgoing: false }, () => new Blob([`run ${++runs}`]))
      things.get('/own', () => serializeResponse(rows(), { headers: { 'cache-control': 's-maxage=60' } }))
      things.get('/private', { cache: { maxAgeSeconds: 60, visibility: 'private' } }, () => rows())
      things.get('/undeclared', () => rows())
      things.get('/kept', { cache }, () =>
        serializeResponse(rows(), { headers: { 'x-accel-buffering': 'no' } }),
      )
    })
    const nginx = await startCaching(port)
    const isStored = async (path: string) => {
      await nginx.ask(`/shelter${path}`)
      return (await nginx.ask(`/shelter${path}`)).headers['x-cache'] === 'HIT'
    }
    for (const path of ['/whole', '/rows', '/aged', '/response', '/blob', '/own'])
      expect([path, await isStored(path)]).toEqual([path, true])
    for (const path of ['/private', '/undeclared', '/kept'])
      expect([path, await isStored(path)]).toEqual([path, false])
  })

  it('does not hold events back, whatever is declared', async () => {
    let goOn = () => {}
    const { port } = await testApi({ cache }, (things) => {
      things.get('/events', async function* () {
        yield 1
        await new Promise<void>((resolve) => {
          goOn = resolve
        })
        yield 2
      })
      things.outgoing.addMimetype('text/event-stream')
      things.contentRenderer.renders('text/event-stream', sse())
    })
    const nginx = await startCaching(port)
    const response = await nginx.open('/shelter/events', { fields: { accept: 'text/event-stream' } })
    expect(response.headers['content-type']).toContain('text/event-stream')
    goOn()
    expect((await read(response)).text).toContain('data: 2')
  })
})
