/**
 * The document equals the behaviour: every described response occurs, and no other one.
 *
 * Every operation gets requests in each media type it accepts, for each media type and status it returns;
 * valid and invalid values are made from the schemas, and the server has to distinguish them as these do.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Api, type Transform } from '../../lib/api.ts'
import type { OpenApiDocument } from '../../lib/openapi.ts'
import { apiKey, safeEqual } from '../../lib/security.ts'
import { kitchen } from '../support/kitchen.ts'
import { documented, faultsOf } from '../support/open-api.ts'
import { polka } from '../support/polka.ts'
import { type Findings, probe } from '../support/prober.ts'
import { ROOT } from '../support/readme.ts'
import { serve } from '../support/server.ts'
import { AGEING, PetV2, TABLES, TOM, vendor, versionedPets } from '../support/versioned-pets.ts'

/** Described responses that no request from outside leads to, with the reason. */
type Exceptions = readonly (readonly [pattern: RegExp, reason: string])[]

const folder = mkdtempSync(join(tmpdir(), 'proof-'))

beforeAll(() => {
  vi.stubEnv('TMPDIR', folder)
  vi.spyOn(console, 'error').mockImplementation(() => {}) // handlers are made to fail
})

afterAll(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

/** Failures that only `default` covers: content for an operation without, and methods of a similar path. */
const BY_DEFAULT = / → (?:405|415)$/

/** Expects that each described combination was seen or is an exception, and that each exception is needed. */
function expectProof({ requests, faults, byDefault, unseen }: Findings, exceptions: Exceptions): void {
  expect(requests).toBeGreaterThan(400)
  expect(faults, 'differences between document and server').toEqual([])
  const unnamed = [...byDefault.keys()].filter((combination) => !BY_DEFAULT.test(combination))
  expect(unnamed, 'responses that only `default` covers').toEqual([])
  const unexpected = unseen.filter(
    (combination) => !exceptions.some(([pattern]) => pattern.test(combination)),
  )
  expect(unexpected, 'responses that are described and were not seen').toEqual([])
  const idle = exceptions.filter(([pattern]) => !unseen.some((combination) => pattern.test(combination)))
  expect(idle, 'exceptions for responses that were seen').toEqual([])
}

describe('the document of the petstore', () => {
  it('describes exactly the responses of the server', async () => {
    const { app } = (await import('../../examples/petstore/index.ts')) as unknown as {
      app: { handler: RequestListener }
    }
    const { store } = await import('../../examples/petstore/store.ts')
    const { port, fetch } = await serve(app)
    const document = (await (await fetch('/openapi.json')).json()) as OpenApiDocument
    expect(await faultsOf(document)).toEqual([])
    const content = readFileSync(`${ROOT}examples/petstore/rex.png`)
    const rex = { name: 'Rex', species: 'dog', status: 'sold' } as const
    const known = new Map<boolean, number>() // one with a photo, one without
    const pet = (isPictured: boolean) => async () => {
      const last = known.get(isPictured)
      const isAsWas = last && store.get(last) && (store.photo(last) !== undefined) === isPictured
      const id = isAsWas ? last : store.add(rex).id
      if (isPictured && !isAsWas) store.setPhoto(id, { type: 'image/png', content })
      known.set(isPictured, id)
      return { id: String(id) }
    }
    const breakDown = () => {
      const spies = Object.keys(store).map((name) =>
        vi.spyOn(store, name as keyof typeof store).mockImplementation(() => {
          throw new Error('The disk is full')
        }),
      )
      return () => {
        for (const spy of spies) spy.mockRestore()
      }
    }
    const found = await probe({ document, port, states: [pet(false), pet(true)], breakDown })
    expectProof(found, [])
  }, 60_000)
})

describe('the document of an API of everything', () => {
  it('describes exactly the responses of the server', async () => {
    const api = kitchen()
    let isBroken = false
    api.before(() => {
      if (isBroken) throw new Error('The gas is off')
    })
    const document = JSON.parse(JSON.stringify(await documented(api)))
    const app = polka()
    api.register(app)
    const { port } = await serve(app)
    const breakDown = () => {
      isBroken = true
      return () => {
        isBroken = false
      }
    }
    // JSON has no dates, and z.date() accepts nothing else: the description holds for responses only
    const omitted = ['born']
    const found = await probe({ document, port, states: [async () => ({})], breakDown, omitted })
    expectProof(found, [
      [/^POST \/kitchen\/pets → 409 /, 'declared, and never thrown'],
      [/^GET \/kitchen\/pets\/{id} → 422 /, 'the converter of the path accepts only valid values'],
      [/^\w+ \/kitchen\/pets\/{id} → 404 /, 'there is a pet at every number, and DELETE takes any text: 405'],
      [/\/photos → 204$/, 'described where no response is declared; this handler always returns data'],
    ])
  }, 60_000)
})

describe('the document of an Api with everything around it', () => {
  it('describes exactly the responses of the server', async () => {
    const app = polka()
    const lines: object[] = []
    const api = new Api(app, {
      title: 'Everything',
      version: '1.0.0',
      trustProxy: ['loopback'],
      allowedHosts: ['127.0.0.1'],
      requestId: true,
      accessLog: { logger: { info: (line: object) => lines.push(line) } },
      serverTiming: true,
      securityHeaders: true,
      cors: { origin: ['https://shop.example'], credentials: true },
      csrf: { secrets: ['a secret of at least thirty-two characters'], session: () => undefined },
      rateLimit: {
        limits: {
          all: { points: 1_000_000, seconds: 3600 },
          spent: {
            points: 1,
            seconds: 3600,
            by: ({ headers }) => (headers['x-spent'] as string) || undefined,
          },
        },
      },
      security: [{ key: [] }],
      cache: { maxAgeSeconds: 60 },
      health: true,
    })
    api.root.security({
      key: apiKey({ header: 'x-api-key', verify: (key) => (safeEqual(key, 'right') ? 'app' : undefined) }),
    })
    let isBroken = false
    const blueprint = kitchen()
    blueprint.before(() => {
      if (isBroken) throw new Error('The gas is off')
    })
    api.registerBlueprint(blueprint)
    const document = JSON.parse(JSON.stringify(api.document()))
    const { port, fetch } = await serve(app)
    await fetch('/kitchen/raw', { headers: { 'x-api-key': 'right', 'x-spent': 'yes' } })
    const breakDown = () => {
      isBroken = true
      return () => {
        isBroken = false
      }
    }
    const found = await probe({
      document,
      port,
      states: [async () => ({})],
      breakDown,
      omitted: ['born'],
      fields: { 'x-api-key': 'right', origin: 'https://shop.example' },
      refusals: { 401: { 'x-api-key': 'wrong' }, 421: { host: 'other.example' }, 429: { 'x-spent': 'yes' } },
    })
    expectProof(found, [
      [/^POST \/kitchen\/pets → 409 /, 'declared, and never thrown'],
      [/^GET \/kitchen\/pets\/{id} → 422 /, 'the converter of the path accepts only valid values'],
      [/^\w+ \/kitchen\/pets\/{id} → 404 /, 'there is a pet at every number, and DELETE takes any text: 405'],
      [/\/photos → 204$/, 'described where no response is declared; this handler always returns data'],
      [/ → 403 /, 'of requests that carry cookies'],
    ])
    expect(lines.length).toBeGreaterThanOrEqual(found.requests)
  }, 90_000)
})

describe('the document of an Api with versions', () => {
  it('describes exactly the responses of the server', async () => {
    const { request, response } = TABLES[2]
    const described = (transform: Transform) => ({ schema: PetV2, transform })
    const { pets, store } = versionedPets({
      supported: {
        1: { gone: true },
        2: {
          request: { add: described(request.add), replace: described(request.replace) },
          response: {
            show: described(response.show),
            add: described(response.add),
            replace: described(response.replace),
            list: { schema: z.array(PetV2), transform: response.list },
          },
          ...AGEING,
        },
        3: {},
      },
    })
    const app = polka()
    const api = new Api(app, { title: 'Versions', version: '1.0.0' }).registerBlueprint(pets)
    let isBroken = false
    pets.before(() => {
      if (isBroken) throw new Error('The gas is off')
    })
    const document = JSON.parse(JSON.stringify(api.document()))
    expect(await faultsOf(document)).toEqual([])
    const { port } = await serve(app)
    const found = await probe({
      document,
      port,
      states: [
        async () => {
          store.set(1, TOM)
          return { id: '1' }
        },
      ],
      breakDown: () => {
        isBroken = true
        return () => {
          isBroken = false
        }
      },
      refusals: { 410: { accept: vendor('1') } },
    })
    expectProof(found, [])
  }, 60_000)
})
