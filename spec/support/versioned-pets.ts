/**
 * Pets in three versions.
 *
 *     1  { id, name: 'Tom Cat' }          deprecated, with a sunset
 *     2  { id, first: 'Tom', last: 'Cat' }
 *     3  { id, name: { first: 'Tom', last: 'Cat' }, tags }          current
 */
import { z } from 'zod'
import type { ApiOptions, Version, VersionsOptions } from '../../lib/api.ts'
import { abort, type BlueprintOptions, RestBlueprint } from '../../lib/index.ts'
import { type TestApi, testApi } from './test-api.ts'

export const PetV1 = z.object({ id: z.int(), name: z.string().min(1) })
export const PetV2 = z.object({ id: z.int(), first: z.string(), last: z.string().min(1) })
export const PetV3 = z.object({
  id: z.int(),
  name: z.object({ first: z.string(), last: z.string().min(1) }),
  tags: z.array(z.string()).default([]),
})

type V1 = z.infer<typeof PetV1>
type V2 = z.infer<typeof PetV2>
type V3 = z.infer<typeof PetV3>

export const toV2 = ({ id, name }: V3): V2 => ({ id, ...name })
export const toV1 = ({ id, first, last }: V2): V1 => ({ id, name: `${first} ${last}` })
export const fromV1 = ({ id, name }: V1): V2 => {
  const [first = '', ...rest] = name.split(' ')
  return { id, first, last: rest.join(' ') }
}
export const fromV2 = ({ id, first, last }: V2) => ({ id, name: { first, last } })

export const TOM: V3 = { id: 1, name: { first: 'Tom', last: 'Cat' }, tags: ['fat'] }

export const vendor = (version: string) => `application/vnd.acme.v${version}+json`
export const parameter = (version: string) => `application/json;version=${version}`

/** The tables of the endpoints `show`, `list`, `add` and `replace`. */
export const TABLES = {
  1: {
    request: { add: { schema: PetV1, transform: fromV1 }, replace: { schema: PetV1, transform: fromV1 } },
    response: {
      show: toV1,
      list: (pets: V2[]) => pets.map(toV1),
      add: toV1,
      replace: toV1,
    },
  },
  2: {
    request: { add: fromV2, replace: fromV2 },
    response: { show: toV2, list: (pets: V3[]) => pets.map(toV2), add: toV2, replace: toV2 },
  },
} as const

export const AGEING: Version = { deprecated: new Date('2026-08-16T10:30:21Z'), sunset: '2027-09-30' }

export const VERSIONS: VersionsOptions = {
  current: '3',
  type: vendor,
  supported: { 1: { ...TABLES[1], ...AGEING }, 2: TABLES[2], 3: {} },
}

interface VersionedPets {
  readonly pets: RestBlueprint
  readonly store: Map<number, V3>
}

/** Pets in three versions. */
export function versionedPets(
  versions: Partial<VersionsOptions> = {},
  options: BlueprintOptions = {},
): VersionedPets {
  const store = new Map([[1, structuredClone(TOM)]])
  const pets = new RestBlueprint('pets', { ...options, versions: { ...VERSIONS, ...versions } })
  const current = ({ params }: { params: { id: number } }) => store.get(params.id)
  const put = (pet: V3): V3 => {
    store.set(pet.id, pet)
    return pet
  }
  pets.get('/pets', { name: 'list', response: z.array(PetV3) }, () => [...store.values()])
  pets.get(
    '/pets/<int:id>',
    { name: 'show', response: PetV3, etag: { current } },
    (request) => current(request) ?? abort(404),
  )
  pets.post('/pets', { name: 'add', body: PetV3, response: { 201: PetV3 } }, ({ body }) => put(body))
  pets.put(
    '/pets/<int:id>',
    { name: 'replace', body: PetV3, response: PetV3, etag: { current } },
    ({ body }) => put(body),
  )
  return { pets, store }
}

/** Serves an Api with pets in three versions, and with the routes that `declare` writes. */
export async function petsApi(
  versions: Partial<VersionsOptions> = {},
  declare: (pets: RestBlueprint) => unknown = () => undefined,
  options: BlueprintOptions = {},
  around: Partial<ApiOptions> = {},
): Promise<TestApi & VersionedPets> {
  const { pets, store } = versionedPets(versions, options)
  declare(pets)
  const served = await testApi(around)
  served.api.registerBlueprint(pets)
  return { ...served, pets, store }
}
