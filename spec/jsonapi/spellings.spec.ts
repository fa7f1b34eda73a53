/** Foreign keys that are spelled in another way than the key, where the collation of the database takes both for equal. */
import { expect, it } from 'vitest'
import { Spellings } from '../../lib/jsonapi/reading/spellings.ts'
import { describeEachDatabase } from '../support/databases.ts'
import { ids, included, serveTables } from '../support/library-api.ts'

describeEachDatabase(
  'a foreign key in another spelling',
  (database) => {
    const text = database.dialect === 'mysql' ? 'varchar(20)' : 'text collate nocase'
    const tables = `create table country (id ${text} primary key);
      create table city (id integer primary key, country_id ${text}, foreign key (country_id) references country (id));
      insert into country values ('PL'), ('DE');
      insert into city values (1, 'pl'), (2, 'PL'), (3, 'de'), (4, null)`
    const serve = () => serveTables(database, tables, { methods: ['GET'] })

    it('is included with the resource that the database finds by it', async () => {
      const { get } = await serve()
      const cities = await get('/api/city?include=country')
      expect(included(cities)).toEqual(['country/DE', 'country/PL'])
      const linked = cities.document.data.map(
        ({ relationships }: { relationships: { country: { data: { id: string } | null } } }) =>
          relationships.country.data?.id,
      )
      expect(linked).toEqual(['PL', 'PL', 'DE', undefined])
    })

    it('makes its row a member of the relationship, as at the URL of the related resources', async () => {
      const { get } = await serve()
      const { document } = await get('/api/country/PL?include=cities&sort[cities]=-id')
      const linked = document.data.relationships.cities.data.map(({ id }: { id: string }) => id)
      expect(linked).toEqual(['2', '1'])
      expect(ids(await get('/api/country/PL/cities'))).toEqual(['1', '2'])
    })
  },
  ['sqlite', 'mysql'],
)

it.each([
  [['PL', 'DE'], 'pl', 'PL'],
  [['Łódź', 'Gdańsk'], 'gdansk', 'Gdańsk'],
  [['x', 'y'], 'x  ', 'x'],
  [['["PL","1"]', '["DE","1"]'], '["pl ","1"]', '["PL","1"]'],
  [['É', 'é'], 'É', 'É'],
  [['ÉA', 'éa'], 'ÉA', 'ÉA'],
  [['ÉA', 'éa'], 'Éa', 'ÉA'], // ASCII letters first
  [['a', 'ä'], 'Ä', 'ä'],
  [['a1', 'A1'], 'Á1', 'Á1'], // two are as close
  [['a'], 'b', 'b'],
])('of %j, %s stands for %s', (known, text, found) => {
  expect(new Spellings(known).of(text)).toBe(found)
})
