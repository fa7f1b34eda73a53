/**
 * A JSON:API on embedded SQLite beside the same queries by hand: pages, lists of small and large tables, one resource, a new
 * one, an export, and the start with many tables.
 *
 * The floors run the statements with Kysely that a response needs (of a page rows, total, authors, comments) and write them with
 * JSON.stringify, without documents, links, negotiation and ETags.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import polka from 'polka'
import { onBothCores } from './cores.js'
import { measureRounds } from './deviation.js'
import { wire } from './load.js'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'
import { cpuOf, takeTurns } from './turns.js'

const COUNT = 2000
const EXPORTED = 100_000
const MEDIA_TYPE = 'application/vnd.api+json'

const PAGE =
  '/api/article?page[size]=20&include=author,comments&fields[person]=name,email&fields[comment]=body'

/** A new article with its author. */
const CREATED = {
  method: 'POST',
  headers: { 'content-type': MEDIA_TYPE },
  content: JSON.stringify({
    data: {
      type: 'article',
      attributes: { title: 'A title', body: 'One line', published: '2026-01-01T00:00:00Z' },
      relationships: { author: { data: { type: 'person', id: '7' } } },
    },
  }),
}

/** Variants of the server, each with the requests that it is measured with, and the floor that it is compared with. */
const variants = {
  floor: { title: 'Kysely by hand, JSON.stringify', path: '/articles', items: 20 },
  page: { title: 'Mazurka, page of 20 with author and comments', path: PAGE, items: 20 },
  'page, no total': { title: 'the same, total count off', path: PAGE, items: 20, count: false },
  'list of 1,000': {
    title: 'Mazurka, list of 10 in a table of 1,000 rows, total count off',
    path: '/api/article?fields[article]=title',
    items: 10,
    articles: 1000,
    count: false,
  },
  'list of 1,000,000': {
    title: 'the same in a table of 1,000,000 rows',
    path: '/api/article?fields[article]=title',
    items: 10,
    articles: 1_000_000,
    count: false,
  },
  'floor of one': { title: 'By hand: an article, and the ids of its comments', path: '/articles/7' },
  one: { title: 'Mazurka, GET of one article', path: '/api/article/7', floor: 'floor of one' },
  'floor of create': {
    title: 'By hand: the transaction that checks the author and inserts an article',
    path: '/articles',
    request: CREATED,
  },
  create: {
    title: 'Mazurka, POST of an article with its author',
    path: '/api/article',
    request: CREATED,
    floor: 'floor of create',
  },
}

/** Processes that serve so many tables, by the title of the row. */
const starts = {
  'Kysely by hand, a route for each of 200 tables': ['floor', 200],
  'Mazurka, 20 tables': ['api', 20],
  'Mazurka, 200 tables': ['api', 200],
}

/** @returns for each variant one sample per round: `{ cpu, ratio }`; those of the export, and of starts. */
export async function measureJsonApi({ rounds }) {
  const names = Object.keys(variants)
  const samples = Object.fromEntries(names.map((name) => [name, []]))
  const exports = []
  const started = Object.fromEntries(Object.keys(starts).map((title) => [title, []]))
  const measure = async (round) => {
    const servers = []
    const clients = new Map()
    for (const name of names) {
      const server = await Server.start('./jsonapi.js', { variant: name })
      servers.push(server)
      const { path, request: own = { method: 'GET' } } = variants[name]
      const request = { ...own, path: encodeURI(path) }
      const status = own.method === 'POST' ? 201 : 200
      await check(server.origin + request.path, name, status)
      clients.set(name, await server.connect({ requests: [request], status }))
    }
    const turns = await takeTurns(clients, COUNT, round)
    for (const name of names) {
      const own = name.startsWith('floor') ? name : (variants[name].floor ?? 'floor')
      samples[name][round] = cpuOf(turns.get(name), turns.get(own))
    }
    for (const server of servers) await server.stop()
    exports[round] = await measureExport()
    for (const [title, parameters] of Object.entries(starts))
      started[title][round] = startTables(...parameters)
  }
  const floors = names.filter((name) => name.startsWith('floor'))
  const again = await measureRounds('jsonapi', rounds, measure, () => floors.map((name) => samples[name]))
  return { rounds, rows: EXPORTED, variants, samples, exports, started, again }
}

async function check(url, name, status) {
  const { path, request: { method, headers, content: body } = {}, items } = variants[name]
  const response = await fetch(url, { method, headers, body })
  assert.equal(response.status, status, `${name}: ${response.status} ${await response.clone().text()}`)
  const { data, included } = await response.json()
  if (items) assert.equal(data.length, items)
  else assert.ok(String((data.attributes ?? data).title).length > 0, 'The response has no article')
  if (path === PAGE) assert.ok(included.length > 20, 'The page includes too little')
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
  const { articles = variant === 'export' ? EXPORTED : 10_000, count = true } = variants[variant] ?? {}
  const sqlite = new Database(file())
  if (variants[variant]?.request) sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal')
  seed(sqlite, articles)
  const db = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) })
  if (variant.startsWith('floor')) return byHand(db)
  return serve(db, { count, methods: ['GET', 'POST'] })
}

async function serve(db, options) {
  const { ApiManager, introspect } = await importEntry('jsonapi')
  const models = await introspect(db)
  const app = polka()
  const manager = new ApiManager(app, { db, ...options })
  for (const model of Object.values(models)) manager.createApi(model)
  return app.listen(0, '127.0.0.1').server
}

function byHand(db) {
  return createServer(async (request, response) => {
    response.setHeader('content-type', MEDIA_TYPE)
    const [, id] = /^\/articles\/(\d+)$/.exec(request.url) ?? []
    if (request.method === 'POST') {
      const chunks = []
      for await (const chunk of request) chunks.push(chunk)
      response.statusCode = 201
      response.end(JSON.stringify(await create(db, JSON.parse(Buffer.concat(chunks)))))
    } else response.end(JSON.stringify(await (id ? one(db, id) : list(db))))
  }).listen(0, '127.0.0.1')
}

async function list(db) {
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
  return { data: articles, authors, comments, total }
}

async function one(db, id) {
  const data = await db.selectFrom('article').selectAll().where('id', '=', Number(id)).executeTakeFirst()
  const comments = await db
    .selectFrom('comment')
    .select('id')
    .where('article_id', '=', data.id)
    .orderBy('id')
    .execute()
  return { data, comments }
}

async function create(db, { data: { attributes, relationships } }) {
  const article = await db.transaction().execute(async (transaction) => {
    const author = await transaction
      .selectFrom('person')
      .select('id')
      .where('id', '=', Number(relationships.author.data.id))
      .executeTakeFirstOrThrow()
    return transaction
      .insertInto('article')
      .values({ ...attributes, author_id: author.id })
      .returningAll()
      .executeTakeFirstOrThrow()
  })
  return { data: article }
}

/** Milliseconds from the start of a process to its first response, and megabytes of its heap then. */
function startTables(kind, count) {
  const parameters = ['--expose-gc', import.meta.filename, kind, String(count)]
  const [command, ...before] = [...onBothCores, process.execPath]
  const options = {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  }
  return JSON.parse(execFileSync(command, [...before, ...parameters], options))
}

/** Runs in a process of its own: tables with seven columns, two of which refer to other tables. */
async function startAndRespond(kind, count) {
  const path = file()
  const names = Array.from({ length: count }, (_, index) => `item_${index}`)
  const sqlite = new Database(path)
  const keyOf = (name, target) => `${name} integer references ${target} (id)`
  for (const [index, name] of names.entries())
    sqlite.exec(`create table ${name} (id integer primary key, name text not null, note text, price decimal(10, 2),
      created datetime not null, ${keyOf('parent_id', names[index >> 1])}, ${keyOf('other_id', names[index >> 2])})`)
  const start = performance.now()
  const db = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) })
  const server = kind === 'floor' ? routes(db, names) : await serve(db, {})
  if (!server.listening) await once(server, 'listening')
  const response = await fetch(`http://127.0.0.1:${server.address().port}/api/${names.at(-1)}`)
  assert.equal(response.status, 200, await response.clone().text())
  const { data } = await response.json()
  assert.deepEqual(data, [])
  const milliseconds = performance.now() - start
  globalThis.gc()
  const megabytes = process.memoryUsage().heapUsed / 1e6
  process.stdout.write(JSON.stringify({ milliseconds, megabytes }), () => process.exit())
}

function routes(db, names) {
  const known = new Map(
    names.map((name) => [`/api/${name}`, () => db.selectFrom(name).selectAll().execute()]),
  )
  return createServer(async ({ url }, response) => {
    response.setHeader('content-type', MEDIA_TYPE)
    response.end(JSON.stringify({ data: await known.get(url)() }))
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

if (process.argv[1] === import.meta.filename) await startAndRespond(process.argv[2], Number(process.argv[3]))
