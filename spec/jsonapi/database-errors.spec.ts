/** Errors of real databases, and of connections to them, as error documents. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from 'kysely'
import Database from 'libsql'
import mysql from 'mysql2'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { HttpException } from '../../lib/index.ts'
import { type ColumnPlaces, databaseError } from '../../lib/jsonapi/errors/database-error.ts'
import { errorDocument } from '../../lib/jsonapi/errors/error-document.ts'
import { JsonApiBlueprint } from '../../lib/jsonapi/protocol/json-api-blueprint.ts'
import { jsonApi } from '../support/json-api.ts'
import { quiet } from '../support/logger.ts'
import { serve } from '../support/server.ts'

type Db = Kysely<unknown>

const SCHEMA = 'mazurka_database_errors'
const POSTGRES = { host: '127.0.0.1', user: 'root', database: 'test' }
const MARIADB = { host: '127.0.0.1', user: 'root' }

/** Columns that clients know; `secret` is hidden. */
const PUBLIC = ['email', 'name', 'age', 'boss', 'day']
const places: ColumnPlaces = {
  pointerOf: ([column = '', ...more]) =>
    PUBLIC.includes(column) && more.length === 0 ? `/data/attributes/${column}` : undefined,
  columnsOfKey: (key) => [key],
}

async function sqlite(): Promise<Db> {
  const database = new Database(':memory:')
  const db: Db = new Kysely({ dialect: new SqliteDialect({ database }) })
  onTestFinished(() => db.destroy())
  await sql`pragma foreign_keys = on`.execute(db)
  return db
}

async function postgres(): Promise<Db> {
  const pool = new pg.Pool({ ...POSTGRES, max: 2, options: `-c search_path=${SCHEMA}` })
  const db: Db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  await sql`create schema ${sql.id(SCHEMA)}`.execute(db)
  onTestFinished(async () => {
    await sql`drop schema ${sql.id(SCHEMA)} cascade`.execute(db)
    await db.destroy()
  })
  return db
}

async function mariadb(): Promise<Db> {
  const admin = mysql.createConnection(MARIADB).promise()
  await admin.query(`create database ${SCHEMA}`)
  const db: Db = new Kysely({
    dialect: new MysqlDialect({ pool: mysql.createPool({ ...MARIADB, database: SCHEMA }) }),
  })
  onTestFinished(async () => {
    await db.destroy()
    await admin.query(`drop database ${SCHEMA}`)
    await admin.end()
  })
  return db
}

/** Two people: one has the email `a` and is the boss of the other. */
async function withPeople(db: Db): Promise<Db> {
  await sql`create table people (
    id integer primary key, email varchar(5) unique, name varchar(80) not null, age smallint check (age < 150),
    boss integer, secret varchar(20) unique, day date, foreign key (boss) references people (id))`.execute(db)
  await sql`insert into people values (1, 'a', 'Ada', 36, null, 'x', null)`.execute(db)
  await sql`insert into people values (2, 'b', 'Bob', 36, 1, 'y', null)`.execute(db)
  return db
}

async function errorOf(run: PromiseLike<unknown>): Promise<HttpException | undefined> {
  const error = await Promise.resolve(run).then(
    () => expect.unreachable('the statement succeeds'),
    (thrown) => thrown,
  )
  return databaseError(error, places)
}

/** Status, code, pointer, and the whole text that the client gets. */
async function answerTo(db: Db, statement: string) {
  const exception = await errorOf(sql.raw(statement).execute(db))
  if (!exception) return undefined
  const document = errorDocument(exception)
  const [{ code, source } = {}] = document.errors
  return { status: exception.status, code, source, text: JSON.stringify(document) }
}

describe.each([
  ['SQLite', sqlite],
  ['PostgreSQL', postgres],
  ['MariaDB', mariadb],
])('on %s', (name, connect) => {
  it('the code of an error decides the status, and a public column the pointer (RES-098, RES-099, RES-101, RES-217)', async () => {
    const db = await withPeople(await connect())
    const insert = (values: string) =>
      answerTo(db, `insert into people (id, email, name, age, boss, secret) values (${values})`)
    const at = (column: string) => ({ pointer: `/data/attributes/${column}` })
    const taken = await insert("3, 'a', 'Cy', 1, null, 'z'")
    expect(taken).toMatchObject({ status: 409, code: 'unique', source: at('email') })
    expect(await insert("1, 'c', 'Cy', 1, null, 'z'")).toMatchObject({ status: 409, code: 'unique' })
    expect(await insert("3, 'c', null, 1, null, 'z'")).toMatchObject({
      status: 400,
      code: 'not-null',
      source: at('name'),
    })
    const dangling = await insert("3, 'c', 'Cy', 1, 99, 'z'")
    expect(dangling).toMatchObject({ status: 409, code: 'foreign-key' })
    if (name !== 'SQLite') expect(dangling?.source).toEqual(at('boss'))
    expect(await answerTo(db, 'delete from people where id = 1')).toMatchObject({
      status: 409,
      code: 'foreign-key',
    })
    expect(await insert("3, 'c', 'Cy', 200, null, 'z'")).toMatchObject({ status: 422, code: 'check' })
    expect(await insert("'not a number', 'c', 'Cy', 1, null, 'z'")).toMatchObject({
      status: 400,
      code: 'invalid-value',
    })
    if (name === 'SQLite') return // it has no lengths and ranges
    const tooLong = await insert("3, 'too long', 'Cy', 1, null, 'z'")
    expect(tooLong).toMatchObject({ status: 422, code: 'too-long' })
    expect(await insert("3, 'c', 'Cy', 99999, null, 'z'")).toMatchObject({
      status: 422,
      code: 'out-of-range',
    })
    expect(await answerTo(db, "update people set day = 'x'")).toMatchObject({
      status: 400,
      code: 'invalid-value',
    })
  })

  it('a key with ON DELETE RESTRICT is a foreign key, on SQLite as well, which runs it as a trigger', async () => {
    const db = await connect()
    await sql`create table owners (id integer primary key)`.execute(db)
    await sql`create table pets (id integer primary key, owner integer,
      foreign key (owner) references owners (id) on delete restrict on update restrict)`.execute(db)
    await sql`insert into owners values (1)`.execute(db)
    await sql`insert into pets values (1, 1)`.execute(db)
    for (const statement of ['delete from owners', 'update owners set id = 2'])
      expect(await answerTo(db, statement)).toMatchObject({ status: 409, code: 'foreign-key' })
  })

  it('no value of a client is taken for a column', async () => {
    const db = await withPeople(await connect())
    for (const value of ["'name'", '`name`', "x' for column 'name' at row 1", '(name)=(', 'column name']) {
      const text = value.replaceAll("'", "''")
      const answer = await answerTo(db, `update people set age = '${text}'`)
      const source = name === 'MariaDB' ? { pointer: '/data/attributes/age' } : undefined
      expect([answer?.status, answer?.source]).toEqual([name === 'SQLite' ? 422 : 400, source])
      if (name === 'SQLite') continue
      const day = await answerTo(db, `update people set day = '${text}'`)
      expect([undefined, '/data/attributes/day']).toContain((day?.source as { pointer?: string })?.pointer)
    }
  })

  it('neither SQL, nor a text of the driver, nor a hidden column reaches a client (RES-098, RES-217)', async () => {
    const db = await withPeople(await connect())
    const hidden = await answerTo(db, "insert into people (id, name, secret) values (3, 'Cy', 'x')")
    expect(hidden).toMatchObject({ status: 409, code: 'unique', source: undefined })
    const texts = [hidden, await answerTo(db, "insert into people (id, email, name) values (3, 'a', 'Cy')")]
    for (const answer of texts)
      expect(answer?.text).not.toMatch(/insert|constraint|duplicate|secret|people|key/i)
  })

  it('an error that no client can repair stays a 500: a table that does not exist', async () => {
    const db = await connect()
    expect(await answerTo(db, 'select * from missing')).toBeUndefined()
    expect(await answerTo(db, 'selec 1')).toBeUndefined()
  })

  it('the next statement works after an error (RES-100)', async () => {
    const db = await withPeople(await connect())
    await answerTo(db, "insert into people (id, name) values (1, 'Cy')")
    const { rows } = await sql`select id from people`.execute(db)
    expect(rows).toHaveLength(2)
  })
})

describe('a right that is missing', () => {
  it.each([
    ['insert', "insert into people (id, name) values (3, 'Cy')"],
    ['a policy of rows', "insert into notes values ('other')"],
  ])('is a 403 for a change, else no error of a client: %s', async (_, statement) => {
    const db = await withPeople(await postgres())
    const role = sql.id(`${SCHEMA}_role`)
    await sql`create table notes (owner text)`.execute(db)
    await sql`alter table notes enable row level security`.execute(db)
    await sql`create policy own on notes with check (owner = 'me')`.execute(db)
    await sql`create role ${role}`.execute(db)
    await sql`grant usage on schema ${sql.id(SCHEMA)} to ${role}`.execute(db)
    await sql`grant insert on notes to ${role}`.execute(db)
    await db.connection().execute(async (connection) => {
      await sql`set role ${role}`.execute(connection)
      const error = await sql
        .raw(statement)
        .execute(connection)
        .catch((thrown: unknown) => thrown)
      await sql`reset role`.execute(connection)
      expect(databaseError(error, places)).toMatchObject({ status: 403, members: { code: 'denied' } })
      expect(databaseError(error)).toBeUndefined()
    })
    await sql`drop owned by ${role}`.execute(db)
    await sql`drop role ${role}`.execute(db)
  })
})

describe('a row that two transactions change', () => {
  it.each([
    ['PostgreSQL', postgres],
    ['MariaDB', mariadb],
  ])('is a 503 with Retry-After for the one that %s ends', async (_, connect) => {
    const db = await withPeople(await connect())
    const change = (id: number, other: number, reached: () => void, ready: Promise<void>) =>
      db.transaction().execute(async (transaction) => {
        await sql`update people set age = age + 1 where id = ${id}`.execute(transaction)
        reached()
        await ready
        await sql`update people set age = age + 1 where id = ${other}`.execute(transaction)
      })
    const [first, second] = [gate(), gate()]
    const results = await Promise.allSettled([
      change(1, 2, first.open, second.opened),
      change(2, 1, second.open, first.opened),
    ])
    const [failed] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    const exception = databaseError(failed)
    expect(exception?.status).toBe(503)
    expect(exception?.members.code).toBe('busy')
    expect(exception?.headers).toEqual({ 'retry-after': '1' })
  })
})

describe('a database that is not available', () => {
  it('is a 503 with Retry-After: nothing listens', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = new pg.Client({ host, port: 1 })
      expect((await errorOf(client.connect()))?.status).toBe(503)
      const connection = mysql.createPool({ host, port: 1 }).promise()
      const exception = await errorOf(connection.query('select 1'))
      expect(exception?.status).toBe(503)
      expect(exception?.headers).toEqual({ 'retry-after': '5' })
      await connection.end()
    }
  })

  it('is a 503: the pool has no free connection', async () => {
    const pool = new pg.Pool({ ...POSTGRES, max: 1, connectionTimeoutMillis: 500 })
    const held = await pool.connect()
    expect((await errorOf(pool.query('select 1')))?.status).toBe(503)
    held.release()
    await pool.end()
    expect((await errorOf(pool.query('select 1')))?.status).toBe(503)

    const other = mysql.createPool({ ...MARIADB, connectionLimit: 1, queueLimit: 1 }).promise()
    const busy = await other.getConnection()
    const waiting = other.query('select 1')
    expect((await errorOf(other.query('select 1')))?.status).toBe(503)
    busy.release()
    await waiting
    await other.end()
    expect((await errorOf(other.query('select 1')))?.status).toBe(503)
  })

  it('is a 503: the connection is cut in the middle of a statement, and used again', async () => {
    const client = new pg.Client(POSTGRES)
    client.on('error', () => {})
    await client.connect()
    const admin = new pg.Client(POSTGRES)
    await admin.connect()
    const { rows } = await client.query('select pg_backend_pid() as id')
    const pending = errorOf(client.query('select pg_sleep(60)'))
    await admin.query('select pg_terminate_backend($1)', [rows[0].id])
    expect((await pending)?.status).toBe(503)
    expect((await errorOf(client.query('select 1')))?.status).toBe(503)
    await admin.end()

    const connection = mysql.createConnection(MARIADB).promise()
    connection.on('error', () => {})
    await connection.connect()
    const killer = mysql.createConnection(MARIADB).promise()
    const sleeping = errorOf(connection.query('select sleep(60)'))
    await killer.query(`kill ${connection.threadId}`)
    expect((await sleeping)?.status).toBe(503)
    expect((await errorOf(connection.query('select 1')))?.status).toBe(503)
    await killer.end()
  })

  it('is a 503: another connection has locked a file of SQLite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
    const [one, two] = [new Database(join(folder, 'a.db')), new Database(join(folder, 'a.db'))]
    onTestFinished(() => {
      one.close()
      two.close()
      rmSync(folder, { recursive: true })
    })
    one.exec('create table things (id integer)')
    one.exec('begin immediate')
    const exception = await errorOf(Promise.resolve().then(() => two.exec('insert into things values (1)')))
    one.exec('rollback')
    expect(exception?.status).toBe(503)
    expect(exception?.members.code).toBe('busy')
  })
})

describe('an error of another kind', () => {
  it.each([
    ['a text', 'SQLITE_BUSY'],
    ['an error without a code', new Error('duplicate key value violates unique constraint')],
    ['an error of the file system', fileError()],
    ['a failed fetch', new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })],
    ['nothing', undefined],
  ])('is no database error: %s', (_, error) => {
    expect(databaseError(error)).toBeUndefined()
  })

  it('is found within an error that wraps it', () => {
    const wrapped = new Error('Failed query', { cause: { code: '23505' } })
    expect(databaseError(wrapped)?.status).toBe(409)
    expect(databaseError(wrapped)?.cause).toBe(wrapped)
    const several = new AggregateError([{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }])
    expect(databaseError(several)?.status).toBe(503)
    const circle: { cause?: unknown } = {}
    circle.cause = circle
    expect(databaseError(circle)).toBeUndefined()
  })

  it.each([
    ['08006', 503],
    ['53300', 503],
    ['57P01', 503],
    ['40001', 503],
    ['SQLITE_BUSY_SNAPSHOT', 503],
    ['SQLITE_LOCKED_SHAREDCACHE', 503],
    ['SQLITE_CONSTRAINT_TRIGGER', 422],
    ['P0001', 422],
    ['42501', undefined],
    ['EPERM', undefined],
  ])('has the code %s → %s', (code, status) => {
    expect(databaseError({ code })?.status).toBe(status)
  })
})

describe('over HTTP', () => {
  it('the error document has no word of the driver, and the log has the error', async () => {
    const db = await withPeople(await sqlite())
    const logger = quiet()
    const blueprint = new JsonApiBlueprint('people', { logger, prefix: '/api' })
    blueprint.post('/people', async () => {
      try {
        return await sql`insert into people (id, email, name) values (3, 'a', 'Cy')`.execute(db)
      } catch (error) {
        throw databaseError(error, places) ?? error
      }
    })
    blueprint.get('/broken', () => sql`select * from missing`.execute(db))
    const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })
    blueprint.get('/busy', () => Promise.reject(databaseError(busy)))
    const api = jsonApi(await serve(blueprint))
    expect((await api.get('/api/busy')).status).toBe(503)
    expect(logger.lines.splice(0)).toEqual([['GET /api/busy failed: database is locked', busy]])
    const { document } = await api.post('/api/people', { data: { type: 'people' } })
    expect(document.errors).toEqual([
      {
        status: '409',
        code: 'unique',
        title: 'Conflict',
        detail: 'Another resource has the same value',
        source: { pointer: '/data/attributes/email' },
      },
    ])
    const broken = await api.get('/api/broken')
    expect(broken.document.errors).toEqual([{ status: '500', title: 'Internal Server Error' }])
    expect(logger.text()).toContain('no such table: missing')
  })
})

interface Gate {
  readonly open: () => void
  readonly opened: Promise<void>
}

function gate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

function fileError(): unknown {
  try {
    return readFileSync('/no/such/file')
  } catch (error) {
    return error
  }
}
