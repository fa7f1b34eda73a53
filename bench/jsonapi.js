/**
 * A JSON:API on embedded SQLite beside the same queries by hand: pages, lists of small and large tables, and an export.
 *
 * The floor runs the statements with Kysely that the page needs (rows, total, authors, comments) and writes them with
 * JSON.stringify, without documents, links, negotiation and ETags.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import polka from 'polka'
import { wire } from './load.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { cpuOf, takeTurns } from './turns.js'

const COUNT = 2000
const EXPORTED = 100_000
const MEDIA_TYPE = 'application/vnd.api+json'

const PAGE =
  '/api/article?page[size]=20&include=author,comments&fields[person]=name,email&fields[comment]=body'

/** Variants of the server, each with the requests that it is measured with. */
const variants = {
  floor: { title: 'Kysely by hand, JSON.stringify', path: '/articles', articles: 10_000 },
  page: { title: 'Mazurka, page of 20 with author and comments', path: PAGE, articles: 10_000 },
  'page, no total': { title: 'the same, total count off', path: PAGE, articles: 10_000, count: false },
  'list of 1,000': {
    title: 'Mazurka, list of 10 in a table of 1,000 rows, total count off',
    path: '/api/article?fields[article]=title',
    articles: 1000,
    count: false,
  },
  'list of 1,000,000': {
    title: 'the same in a table of 1,000,000 rows',
    path: '/api/article?fields[article]=title',
    articles: 1_000_000,
    count: false,
  },
}

/** @returns for each variant one sample per round: `{ cpu, ratio }`; and those of the export. */
export async function measureJsonApi({ rounds }) {
  const names = Object.keys(variants)
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  const exports = []
  for (let round = 0; round < rounds; round++) {
    console.error(`jsonapi, round ${round + 1} of ${rounds}`)
    const servers = []
    const clients = new Map()
    for (const name of names) {
      const server = await Server.start('./jsonapi.js', { variant: name })
      servers.push(server)
      const request = { method: 'GET', path: encodeURI(variants[name].path) }
      await check(server.origin + request.path, name)
      clients.set(name, await server.connect({ requests: [request] }))
    }
    const turns = await takeTurns(clients, COUNT, round)
    for (const name of names) samples[name].push(cpuOf(turns.get(name), turns.get('floor')))
    for (const server of servers) await server.stop()
    exports.push(await measureExport())
  }
  return { rounds, rows: EXPORTED, variants, samples, exports }
}

async function check(url, name) {
  const response = await fetch(url)
  assert.equal(response.status, 200, `${name}: ${response.status} ${await response.clone().text()}`)
  const { data, included } = await response.json()
  assert.equal(data.length, variants[name].path === PAGE || name === 'floor' ? 20 : 10)
  if (variants[name].path === PAGE) assert.ok(included.length > 20, 'The page includes too little')
}

/** Reads the export, and watches memory and event loop of the server. */
async function measureExport() {
  const server = await Server.start('./jsonapi.js', { variant: 'export' })
  await server.ask('watch')
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  socket.write(
    wire({ method: 'GET', path: '/api/article', headers: { accept: 'text/csv', connection: 'close' } }),
  )
  const start = performance.now()
  let first
  let lines = 0
  socket.on('data', (chunk) => {
    first ??= performance.now() - start
    for (const byte of chunk) if (byte === 10) lines++
  })
  await once(socket, 'close')
  const total = performance.now() - start
  assert.ok(lines > EXPORTED, `The export has ${lines} lines`)
  const vitals = await server.ask('vitals')
  await server.stop()
  return { ...vitals, firstByteMilliseconds: first, totalMilliseconds: total }
}

/** Runs in the server's process. */
export async function start(variant) {
  const { articles = EXPORTED, count = true } = variants[variant] ?? {}
  const sqlite = new Database(file())
  seed(sqlite, articles)
  const db = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) })
  if (variant === 'floor') return byHand(db)
  const { ApiManager, introspect } = await importEntry('jsonapi')
  const models = await introspect(db)
  const app = polka()
  const manager = new ApiManager(app, { db, count })
  for (const model of Object.values(models)) manager.createApi(model)
  return app.listen(0, '127.0.0.1').server
}

function byHand(db) {
  return createServer(async (_, response) => {
    const articles = await db.selectFrom('article').selectAll().orderBy('id').limit(20).offset(0).execute()
    const { total } = await db
      .selectFrom('article')
      .select((eb) => eb.fn.countAll().as('total'))
      .executeTakeFirst()
    const authors = await db
      .selectFrom('person')
      .selectAll()
      .where('id', 'in', [...new Set(articles.map((article) => article.author_id))])
      .execute()
    const comments = await db
      .selectFrom('comment')
      .selectAll()
      .where(
        'article_id',
        'in',
        articles.map((article) => article.id),
      )
      .execute()
    response.setHeader('content-type', MEDIA_TYPE)
    response.end(JSON.stringify({ data: articles, authors, comments, total }))
  }).listen(0, '127.0.0.1')
}

/** The path of an empty database, in a folder that is removed when the process ends. */
function file() {
  const folder = mkdtempSync(join(tmpdir(), 'mazurka-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  return join(folder, 'bench.db')
}

/** Articles, a tenth as many people, and five comments for each article. */
function seed(sqlite, articles) {
  sqlite.exec(`
    create table person (id integer primary key, name text not null, email text unique);
    create table article (id integer primary key, title text not null, body text, published datetime,
      author_id integer references person (id));
    create table comment (id integer primary key, body text not null, article_id integer not null references article (id));
    insert into person with recursive n (i) as (select 1 union all select i + 1 from n where i < ${Math.ceil(articles / 10)})
      select i, 'Person ' || i, 'person' || i || '@example.com' from n;
    insert into article with recursive n (i) as (select 1 union all select i + 1 from n where i < ${articles})
      select i, 'Title of article ' || i, 'The body of an article, which is one line long: ' || i,
        '2026-01-01T00:00:00Z', i % ${Math.ceil(articles / 10)} + 1 from n;
    insert into comment with recursive n (i) as (select 1 union all select i + 1 from n where i < ${articles > 100_000 ? 10 : articles * 5})
      select i, 'Comment ' || i, i % ${articles} + 1 from n;
    create index article_author on article (author_id);
    create index comment_article on comment (article_id);`)
}
