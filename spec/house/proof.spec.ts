/**
 * The document equals the behaviour: what it says happens, and nothing happens that it does not say.
 *
 * Every operation is asked in every type it takes, for every type and every status it answers; good and bad
 * values are made from the schemas, and the server has to tell them apart as the schemas do.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { OpenApiDocument } from '../../lib/openapi.ts'
import { kitchen } from '../support/kitchen.ts'
import { documented, faultsOf } from '../support/open-api.ts'
import { polka } from '../support/polka.ts'
import { type Findings, probe } from '../support/prober.ts'
import { ROOT } from '../support/readme.ts'
import { serve } from '../support/server.ts'

/** What is said and cannot be brought about from outside, and why. */
type Excuses = readonly (readonly [what: RegExp, why: string])[]

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

/** What only `default` covers: content where none is taken, and another method at a path of another kind. */
const BY_DEFAULT = / → (?:405|415)$/

/** Nothing is said in vain: each combination was seen, or is excused; and no excuse is idle. */
function expectProof({ asked, faults, byDefault, unprovoked }: Findings, excuses: Excuses): void {
  expect(asked).toBeGreaterThan(400)
  expect(faults, 'where document and server disagree').toEqual([])
  const unnamed = [...byDefault.keys()].filter((combination) => !BY_DEFAULT.test(combination))
  expect(unnamed, 'what the document leaves to `default`').toEqual([])
  const unexcused = unprovoked.filter((combination) => !excuses.some(([what]) => what.test(combination)))
  expect(unexcused, 'what the document says and nothing brought about').toEqual([])
  const idle = excuses.filter(([what]) => !unprovoked.some((combination) => what.test(combination)))
  expect(idle, 'excuses for what did come about').toEqual([])
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
    // JSON has no dates, and zod's takes nothing else: what the document says of it holds in answers only
    const unsaid = ['born']
    const found = await probe({ document, port, states: [async () => ({})], breakDown, unsaid })
    expectProof(found, [
      [/^POST \/kitchen\/pets → 409 /, 'declared, and never thrown'],
      [/^GET \/kitchen\/pets\/{id} → 422 /, 'the converter of the path lets in what the schema takes'],
      [/^\w+ \/kitchen\/pets\/{id} → 404 /, 'there is a pet at every number, and DELETE takes any text: 405'],
      [/\/photos → 204$/, 'said where no answer is declared; this handler always has something to say'],
    ])
  }, 60_000)
})
