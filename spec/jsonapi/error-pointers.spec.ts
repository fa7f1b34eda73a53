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

  it('points by the columns of a key, whatever the key is called', async () => {
    const api = await serveTables(
      database,
      `create table account (id {id}, email varchar(40), phone varchar(20), name varchar(20),
        constraint uq_email unique (email), constraint name unique (phone))`,
      { methods: ['POST'], allowClientGeneratedIds: true },
    )
    const first = { id: '7', attributes: { email: 'e', phone: 'p', name: 'n' } }
    expect(await answer(api, 'account', first)).toBe('201')
    const post = (members: object) => answer(api, 'account', members)
    expect(await post({ attributes: { email: 'e', name: 'm' } })).toBe('unique /data/attributes/email')
    expect(await post({ attributes: { phone: 'p', name: 'm' } })).toBe('unique /data/attributes/phone')
    expect(await post({ id: '7', attributes: { name: 'm' } })).toBe('/data/id')
  })

  it('points to the one attribute of a key of several columns, else to its one member', async () => {
    const api = await serveTables(
      database,
      `create table tenant (id {id});
      insert into tenant (id) values (1);
      create table member (id {id}, tenant_id integer not null, email varchar(40) not null,
        unique (tenant_id, email), foreign key (tenant_id) references tenant (id));
      create table player (id {id}, team varchar(10), nick varchar(10), unique (team, nick));`,
      { methods: ['POST'], allowClientGeneratedIds: true },
    )
    const tenant = { data: { type: 'tenant', id: '1' } }
    const requests: readonly (readonly [string, object, string])[] = [
      ['member', { attributes: { email: 'e' }, relationships: { tenant } }, 'unique /data/attributes/email'],
      ['player', { attributes: { team: 't', nick: 'n' } }, 'unique'],
    ]
    for (const [type, members, expected] of requests) {
      expect(await answer(api, type, members)).toBe('201')
      expect(await answer(api, type, members)).toBe(expected)
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
