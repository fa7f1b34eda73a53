/** The life of a version: Deprecation, Sunset and Link on every answer, then 410. */
import { describe, expect, it } from 'vitest'
import { abort, type HttpException, type RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { apiKey } from '../../lib/security.ts'
import { AGEING, petsApi, TABLES, TOM, vendor } from '../support/versioned-pets.ts'

const accept = (version: string) => ({ accept: vendor(version) })
const FIELDS = ['deprecation', 'sunset', 'link'] as const

function lifeOf(headers: Headers): (string | null)[] {
  return FIELDS.map((name) => headers.get(name))
}

const AGED = [
  '@1786876221',
  'Thu, 30 Sep 2027 00:00:00 GMT',
  `<?>; rel="successor-version"; type="${vendor('2')}"`,
]
const YOUNG = [null, null, null]

describe('an answer of a deprecated version', () => {
  it('says since when, as seconds in a structured field (FS-55)', async () => {
    const { ask } = await petsApi()
    const { headers } = await ask('/pets/1', accept('1'))
    expect(headers.get('deprecation')).toBe(`@${Date.parse('2026-08-16T10:30:21Z') / 1000}`)
  })

  it('says until when, as an HTTP date also where it is declared as a day (FS-56)', async () => {
    const { ask } = await petsApi({ supported: { 2: { sunset: '2027-09-30' }, 3: {} } })
    const { headers } = await ask('/pets/1', accept('2'))
    expect(headers.get('sunset')).toBe('Thu, 30 Sep 2027 00:00:00 GMT')
    expect(headers.get('deprecation')).toBeNull()
  })

  it('links to the version to change to: at the same address, the next one that is not deprecated', async () => {
    const supported = { 1: { gone: true }, 2: AGEING, 3: AGEING, '3.1': { gone: true }, 4: {}, 5: {} }
    const { ask } = await petsApi({ supported, current: '5' })
    const link = async (version: string) => (await ask('/pets/1?a=b', accept(version))).headers.get('link')
    expect(await link('2')).toBe(`<?a=b>; rel="successor-version"; type="${vendor('4')}"`)
    expect(await link('3')).toContain(vendor('4'))
    expect(await link('1')).toContain(vendor('4'))
    expect(await link('4')).toBeNull()
  })

  it('links without the parameter that names its type in formats', async () => {
    const addOld = (pets: RestBlueprint) => pets.outgoing.addMimetype(vendor('2'))
    const { ask } = await petsApi({ supported: { 2: AGEING, 3: {} } }, addOld, {
      formats: { old: vendor('2') },
    })
    const { headers } = await ask('/pets/1?a=b&format=old&c=d')
    expect(headers.get('content-type')).toContain(vendor('2'))
    expect(headers.get('link')).toBe(`<?a=b&c=d>; rel="successor-version"; type="${vendor('3')}"`)
  })

  it('has the fields whatever its status is, before and after the version is chosen', async () => {
    const { ask } = await petsApi(
      {},
      (pets) => {
        pets.get('/missing', { name: 'missing' }, () => abort(404))
        pets.get('/failing', { name: 'failing' }, () => {
          throw new Error('the cause')
        })
        pets.get('/written', { name: 'written' }, (_request, response) => void response.end('by hand'))
        pets.get('/fetched', { name: 'fetched' }, () => new Response('raw'))
        pets.get('/kept', { name: 'kept', security: [{ key: [] }] }, () => 1)
        pets.get(
          '/limited',
          { name: 'limited', rateLimit: { limits: { all: { points: 1, seconds: 60 } } } },
          () => 1,
        )
        pets.security({ key: apiKey({ header: 'x-key', verify: () => undefined }) })
        pets.delete('/pets/<int:id>', { name: 'remove', status: 204 }, () => undefined)
      },
      {},
      { cors: { origin: ['https://a.example'] }, securityHeaders: true },
    )
    const { tag } = await ask('/pets/1', accept('1'))
    await ask('/limited', accept('2'))
    const answers: [line: string, status: number, fields?: Record<string, string>, content?: unknown][] = [
      ['/pets/1', 200],
      ['HEAD /pets/1', 200],
      ['/pets/1', 304, { 'if-none-match': tag }],
      ['/pets/1', 412, { 'if-match': '"other"' }],
      ['/pets/x?', 404],
      ['/missing', 404],
      ['/failing', 500],
      ['/written', 200],
      ['/fetched', 200],
      ['/kept', 401, { 'x-key': 'wrong' }],
      ['/limited', 429],
      ['DELETE /pets/1', 204],
      ['PUT /pets/1', 428, {}, TOM],
      ['PUT /pets/1', 415, { 'content-type': 'text/plain' }, 'x'],
      ['POST /pets', 422, {}, { id: 'x' }],
      ['POST /pets', 400, {}, '{'],
    ]
    for (const [line, status, fields, content] of answers) {
      const answer = await ask(line, { ...accept('1'), ...fields }, content)
      const expected = line === '/pets/x?' ? YOUNG : AGED // no endpoint, and so no version
      expect([line, answer.status, ...lifeOf(answer.headers)]).toEqual([line, status, ...expected])
    }
    const { headers } = await ask('/pets/1', { origin: 'https://a.example' })
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toContain('deprecation, sunset')
  })

  it('has them on the last resort of a failed error renderer', async () => {
    const { ask } = await petsApi({}, (pets) => {
      pets.exceptionRenderer.renders('application/problem+json', () => {
        throw new Error('no problem')
      })
      pets.get('/missing', { name: 'missing' }, () => abort(404))
    })
    const { status, headers } = await ask('/missing', accept('1'))
    expect([status, ...lifeOf(headers)]).toEqual([404, ...AGED])
  })

  it('has them where only the content is of that version', async () => {
    const { ask } = await petsApi()
    const { status, headers } = await ask('POST /pets', vendor('1'), { id: 2, name: 'Ada Owl' })
    expect([status, ...lifeOf(headers)]).toEqual([201, ...AGED])
    const { headers: empty } = await ask('/pets/1', { 'content-type': vendor('1') }) // a GET without content
    expect(lifeOf(empty)).toEqual(YOUNG)
  })

  it('keeps its own links, of the handler or the response', async () => {
    const { ask } = await petsApi({}, (pets) => {
      pets.get('/own', { name: 'own' }, () =>
        serializeResponse(1, { headers: { link: '</a>; rel="author"' } }),
      )
      pets.get('/set', { name: 'set' }, (_request, response) => {
        response.setHeader('link', '</a>; rel="author"')
        return 1
      })
      pets.get('/none', { name: 'none', outgoing: [vendor('3')] }, () => 1)
    })
    for (const path of ['/own', '/set'])
      expect((await ask(path, accept('1'))).headers.get('link')).toBe(`</a>; rel="author", ${AGED[2]}`)
    expect((await ask('/own', accept('3'))).headers.get('link')).toBe('</a>; rel="author"')
  })

  it('keeps the links of after hooks, on errors and a 304 as well', async () => {
    const { ask } = await petsApi({}, (pets) => {
      pets.get('/missing', { name: 'missing' }, () => abort(404))
      pets.get('/own', { name: 'own' }, () =>
        serializeResponse(1, { headers: { link: '</b>; rel="author"' } }),
      )
      pets.after((_request, response) => void response.setHeader('Link', '</a>; rel="help"'))
    })
    const { tag } = await ask('/pets/1', accept('1'))
    for (const [line, fields] of [
      ['/pets/1'],
      ['/pets/1', { 'if-none-match': tag }],
      ['/missing'],
    ] as const) {
      const { headers } = await ask(line, { ...accept('1'), ...fields })
      expect([line, headers.get('link')]).toEqual([line, `</a>; rel="help", ${AGED[2]}`])
    }
    expect((await ask('/own', accept('1'))).headers.get('link')).toContain(AGED[2])
    expect((await ask('/pets/1', accept('2'))).headers.get('link')).toBe('</a>; rel="help"')
  })

  it('has none of them in other versions, and where there is no version', async () => {
    const { ask } = await petsApi()
    for (const version of ['2', '3', '9999'])
      expect(lifeOf((await ask('/pets/1', accept(version))).headers).slice(0, 2)).toEqual([null, null])
    expect(lifeOf((await ask('DELETE /pets', accept('1'))).headers)).toEqual(YOUNG)
    expect(lifeOf((await ask('/pets/1', { accept: 'application/json' })).headers)).toEqual(YOUNG)
  })

  it('has them for every client where the current version itself is deprecated', async () => {
    const { ask } = await petsApi({ supported: { 3: AGEING } }, (pets) =>
      pets.get('/text', { outgoing: ['text/plain'] }, () => 'text'),
    )
    for (const path of ['/pets/1', '/text'])
      expect(lifeOf((await ask(path)).headers)).toEqual([AGED[0], AGED[1], null])
  })
})

it('has the link once where the request is refused before its walk, and where an endpoint passes it on', async () => {
  const { raw } = await petsApi(
    {},
    (pets) => pets.get('/passing', { name: 'passing' }, (_request, _response, next) => next()),
    {},
    { allowedHosts: ['good.example'], rateLimit: { points: 2, seconds: 60 } },
  )
  const get = (host: string, path = '/pets/1') =>
    raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAccept: ${vendor('1')}\r\nConnection: close\r\n\r\n`)
  for (const [status, answer] of [
    [421, await get('evil.example')],
    [404, await get('good.example', '/passing')],
    [429, await get('evil.example')],
  ] as const) {
    expect(answer).toContain(`HTTP/1.1 ${status} `)
    expect([status, answer.split('rel="successor-version"')]).toEqual([status, expect.toSatisfy(isPair)])
    for (const name of ['deprecation', 'ratelimit', 'ratelimit-policy'])
      expect([status, answer.match(new RegExp(`^${name}: [^,]*$`, 'gim'))]).toEqual([
        status,
        [expect.any(String)],
      ])
  }
})

const isPair = (parts: string[]): boolean => parts.length === 2

describe('a version that is gone', () => {
  const supported = { 1: { gone: true, ...AGEING }, 2: TABLES[2], 3: {} }

  it('is a 410 for its answers and its content, with the fields', async () => {
    const { ask } = await petsApi({ supported })
    const shown = await ask('/pets/1', accept('1'))
    expect([shown.status, shown.json.detail]).toEqual([410, 'Version 1 is gone; the current one is 3'])
    expect(lifeOf(shown.headers)).toEqual(AGED)
    const added = await ask('POST /pets', vendor('1'), { id: 2, name: 'Ada Owl' })
    expect([added.status, ...lifeOf(added.headers)]).toEqual([410, ...AGED])
  })

  it('is a 410 that caches keep for that version alone', async () => {
    const { ask, api } = await petsApi({ supported }, (pets) => {
      pets.exceptionRenderer = { render: (error) => JSON.stringify((error as HttpException).toProblem()) }
      pets.get('/text', { name: 'text', outgoing: ['text/plain'], incoming: [] }, () => 'text')
    })
    expect((await ask('/pets/1', accept('1'))).headers.get('vary')).toBe('Accept')
    const responsesOf = (path: string) => Object.keys(api.document().paths[path]?.get?.responses ?? {})
    expect(responsesOf('/pets/{id}')).toContain('410')
    expect(responsesOf('/text')).not.toContain('410') // it has no versions
    expect((await ask('/text', accept('1'))).status).toBe(406)
  })

  it('is left out of the choices, and not chosen where another version is accepted', async () => {
    const { ask, api } = await petsApi({ supported })
    expect((await ask('/pets/1', accept('9999'))).json.acceptable).toEqual([
      'application/json',
      vendor('3'),
      vendor('2'),
    ])
    expect((await ask('POST /pets', vendor('9999'), TOM)).json.supported).not.toContain(vendor('1'))
    const { status, headers } = await ask('/pets/1', { accept: `${vendor('1')}, ${vendor('2')};q=0.1` })
    expect([status, headers.get('content-type')]).toEqual([200, vendor('2')])
    expect(api.endpoints.find(({ name }) => name === 'show')?.explain({ accept: vendor('1') })).toMatchObject(
      {
        contentType: undefined,
        reason: `${vendor('1')} is of a version that is gone`,
      },
    )
  })

  it('is a 410 also where the type is listed, and where other clients get the first type', async () => {
    const { ask } = await petsApi(
      { supported },
      (pets) => pets.outgoing.setMimetypes([vendor('3'), vendor('1')]),
      { notAcceptable: 'default' },
    )
    expect((await ask('/pets/1', accept('1'))).status).toBe(410)
    expect((await ask('/pets/1', { accept: 'image/png' })).status).toBe(200)
  })

  it('still converts for the versions before it', async () => {
    const { ask } = await petsApi({ supported: { 1: TABLES[1], 2: { ...TABLES[2], gone: true }, 3: {} } })
    expect((await ask('/pets/1', accept('1'))).json).toEqual({ id: 1, name: 'Tom Cat' })
  })
})
