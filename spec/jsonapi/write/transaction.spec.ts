import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Driver, Kysely, PostgresDialect, PostgresDriver, SqliteDialect, sql } from 'kysely'
import Database from 'libsql'
import pg from 'pg'
import { beforeAll, beforeEach, expect, it } from 'vitest'
import { inTransaction } from '../../../lib/jsonapi/write/transaction.ts'
import { runUserCode } from '../../../lib/jsonapi/write/user-code.ts'
import { describeEachDatabase } from '../../support/databases.ts'
import { openWorld, type World } from '../../support/write-world.ts'

describeEachDatabase('the transaction of a request', (database) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(database)
  })
  beforeEach(() => world.reset())

  const insert = (name: string) => sql`insert into tag (name) values (${name})`
  const names = async () => (await world.rows('tag')).map(({ name }) => name)

  it('is committed after its last step, and returns the result (FJ-105)', async () => {
    const result = await inTransaction(world.db, async (transaction) => {
      await insert('x').execute(transaction)
      return 7
    })
    expect(result).toBe(7)
    expect(await names()).toContain('x')
  })

  it('is rolled back on any throw, and leaves a clean connection (RES-279, FJ-105, FJ-106, FJ-107, FJ-109)', async () => {
    const faults = [
      () => Promise.reject(new Error('fault')),
      (transaction: World['db']) => insert('red').execute(transaction),
      (transaction: World['db']) => sql`insert into tag (name) values (null)`.execute(transaction),
      (transaction: World['db']) =>
        sql`insert into comment (text, article_id) values ('x', 99)`.execute(transaction),
      (transaction: World['db']) => sql`select nonsense from nothing`.execute(transaction),
    ]
    for (const fault of [...faults, ...faults]) {
      const run = inTransaction(world.db, async (transaction) => {
        await insert('x').execute(transaction)
        await fault(transaction)
      })
      await expect(run).rejects.toThrow()
    }
    await insert('y').execute(world.db)
    expect(await names()).toEqual(['red', 'green', 'blue', 'y'])
  })

  it('is rolled back when the client leaves before the commit', async () => {
    const controller = new AbortController()
    const run = inTransaction(
      world.db,
      async (transaction) => {
        await insert('x').execute(transaction)
        controller.abort(new Error('The client has left'))
      },
      controller.signal,
    )
    await expect(run).rejects.toThrow('The client has left')
    expect(await names()).not.toContain('x')
  })

  it('queues behind another, or runs beside it, and both are complete (FJ-110)', async () => {
    const run = (name: string) =>
      inTransaction(world.db, async (transaction) => {
        await insert(name).execute(transaction)
        await new Promise((resolve) => setImmediate(resolve))
        await insert(`${name}2`).execute(transaction)
      })
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(run))
    expect(await names()).toHaveLength(3 + 14)
  })

  it('gives processors a handle that opens no other transaction', async () => {
    const nested = inTransaction(world.db, (transaction) =>
      transaction.transaction().execute(() => Promise.resolve()),
    )
    await expect(nested).rejects.toThrow(/transaction/)
  })
})

describeEachDatabase(
  'user code within a transaction',
  (database) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(database)
      await world.reset()
    })

    it('that uses the outer handle on SQLite ends with an error that names the cause (FJ-110)', async () => {
      const run = inTransaction(world.db, async (transaction) => {
        await sql`insert into tag (name) values ('x')`.execute(transaction)
        await runUserCode(() => sql`select 1`.execute(world.db), 0.05)
      })
      await expect(run).rejects.toThrow(/longer than 0.05 s .* argument 'db'.*processorTimeoutSeconds/)
      expect(await world.rows('tag')).toHaveLength(3)
    })

    it('returns its result, at once or later, and keeps its own error', async () => {
      expect(await runUserCode(() => 1)).toBe(1)
      expect(await runUserCode(async () => 2)).toBe(2)
      await expect(runUserCode(() => Promise.reject(new Error('own')))).rejects.toThrow('own')
      await expect(
        runUserCode(() => {
          throw new Error('own')
        }),
      ).rejects.toThrow('own')
    })
  },
  ['sqlite'],
)

describeEachDatabase(
  'a transaction',
  (database) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(database)
      await world.reset()
    })

    it('is not reported as committed where an error in it was caught', async () => {
      const run = inTransaction(world.db, async (transaction) => {
        await sql`insert into tag (name) values ('x')`.execute(transaction)
        await sql`select nonsense from nothing`.execute(transaction).catch(() => undefined)
      })
      await expect(run).rejects.toMatchObject({ code: '25P02' })
      expect(await world.rows('tag')).toHaveLength(3)
    })

    it('keeps the first error where the connection is gone, and the pool goes on (FJ-108, FJ-109)', async () => {
      for (let round = 0; round < 7; round++) {
        const run = inTransaction(world.db, async (transaction) => {
          await sql`select pg_terminate_backend(pg_backend_pid())`.execute(transaction).catch(() => undefined)
          throw new Error('first')
        })
        await expect(run).rejects.toThrow('first')
      }
      expect(await world.rows('tag')).toHaveLength(3)
    })

    it('whose ROLLBACK fails once does not stay open in the pool (FJ-108, FJ-109)', async () => {
      const pool = new pg.Pool({ connectionString: 'postgres://postgres@127.0.0.1:5432/test', max: 1 })
      class Failing extends PostgresDriver {
        override rollbackTransaction(): Promise<void> {
          return Promise.reject(new Error('ROLLBACK failed'))
        }
      }
      class FailingDialect extends PostgresDialect {
        override createDriver(): Driver {
          return new Failing({ pool })
        }
      }
      // biome-ignore lint/suspicious/noExplicitAny: a database of no tables
      const db = new Kysely<any>({ dialect: new FailingDialect({ pool }) })
      const run = inTransaction(db, async (transaction) => {
        await sql`create temporary table never_kept (n integer) on commit drop`.execute(transaction)
        throw new Error('first')
      })
      await expect(run).rejects.toThrow('first')
      await expect(sql`select * from never_kept`.execute(db)).rejects.toThrow(/does not exist/)
      await db.destroy()
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'a transaction',
  (database) => {
    let world: World
    beforeAll(async () => {
      world = await openWorld(database)
      await world.reset()
    })

    it('keeps the first error where the connection is gone, and the pool goes on (FJ-108, FJ-109)', async () => {
      for (let round = 0; round < 7; round++) {
        const run = inTransaction(world.db, async (transaction) => {
          await sql`kill connection connection_id()`.execute(transaction).catch(() => undefined)
          throw new Error('first')
        })
        await expect(run).rejects.toThrow('first')
      }
      expect(await world.rows('tag')).toHaveLength(3)
    })
  },
  ['mysql'],
)

describeEachDatabase(
  'a transaction',
  (database) => {
    it('that the database has rolled back by itself gives its connection back (FJ-108)', async () => {
      const world = await openWorld(database)
      await world.reset()
      const run = inTransaction(world.db, async (transaction) => {
        await sql`insert into tag (name) values ('x')`.execute(transaction)
        await sql`insert or rollback into tag (name) values ('red')`.execute(transaction)
      })
      await expect(run).rejects.toThrow(/UNIQUE/)
      expect(await world.rows('tag')).toHaveLength(3)
    })

    it('whose COMMIT fails is rolled back', async () => {
      const world = await openWorld(database)
      await world.reset()
      const run = inTransaction(world.db, async (transaction) => {
        await sql`pragma defer_foreign_keys = on`.execute(transaction)
        await sql`insert into comment (text, article_id) values ('x', 99)`.execute(transaction)
      })
      await expect(run).rejects.toThrow(/FOREIGN KEY/)
      expect(await world.rows('comment')).toHaveLength(2)
    })

    it('that reads first still writes, since other processes wait from its beginning', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
      const file = join(folder, 'test.db')
      const first = new Database(file)
      first.exec('pragma journal_mode = wal; create table t (n integer); insert into t values (1)')
      const other = new Database(file)
      other.exec('pragma busy_timeout = 0')
      // biome-ignore lint/suspicious/noExplicitAny: a database of one table
      const db = new Kysely<any>({ dialect: new SqliteDialect({ database: first }) })
      await inTransaction(db, async (transaction) => {
        await sql`select n from t`.execute(transaction)
        expect(() => other.exec('update t set n = 5')).toThrow(/locked/)
        await sql`update t set n = n + 1`.execute(transaction)
      })
      expect((await sql`select n from t`.execute(db)).rows).toEqual([expect.objectContaining({ n: 2 })])
      other.close()
      await db.destroy()
      rmSync(folder, { recursive: true })
    })
  },
  ['sqlite'],
)
