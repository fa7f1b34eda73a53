/** Databases that are busy, locked, exhausted or not there: an answer, never a wait for good. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from 'kysely'
import Sqlite from 'libsql'
import { createPool } from 'mysql2'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Database, introspect } from '../../lib/jsonapi.ts'
import { describeEachDatabase, type OpenOptions } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import type { JsonApiReply } from '../support/json-api.ts'
import { openLibrary } from '../support/library.ts'
import { errorsOf } from '../support/library-api.ts'
import { serveWritable } from '../support/writable-library.ts'

const tag = (name: string) => ({ data: { type: 'tag', attributes: { name } } })

function expectUnavailable(reply: JsonApiReply, seconds: string): void {
  expect([reply.status, reply.headers.get('retry-after'), reply.text]).toEqual([
    503,
    seconds,
    expect.anything(),
  ])
  expect(errorsOf(reply)).toHaveLength(1)
  expect(reply.text).not.toMatch(/sql|pool|connect|timeout|database|ECONN|lock/i)
}

/** A gate that processors wait at. */
function gate() {
  let open: () => void = () => undefined
  let enter: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const entered = new Promise<void>((resolve) => {
    enter = resolve
  })
  return {
    entered,
    open: () => open(),
    wait: async () => {
      enter()
      await opened
    },
  }
}

describeEachDatabase(
  'a pool without a free connection',
  (database) => {
    const small: OpenOptions = {
      pg: { max: 1, connectionTimeoutMillis: 200 },
      mysql2: { connectionLimit: 1, waitForConnections: false },
    }

    it('answers reads and writes with 503, and works again afterwards', async () => {
      const library = await openLibrary({ ...database, open: () => database.open(small) })
      const { wait, entered, open } = gate()
      const api = await serveWritable(library, { preprocessors: { PATCH_RESOURCE: [wait] } })
      const data = { type: 'tag', id: '1', attributes: { name: 'held' } }
      const held = api.patch('/api/tag/1', { data })
      await entered
      for (const reply of await Promise.all([
        api.get('/api/tag'),
        api.get('/api/tag/1'),
        api.get('/api/article?include=author'),
        api.get('/api/article/1/relationships/tags'),
        api.get('/api/eval/tag?functions=[{"name":"count","field":"id"}]'),
        api.get('/api/tag', { accept: 'text/csv' }),
        api.post('/api/tag', tag('never')),
        api.delete('/api/tag/2'),
      ]))
        expectUnavailable(reply, '5')
      open()
      expect((await held).status).toBe(204)
      expect((await api.post('/api/tag', tag('later'))).status).toBe(201)
      const { document } = await api.get('/api/tag?sort=id&fields[tag]=name')
      const names = document.data.map((one: { attributes: { name: string } }) => one.attributes.name)
      expect(names).toEqual(['held', 'machines', 'unused', 'later'])
    })
  },
  ['postgres', 'mysql'],
)

describeEachDatabase(
  'a database that is not there',
  (database) => {
    it('is a 503 for reads and writes', async () => {
      const { models } = await openLibrary(database)
      const port = await freePort()
      const host = '127.0.0.1'
      const dialect =
        database.dialect === 'postgres'
          ? new PostgresDialect({ pool: new pg.Pool({ host, port }) })
          : new MysqlDialect({ pool: createPool({ host, port }) })
      // biome-ignore lint/suspicious/noExplicitAny: the tables are those of the library
      const db: Database = new Kysely<any>({ dialect })
      const api = await serveWritable({ db, models })
      expectUnavailable(await api.get('/api/tag'), '5')
      expectUnavailable(await api.get('/api/tag', { accept: 'application/x-ndjson' }), '5')
      expectUnavailable(await api.post('/api/tag', tag('never')), '5')
      expect(await api.get('/api')).toMatchObject({ status: 200 })
      expect((await api.get('/api/tag?nope=1')).status).toBe(400)
    })
  },
  ['postgres', 'mysql'],
)

describeEachDatabase('a database', (database) => {
  it('that fails is a 500 without its reason (FJ-25)', async () => {
    const library = await openLibrary(database)
    const api = await serveWritable(library)
    await library.run('drop table article_tag;\ndrop table tag')
    const member = { data: [{ type: 'tag', id: '1' }] }
    for (const reply of [
      await api.get('/api/tag'),
      await api.get('/api/tag/1'),
      await api.get('/api/article?include=tags'),
      await api.get('/api/tag', { accept: 'text/csv' }),
      await api.get('/api/eval/tag?functions=[{"name":"count","field":"id"}]'),
      await api.post('/api/tag', tag('never')),
      await api.post('/api/article/1/relationships/tags', member),
    ]) {
      expect(reply.status).toBe(500)
      expect(reply.text).not.toMatch(/select|insert|relation|table|column|sql|exist|article_tag/i)
    }
    expect(api.logger.text()).toMatch(/tag/)
    expect((await api.get('/api/person/1?fields[person]=name')).status).toBe(200)
  })
})

/** The driver libsql ends a statement that was refused when it is collected; until then its connection commits nothing. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  await setImmediate() // finalizers run in a turn of their own
}

describe('an SQLite file', () => {
  async function openFile() {
    const folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
    const file = join(folder, 'library.db')
    const own = new Sqlite(file)
    const other = new Sqlite(file)
    own.exec('create table tag (id integer primary key, name varchar(40) not null unique)')
    own.exec('pragma busy_timeout = 0')
    // biome-ignore lint/suspicious/noExplicitAny: a database of one table
    const db: Database = new Kysely<any>({ dialect: new SqliteDialect({ database: own }) })
    onTestFinished(async () => {
      await db.destroy()
      other.close()
      rmSync(folder, { recursive: true })
    })
    return { db, other, models: await introspect(db) }
  }

  it('that another process writes is a 503 for writers alone, and is written again afterwards', async () => {
    const { db, other, models } = await openFile()
    other.exec('pragma journal_mode = wal')
    const api = await serveWritable({ db, models })
    expect((await api.post('/api/tag', tag('first'))).status).toBe(201)
    other.exec('begin exclusive')
    expectUnavailable(await api.post('/api/tag', tag('never')), '1')
    expectUnavailable(await api.delete('/api/tag/1'), '1')
    expect((await api.get('/api/tag')).document.meta.total).toBe(1)
    other.exec('rollback')
    api.logger.lines.length = 0 // errors keep the statements in their stacks
    await collectGarbage()
    expect((await api.post('/api/tag', tag('second'))).status).toBe(201)
    expect((await api.get('/api/tag')).document.meta.total).toBe(2)
  })

  it('that another process has locked is a 503 for readers, and is read again afterwards', async () => {
    const { db, other, models } = await openFile() // without a write-ahead log
    const api = await serveWritable({ db, models })
    other.exec('begin exclusive')
    expectUnavailable(await api.get('/api/tag'), '1')
    expectUnavailable(await api.get('/api/tag', { accept: 'text/csv' }), '1')
    other.exec('rollback')
    expect((await api.get('/api/tag')).document.meta.total).toBe(0)
  })

  it('whose outer handle a processor uses ends in an error that names the cause, and works again (FJ-110)', async () => {
    const { db, models } = await openFile()
    let isWrong = true
    const outer = async () => {
      if (isWrong) await sql`select 1`.execute(db)
    }
    const api = await serveWritable(
      { db, models },
      { processorTimeoutSeconds: 1, postprocessors: { POST_RESOURCE: [outer] } },
    )
    const { status, text } = await api.post('/api/tag', tag('never'))
    expect([status, text.includes('handle')]).toEqual([500, false])
    expect(api.logger.text()).toMatch(/Its queries must use the argument 'db'/)
    isWrong = false
    expect((await api.post('/api/tag', tag('later'))).status).toBe(201)
    expect((await api.get('/api/tag')).document.meta.total).toBe(1)
  })
})
