/** The pointers of errors that the database raises: to the member that has the value, whatever its column is called. */
import { expect, it } from 'vitest'
import { describeEachDatabase } from '../support/databases.ts'
import { type LibraryApi, serveTables } from '../support/library-api.ts'

describeEachDatabase('the error of a database', (database) => {
  const quote = (name: string) => (database.dialect === 'mysql' ? `\`${name}\`` : `"${name}"`)

  /** The code and the pointer of a POST. */
  async function answer({ post }: LibraryApi, type: string, members: object): Promise<string> {
    const { status, document } = await post(`/api/${type}`, { data: { type, ...members } })
    if (status === 201) return '201'
    const [{ code, source }] = document.errors
    return [code, source?.pointer].join(' ').trim()
  }

  it('points to columns whose names need quotes', async () => {
    const names = ['plain', 'emailAddress', 'order', 'my-col', 'with space', 'a, b', 'say "x"']
    const columns = names.map((name) => {
      const quoted = database.dialect === 'mysql' ? quote(name) : quote(name.replaceAll('"', '""'))
      return `${quoted} varchar(20) unique`
    })
    const api = await serveTables(database, `create table item (id {id}, ${columns})`, { methods: ['POST'] })
    const members = ['plain', 'emailAddress', 'order', 'my-col', 'with_space', 'a_b', 'say_x']
    for (const name of members) {
      const attributes = { [name]: 'v' }
      expect(await answer(api, 'item', { attributes })).toBe('201')
      expect(await answer(api, 'item', { attributes })).toBe(`unique /data/attributes/${name}`)
    }
  })

  it('never takes the value of a client for a name', async () => {
    const api = await serveTables(
      database,
      `create table item (id {id}, name varchar(80), other varchar(80), ${quote('my col')} varchar(80) unique)`,
      { methods: ['POST'] },
    )
    for (const value of ["' 'name'", "x' for key 'name", '(name)=(x) (name)=(', "' `name`", '"name"', 'name'])
      for (const expected of ['201', 'unique /data/attributes/my_col'])
        expect(await answer(api, 'item', { attributes: { my_col: value } })).toBe(expected)
  })
})
