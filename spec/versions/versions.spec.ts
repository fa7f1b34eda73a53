/** Versions by media type: one handler, and clients of every version. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { getBestMimetype, HttpException, RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { jsonPatch } from '../../lib/json-patch.ts'
import { csv, json, ndjson } from '../../lib/renderers.ts'
import { testApi } from '../support/test-api.ts'
import {
  AGEING,
  PetV2,
  PetV3,
  parameter,
  petsApi,
  TABLES,
  TOM,
  toV1,
  toV2,
  VERSIONS,
  vendor,
} from '../support/versioned-pets.ts'

const V1 = { id: 1, name: 'Tom Cat' }
const V2 = { id: 1, first: 'Tom', last: 'Cat' }
const accept = (version: string) => ({ accept: vendor(version) })

describe('the answer of a version', () => {
  it('has the data of the version that Accept names, in its type', async () => {
    const { ask } = await petsApi()
    for (const [version, data] of [
      ['1', V1],
      ['2', V2],
      ['3', TOM],
    ] as const) {
      const { status, headers, json } = await ask('/pets/1', accept(version))
      expect([status, json]).toEqual([200, data])
      expect([headers.get('content-type'), headers.get('vary')]).toEqual([vendor(version), 'Accept'])
    }
    expect((await ask('/pets', accept('1'))).json).toEqual([V1])
  })

  it('is the current one for a client that names none, in the type that the endpoint lists', async () => {
    const { ask, raw } = await petsApi()
    for (const fields of [{ accept: '*/*' }, { accept: 'application/json' }, { accept: 'application/*' }]) {
      const { headers, json } = await ask('/pets/1', fields)
      expect([headers.get('content-type'), headers.get('vary'), json]).toEqual([
        'application/json',
        'Accept',
        TOM,
      ])
    }
    expect(await raw('GET /pets/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /content-type: application\/json\r\n/i,
    )
    const listed = await petsApi({}, (pets) => pets.outgoing.setMimetypes([vendor('3'), 'application/json']))
    const { headers } = await listed.ask('/pets/1')
    expect(headers.get('content-type')).toBe(vendor('3'))
  })

  it('is chosen by weights and ranges as other media types are: the newest first', async () => {
    const { ask } = await petsApi()
    const typeOf = async (field: string) =>
      (await ask('/pets/1', { accept: field })).headers.get('content-type')
    expect(await typeOf(`${vendor('1')};q=0.9, ${vendor('2')}`)).toBe(vendor('2'))
    expect(await typeOf('application/*+json')).toBe(vendor('3'))
    expect(await typeOf(`${vendor('9999')}, ${vendor('2')};q=0.1`)).toBe(vendor('2'))
  })

  it('may be named by a parameter', async () => {
    const { ask } = await petsApi({ type: parameter })
    const { headers, json } = await ask('/pets/1', { accept: 'application/json; version=1' })
    expect([headers.get('content-type'), json]).toEqual(['application/json; version=1', V1])
    expect((await ask('/pets/1', { accept: 'application/json' })).json).toEqual(TOM)
  })

  it.each([
    ['vendor type', vendor, vendor('9999')],
    ['parameter', parameter, 'application/json;version=9999'],
  ])('is a 406 for an unknown %s, with the versions there are (FS-58)', async (_, type, unknown) => {
    const { ask } = await petsApi({ type })
    const { status, json, headers } = await ask('/pets/1', { accept: unknown })
    expect([status, headers.get('content-type')]).toEqual([406, 'application/problem+json'])
    expect(json.acceptable.map((one: string) => one.replace('; ', ';'))).toEqual([
      'application/json',
      type('3'),
      type('2'),
      type('1'),
    ])
  })

  it('is not changed where the handler says what it is: another type, a raw answer, bytes, an error', async () => {
    const { ask } = await petsApi({}, (pets) => {
      pets.contentRenderer.renders('text/csv', csv())
      pets.get('/csv', { name: 'csv', outgoing: [null, 'text/csv'] }, () => [TOM])
      pets.get('/failing', { name: 'failing' }, () => serializeResponse({ reason: 'late' }, { status: 409 }))
    })
    expect((await ask('/csv', { accept: 'text/csv' })).text).toContain('Tom')
    expect((await ask('/failing', accept('1'))).json).toEqual({ reason: 'late' })
    const tables = { response: { raw: () => 'wrong', bytes: () => 'wrong' } }
    const raw = await petsApi({ supported: { 2: tables, 3: {} } }, (pets) => {
      pets.get('/raw', { name: 'raw' }, () => new Response('as it is'))
      pets.get('/bytes', { name: 'bytes' }, () => Buffer.from('as it is'))
    })
    expect((await raw.ask('/raw', accept('2'))).text).toBe('as it is')
    expect((await raw.ask('/bytes', accept('2'))).text).toBe('as it is')
  })

  it('is of the version whose type the handler chooses', async () => {
    const { ask } = await petsApi({ supported: { 2: { response: { old: toV2 } }, 3: {} } }, (pets) =>
      pets.get('/old', { name: 'old' }, () => serializeResponse(TOM, { contentType: vendor('2') })),
    )
    expect((await ask('/old')).json).toEqual(V2)
  })

  it('has the same data as its neighbour where a table has no transform', async () => {
    const { ask } = await petsApi({}, (pets) => pets.get('/same', () => ({ same: true })))
    expect((await ask('/same', accept('1'))).json).toEqual({ same: true })
  })

  it('waits for a transform, which knows the request', async () => {
    const { ask } = await petsApi(
      {
        supported: {
          2: { response: { later: async (pet: object, { params }) => ({ ...pet, of: params.id }) } },
          3: {},
        },
      },
      (pets) => pets.get('/later/:id', { name: 'later' }, () => ({ a: 1 })),
    )
    expect((await ask('/later/7', accept('2'))).json).toEqual({ a: 1, of: '7' })
  })

  it('is a 500 with the cause in the log where a transform fails or returns nothing, and never shows it', async () => {
    const { ask, logger } = await petsApi({
      supported: {
        1: { response: { show: () => undefined } },
        2: {
          response: {
            show: () => {
              throw new Error('the cause')
            },
            list: async () => Promise.reject(new Error('the late cause')),
          },
        },
        3: {},
      },
    })
    const failing = await ask('/pets/1', accept('2'))
    expect([failing.status, failing.text.includes('cause')]).toEqual([500, false])
    expect((await ask('/pets', accept('2'))).status).toBe(500)
    expect(logger.text()).toContain('the cause')
    expect(logger.text()).toContain('the late cause')
    const nothing = await petsApi({ supported: { 2: { response: { show: () => undefined } }, 3: {} } })
    expect((await nothing.ask('/pets/1', accept('2'))).status).toBe(500)
    expect(nothing.logger.text()).toContain(
      "The response transform of 'show' in version '2' returns undefined",
    )
  })

  it('loses the members that the schema of its version does not know', async () => {
    const Known = z.object({ id: z.int(), name: z.object({ last: z.string() }) })
    const { ask } = await petsApi({ supported: { 2: { response: { show: { schema: Known } } }, 3: {} } })
    expect((await ask('/pets/1', accept('2'))).json).toEqual({ id: 1, name: { last: 'Cat' } })
  })

  it('is a 500 where a transform returns data that the schema of its version refuses', async () => {
    const show = { schema: z.object({ id: z.string() }), transform: () => ({ id: 1 }) }
    const { ask, logger } = await petsApi({ supported: { 2: { response: { show } }, 3: {} } })
    expect((await ask('/pets/1', accept('2'))).status).toBe(500)
    expect(logger.text()).toMatch(/The data of 'show' in version '2' does not fit its response: #\/id/)
  })

  it('is found from an error: the problem does not need what was wrong with the request (FS-59)', async () => {
    const { ask, status } = await petsApi({}, (pets) => {
      pets.outgoing.setMimetypes([vendor('3')]) // clients have to name a version
      pets.incoming.setMimetypes([vendor('3')])
    })
    const refused = await ask('/pets/1', { accept: 'application/json' })
    expect([refused.status, refused.headers.get('content-type')]).toEqual([406, 'application/problem+json'])
    expect(refused.json.detail).toBe(`Available media types: ${['3', '2', '1'].map(vendor).join(', ')}`)
    const unsupported = await ask('POST /pets', 'application/json', TOM)
    expect([unsupported.status, unsupported.json.supported]).toEqual([415, ['3', '2', '1'].map(vendor)])
    expect(await status('/pets/1', accept('1'))).toBe(200)
  })
})

describe('the content of a version', () => {
  it('is converted before it is validated: schema and handler have the current version', async () => {
    const { ask, store } = await petsApi()
    const added = await ask('POST /pets', vendor('1'), { id: 2, name: 'Ada Owl' })
    expect([added.status, added.json]).toEqual([
      201,
      { id: 2, name: { first: 'Ada', last: 'Owl' }, tags: [] },
    ])
    await ask('POST /pets', vendor('2'), { id: 3, first: 'Bo', last: 'Fox' })
    expect(store.get(3)).toEqual({ id: 3, name: { first: 'Bo', last: 'Fox' }, tags: [] })
    expect((await ask('POST /pets', vendor('3'), TOM)).status).toBe(201)
    expect((await ask('POST /pets', 'application/json', TOM)).status).toBe(201)
  })

  it('may be of another version than the answer', async () => {
    const { ask } = await petsApi()
    const fields = { 'content-type': vendor('1'), accept: vendor('2') }
    expect((await ask('POST /pets', fields, { id: 2, name: 'Ada Owl' })).json).toEqual({
      id: 2,
      first: 'Ada',
      last: 'Owl',
    })
  })

  it('is a 422 by the schema of its version, else by the current one after the transform', async () => {
    const { outcome } = await petsApi()
    expect(await outcome('POST /pets', vendor('1'), { id: 2 })).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/name' }],
    })
    expect(await outcome('POST /pets', vendor('1'), { id: 2, name: 'Cher' })).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/name/last' }],
    })
    expect(await outcome('POST /pets', vendor('1'))).toMatchObject({ status: 422 })
  })

  it('is whatever error its transform throws', async () => {
    const add = () => {
      throw new HttpException(422, 'No pets of the old kind')
    }
    const { outcome } = await petsApi({ supported: { 2: { request: { add } }, 3: {} } })
    expect(await outcome('POST /pets', vendor('2'), {})).toEqual({
      status: 422,
      detail: 'No pets of the old kind',
    })
  })

  it.each([
    ['vendor type', vendor, vendor('9999')],
    ['parameter', parameter, 'application/json;version=9999'],
  ])('is a 415 for an unknown %s, with the versions there are (FS-58)', async (_, type, unknown) => {
    const { ask } = await petsApi({ type })
    const { status, json, headers } = await ask('POST /pets', unknown, TOM)
    expect(status).toBe(415)
    const supported = ['application/json', type('3'), type('2'), type('1')].join(', ').replaceAll('; ', ';')
    expect(json.supported.join(', ').replaceAll('; ', ';')).toBe(supported)
    expect(headers.get('accept-post')?.replaceAll('; ', ';')).toBe(supported)
  })

  it.each([
    ['vendor type', vendor, vendor('9')],
    ['parameter', parameter, parameter('9')],
  ])('is a 415 for an unknown %s also where a range accepts all JSON (FS-58)', async (_, type, unknown) => {
    const { ask } = await petsApi({ type }, (pets) =>
      pets.post(
        '/echo',
        { name: 'echo', incoming: ['*+json', 'application/json'] },
        ({ body }) => body as object,
      ),
    )
    const post = async (contentType: string) =>
      (await ask('POST /echo', { 'content-type': contentType }, Buffer.from('{}'))).status
    expect(await post(unknown)).toBe(415)
    for (const known of [type('1'), type('3'), 'application/json', 'application/vnd.other+json'])
      expect([known, await post(known)]).toEqual([known, 200])
  })

  it('is a 415 of another type, whatever version Accept names (FS-60)', async () => {
    const { ask } = await petsApi()
    const { status, json } = await ask('POST /pets', { 'content-type': 'text/plain', ...accept('2') }, 'Tom')
    expect([status, json.supported]).toEqual([415, ['application/json', ...['3', '2', '1'].map(vendor)]])
  })

  it('may be named by a parameter, and a patch has none but the current one', async () => {
    const { status, store, ask } = await petsApi({ type: parameter }, (pets) => {
      pets.contentParser.parses('application/json-patch+json', jsonPatch())
      const patch = { schema: z.object({ id: z.int() }), current: () => ({ id: 1 }) }
      pets.patch('/pets/<int:id>', { name: 'change', patch }, ({ body }) => body)
    })
    expect(await status('POST /pets', parameter('1'), { id: 2, name: 'Ada Owl' })).toBe(201)
    expect(store.get(2)?.name).toEqual({ first: 'Ada', last: 'Owl' })
    const merge = 'application/merge-patch+json'
    expect(await status('PATCH /pets/1', merge, { id: 2 })).toBe(200)
    expect(await status('PATCH /pets/1', `${merge};version=3`, { id: 2 })).toBe(200)
    expect(await status('PATCH /pets/1', `${merge};version=1`, { id: 2 })).toBe(415)
    const { json } = await ask('PATCH /pets/1', parameter('1'), { id: 2 })
    expect(json.supported).toEqual([merge, 'application/json-patch+json'])
  })

  it('of a patch is of the current version, also where it may be JSON', async () => {
    let changes: unknown
    const supported = { ...VERSIONS.supported, 0: { gone: true } } as const
    const { ask } = await petsApi({ supported }, (pets) => {
      const patch = { schema: z.object({ id: z.int() }), current: () => ({ id: 1 }) }
      const incoming = ['application/merge-patch+json', 'application/json', vendor('1')]
      pets.patch('/pets/<int:id>', { name: 'change', patch, incoming }, (request) => {
        changes = request.changes
      })
    })
    for (const type of [vendor('0'), vendor('1'), vendor('2'), vendor('9')]) {
      const { status, headers } = await ask('PATCH /pets/1', type, { id: 2 })
      expect([type, status, changes]).toEqual([type, 415, undefined])
      expect(headers.get('accept-patch')).toBe(
        `application/merge-patch+json, application/json, ${vendor('3')}`,
      )
    }
    for (const type of ['application/json', vendor('3')]) {
      expect((await ask('PATCH /pets/1', type, { id: 2 })).status).toBe(204)
      expect(changes).toEqual({ id: 2 })
    }
  })

  it('of a pattern of types has versions as well', async () => {
    const { ask } = await petsApi({}, (pets) => pets.incoming.setMimetypes(['application/*+json']))
    expect((await ask('POST /pets', vendor('1'), { id: 2, name: 'Ada Owl' })).json.name.first).toBe('Ada')
  })

  it('has the schema of the type without a version', async () => {
    const Form = z.object({ word: z.string() })
    const body = { 'application/json': z.object({ n: z.int() }), 'application/x-www-form-urlencoded': Form }
    const { outcome } = await petsApi({}, (pets) => pets.post('/both', { body }, ({ body }) => body))
    expect(await outcome('POST /both', vendor('2'), { n: 1 })).toEqual({ status: 200, value: { n: 1 } })
    expect((await outcome('POST /both', vendor('2'), { n: 'x' })).status).toBe(422)
  })
})

describe('a list in a version', () => {
  const supported = {
    2: { response: { rows: (pets: (typeof TOM)[]) => pets.map(toV2) } },
    3: {},
  }
  async function* rows() {
    yield TOM
    yield { ...TOM, id: 2 }
  }
  const expected = [V2, { ...V2, id: 2 }]

  it.each([
    ['an array', () => [TOM, { ...TOM, id: 2 }]],
    ['a set', () => new Set([TOM, { ...TOM, id: 2 }])],
    ['an async iterable', rows],
    ['a web stream', () => ReadableStream.from(rows())],
    ['an iterator', () => [TOM, { ...TOM, id: 2 }].values()],
  ])('is converted from %s, without a response schema', async (_, source) => {
    const { ask } = await petsApi({ supported }, (pets) =>
      pets.get('/rows', { name: 'rows' }, source as () => unknown),
    )
    expect((await ask('/rows', accept('2'))).json).toEqual(expected)
  })

  it('is streamed row by row, after its response schema and in other types', async () => {
    const lines = (version: string) => `application/vnd.acme.v${version}+x-ndjson`
    let started = 0
    const endless = async function* () {
      for (;;) yield { ...TOM, id: ++started }
    }
    const { fetch } = await petsApi({ supported, type: lines }, (pets) => {
      for (const version of ['2', '3']) pets.contentRenderer.renders(lines(version), ndjson())
      pets.get('/rows', { name: 'rows', outgoing: [lines('3')] }, endless)
    })
    const response = await fetch('/rows', { headers: { accept: lines('2') } })
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    await reader?.cancel()
    expect(new TextDecoder().decode(value).split('\n')[0]).toBe(JSON.stringify(V2))
  })

  it.each([
    ['an array', () => [TOM]],
    ['an async iterable', rows],
    ['an iterator', () => [TOM].values()],
  ])('is validated by the schemas of both versions from %s', async (_, source) => {
    const list = {
      schema: z.array(PetV2),
      transform: (pets: (typeof TOM)[]) => pets.map((pet) => ({ ...toV2(pet), odd: 1 })),
    }
    const { ask } = await petsApi({ supported: { 2: { response: { rows: list } }, 3: {} } }, (pets) =>
      pets.get('/rows', { name: 'rows', response: z.array(PetV3) }, source as () => (typeof TOM)[]),
    )
    expect((await ask('/rows', accept('2'))).json[0]).toEqual(V2)
    expect((await ask('HEAD /rows', accept('2'))).status).toBe(200)
  })

  it('is a failure where a transform of a stream returns fewer rows', async () => {
    const { ask, logger } = await petsApi(
      { supported: { 2: { response: { rows: () => [] } }, 3: {} } },
      (pets) => pets.get('/rows', { name: 'rows' }, rows),
    )
    const { status } = await ask('/rows', accept('2'))
    expect(status).toBe(500)
    expect(logger.text()).toContain('a row for each of the list')
  })

  it('is converted inside the envelope of a page, with its links', async () => {
    const { ask } = await petsApi({ supported: { 2: { ...supported[2], ...AGEING }, 3: {} } }, (pets) =>
      pets.get('/rows', { name: 'rows', paginate: { envelope: true, pageSize: 1 } }, ({ pagination }) => {
        pagination.itemCount = 2
        return [TOM]
      }),
    )
    const { json, headers } = await ask('/rows', accept('2'))
    expect(json).toMatchObject({ items: [V2], pagination: { total: 2 } })
    expect(headers.get('link')?.match(/rel="successor-version"/g)).toHaveLength(1)
    expect(headers.get('link')).toContain('rel="next"')
    const streamed = await petsApi({ supported }, (pets) =>
      pets.get('/rows', { name: 'rows', paginate: { envelope: true } }, ({ pagination }) => {
        pagination.itemCount = 2
        return rows()
      }),
    )
    expect((await streamed.ask('/rows', accept('2'))).json.items).toEqual(expected)
    expect((await streamed.ask('HEAD /rows', accept('2'))).status).toBe(200)
  })
})

describe('the ETag of a version', () => {
  it('is of its representation, while If-Match compares the state: one of version 1 serves a change in 2', async () => {
    const { ask } = await petsApi()
    const tags = await Promise.all(
      ['1', '2', '3'].map(async (version) => (await ask('/pets/1', accept(version))).tag),
    )
    expect(new Set(tags).size).toBe(3)
    expect(new Set(tags.map((tag) => tag.split('-')[0])).size).toBe(1)
    const [first = '', second = ''] = tags
    expect((await ask('/pets/1', { ...accept('1'), 'if-none-match': first })).status).toBe(304)
    expect((await ask('/pets/1', { ...accept('2'), 'if-none-match': first })).status).toBe(200)
    const change = { 'content-type': vendor('2'), ...accept('2'), 'if-match': first }
    const changed = await ask('PUT /pets/1', change, { id: 1, first: 'Tim', last: 'Cat' })
    expect([changed.status, changed.json.first]).toEqual([200, 'Tim'])
    expect((await ask('PUT /pets/1', { ...change, 'if-match': second }, V2)).status).toBe(412)
    expect((await ask('/pets/1', { ...accept('2'), 'if-none-match': changed.tag })).status).toBe(304)
  })
})

describe('a preview after the current version', () => {
  it('is converted in the other direction', async () => {
    const supported = {
      3: {},
      4: {
        request: { add: ({ pet }: { pet: unknown }) => pet },
        response: { show: (pet: unknown) => ({ pet }), add: (pet: unknown) => ({ pet }) },
      },
      5: { response: { show: (data: unknown) => ({ data }) } },
    }
    const { ask } = await petsApi({ supported })
    expect((await ask('/pets/1', accept('5'))).json).toEqual({ data: { pet: TOM } })
    expect((await ask('/pets/1')).json).toEqual(TOM)
    const fields = { 'content-type': vendor('4'), ...accept('4') }
    expect((await ask('POST /pets', fields, { pet: TOM })).json).toEqual({ pet: TOM })
  })
})

describe('the option versions', () => {
  it('holds for nested blueprints, and not for an endpoint without versions', async () => {
    const { ask } = await petsApi(
      { supported: { 2: { response: { 'toys.one': (toy: object) => ({ ...toy, old: true }) } }, 3: {} } },
      (pets) => {
        new RestBlueprint('toys', { prefix: '/toys' })
          .get('/one', { name: 'one' }, () => ({ toy: 1 }))
          .register(pets)
        pets.get('/plain', { versions: false }, () => 1)
      },
    )
    expect((await ask('/toys/one', accept('2'))).json).toEqual({ toy: 1, old: true })
    expect((await ask('/plain', accept('2'))).status).toBe(406)
  })

  it('of an Api names the endpoints with their blueprints, and leaves its own pages alone', async () => {
    const supported = { 2: { response: { 'things.show': toV2 }, ...AGEING }, 3: {} }
    const { ask } = await testApi({ versions: { ...VERSIONS, supported }, health: true }, (things) =>
      things.get('/tom', { name: 'show' }, () => TOM),
    )
    expect((await ask('/tom', accept('2'))).json).toEqual(V2)
    expect((await ask('/openapi.json', accept('2'))).status).not.toBe(500)
    const { headers } = await ask('/health/live', accept('2'))
    expect(headers.get('deprecation')).toBeNull()
  })

  it('is replaced as a whole by that of a blueprint inside, and turned off by false', async () => {
    const { ask } = await testApi({ versions: { ...VERSIONS, supported: { 2: {}, 3: {} } } }, (things) => {
      new RestBlueprint('own', { versions: { ...VERSIONS, supported: { 3: {} } } })
        .get('/own', () => 1)
        .register(things)
      new RestBlueprint('none', { versions: false }).get('/none', () => 1).register(things)
      things.get('/outer', () => 1)
    })
    const statusOf = async (path: string, version: string) => (await ask(path, accept(version))).status
    expect(await statusOf('/outer', '2')).toBe(200)
    expect([await statusOf('/own', '2'), await statusOf('/own', '3')]).toEqual([406, 200])
    expect(await statusOf('/none', '3')).toBe(406)
  })

  it('adds no step to endpoints without transforms, and the types to what endpoints explain', async () => {
    const { api } = await petsApi({ supported: { 2: TABLES[2], 3: {} } }, (pets) =>
      pets.get('/plain', { name: 'plain' }, () => 1),
    )
    const stepsOf = (name: string) => api.endpoints.find((one) => one.name === name)?.steps ?? []
    expect(stepsOf('plain').filter((step) => /version|downgrade|life/i.test(step))).toEqual([])
    expect(stepsOf('show')).toContain('downgrade/downgradeData')
    const show = api.endpoints.find(({ name }) => name === 'show')
    expect(show?.explain({ accept: vendor('2') }).contentType).toBe(vendor('2'))
  })

  it('shows the type to handlers that decide by themselves', async () => {
    const { ask } = await petsApi({}, (pets) =>
      pets.get('/best', (request) => ({ best: getBestMimetype(request) })),
    )
    expect((await ask('/best', accept('2'))).json).toEqual({ best: vendor('2') })
  })

  it('renders with the renderer of the version where there is one, and of the endpoint where it has its own', async () => {
    const { ask } = await petsApi({}, (pets) => {
      pets.contentRenderer.renders(vendor('2'), (pet) => JSON.stringify({ wrapped: pet }))
      const own = { 'application/json': (data: unknown) => JSON.stringify({ own: data }) }
      pets.get('/own', { outgoing: own }, () => 1)
    })
    expect((await ask('/pets/1', accept('2'))).json).toEqual({ wrapped: V2 })
    expect((await ask('/own', accept('2'))).json).toEqual({ own: 1 })
  })

  it('works with formats other than JSON, by their renderer and parser', async () => {
    const line = (version: string) => `text/x-pet;v=${version}`
    const { ask } = await petsApi(
      { type: line, supported: { 2: { request: { echo: (text: string) => `${text}!` } }, 3: {} } },
      (pets) => {
        pets.contentRenderer.renders('text/x-pet', (data) => String(data))
        pets.contentParser.parses('text/x-pet', (content) => content.text())
        const types = { incoming: ['text/x-pet'], outgoing: ['text/x-pet'] }
        pets.post('/echo', { name: 'echo', ...types }, ({ body }) => body)
      },
    )
    const fields = { 'content-type': line('2'), accept: line('2') }
    const { text, headers } = await ask('POST /echo', fields, Buffer.from('hello'))
    expect([text, headers.get('content-type')]).toEqual(['hello!', 'text/x-pet; v=2; charset=utf-8'])
  })
})

describe('versions beside a fallback and formats', () => {
  const declare = (pets: RestBlueprint) => {
    const fallback = (data: unknown, { contentType }: { contentType: string }) =>
      `${contentType} ${JSON.stringify(data)}`
    const outgoing = { 'application/json': json(), '*/*': fallback }
    pets.get('/any', { name: 'any', outgoing, formats: { json: 'application/json' } }, () => ['Tom'])
  }

  it('keep both: a version comes before the fallback, and a name before a version', async () => {
    const { ask } = await petsApi({}, declare)
    const typeOf = async (line: string, fields: Record<string, string>) => {
      const { headers } = await ask(line, fields)
      return [headers.get('content-type'), headers.has('deprecation')]
    }
    expect(await typeOf('/any', accept('2'))).toEqual([vendor('2'), false])
    expect(await typeOf('/any', accept('1'))).toEqual([vendor('1'), true])
    expect(await typeOf('/any?format=json', accept('1'))).toEqual(['application/json', false])
    expect(await typeOf('/any', { accept: 'image/png' })).toEqual(['image/png', false])
    expect((await ask('/any', { accept: 'image/png' })).text).toBe('image/png ["Tom"]')
  })

  it('are a 410 when they are gone, not a case for the fallback', async () => {
    const { ask, pets } = await petsApi({ supported: { 1: { gone: true }, 2: TABLES[2], 3: {} } }, declare)
    expect((await ask('/any', accept('1'))).status).toBe(410)
    expect((await ask('/any', { accept: `${vendor('1')}, image/png` })).status).toBe(410)
    expect((await ask('/any', { accept: 'image/png' })).status).toBe(200)
    const endpoint = pets.endpoints.find(({ name }) => name === 'any')
    expect(endpoint?.explain({ accept: 'image/png' }).contentType).toBe('image/png')
    expect(endpoint?.explain(accept('1')).reason).toBe(`${vendor('1')} is of a version that is gone`)
  })

  it.each<[kind: string, type: (version: string) => string | undefined]>([
    ['vendor type', vendor],
    ['parameter', parameter],
    ['type with a list of exceptions', (version) => (version === '3' ? 'application/json' : vendor(version))],
    ['number', (version) => vendor(String(Number(version)))],
  ])(
    'are a 406 when they do not exist, by %s: the fallback never has their name (FS-58)',
    async (_, type) => {
      const { ask, pets } = await petsApi({ type: type as typeof vendor }, declare)
      const unknown = String(type('9'))
      for (const field of [unknown, unknown.toUpperCase(), `${type('2')};q=0, ${unknown}`, `${unknown};q=0`])
        expect([field, (await ask('/any', { accept: field })).status]).toEqual([field, 406])
      const other = await ask('/any', { accept: `${unknown}, image/png;q=0.1` })
      expect([other.status, other.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect((await ask('/any', { accept: `${unknown}, */*;q=0.1` })).json).toEqual(['Tom'])
      const endpoint = pets.endpoints.find(({ name }) => name === 'any')
      expect(endpoint?.explain({ accept: unknown }).contentType).toBeUndefined()
    },
  )

  it('are a 410 that an error handler may answer, never in the type that is gone', async () => {
    for (const [type, versioned] of [
      ['application/json', vendor],
      ['text/csv', (version: string) => `text/csv;version=${version}`],
    ] as const) {
      const versions = { current: '2', type: versioned, supported: { 0: { gone: true }, 2: {} } } as const
      const { ask, api, logger } = await testApi()
      const things = new RestBlueprint('gone', { versions })
      things.outgoing.setMimetypes([type])
      things.contentRenderer.renders('text/csv', csv())
      things.get('/gone', () => [{ a: 1 }])
      things.errorHandler(410, () => [{ handled: true }])
      api.registerBlueprint(things)
      const { status, headers, text } = await ask('/gone', { accept: versions.type('0') })
      expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([410, type])
      expect(text).toContain('handled')
      expect(logger.lines).toEqual([])
    }
  })

  it('leave the fallback all other types: relatives, and parameters of the same name', async () => {
    const typeOf = async (type: typeof vendor, field: string) => {
      const { ask } = await petsApi({ type }, declare)
      return (await ask('/any', { accept: field })).headers.get('content-type')
    }
    for (const other of ['application/vnd.acme.view+json', 'application/vnd.acme.v+json'])
      expect(await typeOf(vendor, other)).toBe(other)
    expect(await typeOf(parameter, 'application/x-metrics;version=9')).toBe('application/x-metrics')
    const listed = new Map(['1', '2', '3'].map((name) => [name, vendor(name)]))
    expect(await typeOf((version) => listed.get(version) as string, vendor('9'))).toBe(vendor('9'))
  })

  it('are no names of a fallback where the data has no versions', async () => {
    const { ask } = await petsApi({}, (pets) => {
      const outgoing = { 'text/csv': () => 'a', '*/*': () => 'any' }
      pets.get('/rows', { name: 'rows', outgoing }, () => 1)
    })
    for (const version of ['1', '3', '9']) expect((await ask('/rows', accept(version))).status).toBe(406)
    expect((await ask('/rows', { accept: 'image/png' })).status).toBe(200)
  })

  it('may have names without numbers', async () => {
    const supported = { v1: {}, v3: {} }
    const type = (version: string) => `application/vnd.acme-${version.slice(1)}`
    for (const options of [
      { supported, current: 'v3', type: (version: string) => vendor(version.slice(1)) },
      { supported: { classic: {}, modern: {} }, current: 'modern', type: vendor },
      { supported, current: 'v3', type },
    ]) {
      const { ask } = await petsApi(options, (pets) => {
        pets.contentRenderer.renders('application/vnd.acme-3', String)
        pets.contentRenderer.renders('application/vnd.acme-1', String)
        declare(pets)
      })
      const unknown = options.type('v9')
      expect([unknown, (await ask('/any', { accept: unknown })).status]).toEqual([unknown, 406])
    }
  })
})

it('converts a whole version 1 to the current one and back', () => {
  expect(toV1(toV2(TOM))).toEqual(V1)
})
