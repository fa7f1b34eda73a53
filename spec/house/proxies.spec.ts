/** The lines for proxies of the page on deployment: what a client writes into the fields of proxies reaches no app. */
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { clientOf } from '../../lib/security.ts'
import { polka } from '../support/polka.ts'
import { isMissing, PROXIES, startProxy } from '../support/proxy.ts'
import { blocksOf, readPage } from '../support/readme.ts'
import { serve } from '../support/server.ts'

const blocks = blocksOf(readPage('docs/deployment.md')).map(({ text }) => text)
const linesFor = (mark: string) => {
  const [lines = '', ...others] = blocks.filter((text) => text.includes(mark))
  expect([lines === '', others]).toEqual([false, []])
  return lines
}

async function serveClient() {
  const clients = new RestBlueprint('clients').get('/client', (request) => {
    const { address, scheme, host, prefix } = clientOf(request)
    return { address, scheme, host, prefix }
  })
  const app = polka()
  const options = { title: 'Clients', version: '1.0.0', trustProxy: ['loopback'], health: true } as const
  new Api(app, options).registerBlueprint(clients) // haproxy asks for its health
  return serve(app)
}

const SPOOFED = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-prefix': '/evil',
}

describe.each(PROXIES)('the lines for $command', (proxy) => {
  const scheme = proxy.command === 'varnishd' ? 'https' : 'http' // TLS ends before varnish
  const spoofedScheme = scheme === 'http' ? 'https' : 'http'

  it.skipIf(isMissing(proxy)).each([
    ['X-Forwarded-*', { ...SPOOFED, 'x-forwarded-proto': spoofedScheme }],
    ['Forwarded', { forwarded: `for=203.0.113.9;host=evil.example;proto=${spoofedScheme}` }],
  ])(
    'replace %s of a client',
    async (_, headers) => {
      const { port: upstream, fetch: ask } = await serveClient()
      const spoofed = await (await ask('/client', { headers })).json()
      expect(spoofed).toMatchObject({ address: '203.0.113.9', host: 'evil.example', scheme: spoofedScheme })
      const port = await startProxy(proxy, linesFor(proxy.mark), upstream)
      const response = await fetch(`http://127.0.0.1:${port}/client`, { headers })
      expect(await response.json()).toEqual({
        address: '127.0.0.1',
        scheme,
        host: `127.0.0.1:${port}`,
        prefix: '',
      })
    },
    30_000,
  )
})

describe('lines without which a proxy ignores others', () => {
  it.each([
    ['haproxy', /^defaults\n {2}mode http$/m, 'http-request'],
    ['lighttpd', /^server\.modules \+= \("mod_setenv", "mod_proxy"\)$/m, 'setenv.set-request-header'],
  ])('are there for %s', (_, line, mark) => {
    expect(linesFor(mark)).toMatch(line)
  })
})
