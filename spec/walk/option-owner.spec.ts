/** Messages about a value of an option name the place that has it. */
import { describe, expect, it } from 'vitest'
import { Api, type ApiOptions } from '../../lib/api.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { polka } from '../support/polka.ts'

const WRONG: Readonly<Record<string, unknown>> = {
  rateLimit: { max: 1 },
  cache: { max: 1 },
}

const register = (options: object, ofBlueprint: object = {}, ofEndpoint: object = {}) => {
  const pets = new RestBlueprint('pets', ofBlueprint).get('/pets', { name: 'list', ...ofEndpoint }, () => 1)
  const api = new Api(undefined, { title: 'T', version: '1', ...options } as ApiOptions)
  return api.registerBlueprint(pets).init(polka())
}

describe('a wrong value', () => {
  it.each(Object.entries(WRONG))(
    'names the Api, the blueprint or the endpoint that has it: %s',
    (key, value) => {
      const wrong = { [key]: value }
      const option = new RegExp(`^The option '?${key}'? of`).source
      expect(() => register(wrong)).toThrow(new RegExp(`${option} the Api `))
      expect(() => register({}, wrong)).toThrow(new RegExp(`${option} the blueprint 'pets' `))
      expect(() => register({}, {}, wrong)).toThrow(new RegExp(`${option} 'list' `))
    },
  )

  it('of timeoutSeconds is found where the Api is put on an app', () => {
    expect(() => register({ timeoutSeconds: -1 })).toThrow(
      'The option timeoutSeconds of the Api is a number over 0 and at most 604800, or false, not -1',
    )
  })
})
