/** Mistakes in the option `versions`: a TypeError when the blueprint is registered, with the value. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { VersionsOptions } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { testApi } from '../support/test-api.ts'
import { petsApi, TOM, VERSIONS, vendor } from '../support/versioned-pets.ts'

/** Some versions beside the current one, 3. */
const supporting = (versions: object): Partial<VersionsOptions> => ({ supported: { ...versions, 3: {} } })

describe('the option versions', () => {
  it.each<[message: RegExp, versions: object]>([
    [
      /'versions' of the blueprint 'pets' has the current version '4', which is not supported: 1, 2, 3/,
      { current: '4' },
    ],
    [/cannot have current: 3; use a text/, { current: 3 }],
    [/needs 'type'/, { type: undefined }],
    [/cannot have supported: a list/, { supported: ['1', '2'] }],
    [/unknown option 'curent': did you mean 'current'/, { curent: '3' }],
    [
      /in '2', has the unknown option 'depricated': did you mean 'deprecated'/,
      supporting({ 2: { depricated: true } }),
    ],
    [/in '2', cannot have deprecated: true; use a Date, or a text/, supporting({ 2: { deprecated: true } })],
    [/cannot have sunset: '30.09.2027'/, supporting({ 2: { sunset: '30.09.2027' } })],
    [/cannot have sunset: '2027-02-30'/, supporting({ 2: { sunset: '2027-02-30' } })],
    [/cannot have deprecated: Invalid Date/, supporting({ 2: { deprecated: new Date('x') } })],
    [/the current version '3', which is gone/, { supported: { 3: { gone: true } } }],
    [/has transforms of the current version '3'/, { supported: { 3: { response: { show: () => 1 } } } }],
    [
      /the response transform of 'show', which.* takes an object of options, not 'toV2'/,
      supporting({ 2: { response: { show: 'toV2' } } }),
    ],
    [
      /the request transform of 'add', which.* takes an object of options, not a schema/,
      supporting({ 2: { request: { add: z.object({}) } } }),
    ],
    [
      /the request transform of 'add', which needs a function or a schema/,
      supporting({ 2: { request: { add: {} } } }),
    ],
    [
      /which is no schema: it is a plain JSON Schema/,
      supporting({ 2: { request: { add: { schema: { type: 'object' } } } } }),
    ],
    [/type "a b" of version '1', which is no media type/, { type: () => 'a b' }],
    [/type "application\/\*" of version '1', which is no media type/, { type: () => 'application/*' }],
    [/type undefined of version '1', which is no media type/, { type: () => undefined }],
    [
      /type "application\/json;q=0.1" of version '1': the parameter 'q' is the weight in Accept/,
      { type: (version: string) => `application/json;q=0.${version}` },
    ],
    [/type application\/json for two versions: '1' and '2'/, { type: () => 'application/json' }],
    [
      /transform of 'shwo', which is no endpoint: did you mean 'show'/,
      supporting({ 2: { response: { shwo: () => 1 } } }),
    ],
    [/transform of 'toString', which is no endpoint/, supporting({ 2: { request: { toString: () => 1 } } })],
    [/'1' and '1.0', which are the same version/, supporting({ 1: {}, '1.0': {} })],
    [
      /versions with and without numbers \('1', 'beta'\), which have no order/,
      supporting({ 1: {}, beta: {} }),
    ],
  ])('is a TypeError: %s', async (message, versions) => {
    const served = petsApi(versions)
    await expect(served).rejects.toThrow(message)
    await expect(served).rejects.toBeInstanceOf(TypeError)
  })

  it('is a TypeError for a type without a renderer, or without a response schema beside types that have one', async () => {
    const line = { ...supporting({ 2: {} }), type: (version: string) => `text/x-${version}` }
    const declare = (schemas?: object) => (pets: RestBlueprint) => {
      pets.contentRenderer.renders('text/x-3', String)
      if (schemas) pets.contentRenderer.renders('text/x-2', String)
      const response = schemas ? { response: { 200: schemas } } : {}
      pets.get('/line', { name: 'line', outgoing: ['text/x-3'], ...(response as object) }, () => 1)
    }
    await expect(petsApi(line, declare())).rejects.toThrow(
      "The endpoint 'line' answers text/x-2, which the content renderer cannot render",
    )
    await expect(petsApi(line, declare({ 'text/x-3': z.int() }))).rejects.toThrow(
      "The response of 'line' has no schema for text/x-2, the type of a version",
    )
  })

  it('is a TypeError for a sunset before the deprecation (FS-57)', async () => {
    const dates = { deprecated: '2027-01-01', sunset: new Date('2026-12-31') }
    await expect(petsApi(supporting({ 2: dates }))).rejects.toThrow(
      /in '2', has the sunset 2026-12-31T00:00:00.000Z, before it is deprecated: 2027-01-01T00:00:00.000Z/,
    )
    await expect(
      petsApi(supporting({ 2: { deprecated: '2027-01-01', sunset: '2027-01-01' } })),
    ).resolves.toBeDefined()
  })

  it('is a TypeError for a transform of an endpoint whose types have no versions', async () => {
    const declare = (pets: RestBlueprint) => {
      const patch = { schema: z.object({ id: z.int() }), current: () => ({ id: 1 }) }
      pets.patch('/pets/<int:id>', { name: 'change', patch }, ({ body }) => body)
      pets.get('/text', { name: 'text', outgoing: ['text/plain'] }, () => 'text')
    }
    await expect(petsApi(supporting({ 2: { request: { change: () => 1 } } }), declare)).rejects.toThrow(
      "The endpoint 'change' has a request transform, but no media type with versions: application/merge-patch+json",
    )
    await expect(petsApi(supporting({ 2: { response: { text: () => 1 } } }), declare)).rejects.toThrow(
      "The endpoint 'text' has a response transform, but no media type with versions: text/plain",
    )
  })

  it('is a TypeError on an endpoint, unless it is false', async () => {
    const declare = (pets: RestBlueprint) =>
      pets.get('/x', { name: 'x', versions: VERSIONS as never }, () => 1)
    await expect(petsApi({}, declare)).rejects.toThrow(
      /The endpoint 'x' cannot have versions: .*; use false/s,
    )
  })

  it('is a TypeError outside of an Api', () => {
    const pets = new RestBlueprint('pets', { versions: VERSIONS }).get('/pets', () => 1)
    expect(() => pets.handler).toThrow(
      /has the option 'versions', which only an Api reads: register the blueprint by api\.registerBlueprint\(…\)$/,
    )
  })

  it('of an Api names endpoints with their blueprint, which is checked when that is registered', async () => {
    const versions = (name: string) => ({
      versions: { ...VERSIONS, ...supporting({ 2: { response: { [name]: () => 1 } } }) },
    })
    const declare = (things: RestBlueprint) => things.get('/tom', { name: 'show' }, () => TOM)
    await expect(testApi(versions('things.shwo'), declare)).rejects.toThrow(
      "The option 'versions' of the Api has a transform of 'things.shwo', which is no endpoint: did you mean 'things.show'",
    )
    const warnings: unknown[] = []
    const logger = {
      error: () => {},
      warn: (details: { code: string }, message: string) => warnings.push([details.code, message]),
    }
    for (const name of ['things.show', 'show']) {
      const { ask } = await testApi({ ...versions(name), logger }, declare)
      await ask('/tom')
      await ask('/every/200')
    }
    expect(warnings).toEqual([
      [
        'MAZURKA_UNKNOWN_TRANSFORM',
        "The option 'versions' of the Api has a transform of 'show', which is no endpoint",
      ],
    ])
  })
})

describe('the order of versions', () => {
  const orderOf = async (names: readonly string[], current: string): Promise<string[]> => {
    const supported = Object.fromEntries(names.map((name) => [name, {}]))
    const { ask } = await petsApi({ supported, current })
    const { json } = await ask('/pets/1', { accept: 'image/png' })
    return json.acceptable.slice(1)
  }

  it.each([
    [['10', '9', '1'], '10', ['10', '9', '1']],
    [['1.10', '1.9', '2'], '2', ['2', '1.10', '1.9']],
    [['v2', 'v10', 'v1'], 'v10', ['v10', 'v2', 'v1']],
    [['2025-06-01', '2024-12-01'], '2025-06-01', ['2025-06-01', '2024-12-01']],
    [['classic', 'modern', 'next'], 'modern', ['modern', 'next', 'classic']],
  ])('of %j is by number, else as listed', async (names, current, expected) => {
    expect(await orderOf(names, current)).toEqual(expected.map(vendor))
  })
})
