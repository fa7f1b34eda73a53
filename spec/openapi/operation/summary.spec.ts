/** Summaries made from the names of endpoints. */
import { describe, expect, it } from 'vitest'
import { RestBlueprint } from '../../../lib/index.ts'
import { summaryOf } from '../../../lib/openapi/operation/summary.ts'
import { at, documented } from '../../support/open-api.ts'

describe('summaryOf', () => {
  it.each([
    ['listPets', 'List pets'],
    ['show', 'Show'],
    ['exportCSV', 'Export CSV'],
    ['readHTMLPage', 'Read HTML page'],
    ['add_new-pet', 'Add new pet'],
    ['pet.get', 'Get pet'],
    ['pet:update', 'Update pet'],
    ['dodajZdjęcie2', 'Dodaj zdjęcie 2'],
    ['GET /pets', undefined],
    ['_', undefined],
  ])('makes of %j %j', (name, summary) => {
    expect(summaryOf(name)).toBe(summary)
  })
})

describe('an operation', () => {
  it('has a summary made from the name of the handler, unless it has its own', async () => {
    const api = new RestBlueprint('pets')
      .get('/', function listPets() {
        return []
      })
      .post('/', { name: 'addPet', summary: 'Buy one' }, () => 1)
      .delete('/', () => undefined)
    const document = await documented(api)
    expect(['get', 'post', 'delete'].map((method) => at(document, '/', method).summary)).toEqual([
      'List pets',
      'Buy one',
      undefined,
    ])
  })
})
