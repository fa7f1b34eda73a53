/**
 * A JSON:API over the tables of a library: its models are read from the database, and refined by what tables do not say.
 * `page.html` is a client of it for browsers, made with the package `kitsu`.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { Api } from 'mazurka/api'
import {
  ApiManager,
  DefaultDeserializer,
  defineModel,
  introspect,
  ProcessingException,
  type Processor,
} from 'mazurka/jsonapi'
import polka from 'polka'
import sirv from 'sirv'
import { z } from 'zod'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { db } from './database.ts'

const types = { person: 'people', article: 'articles', comment: 'comments', tag: 'tags' }
const models = await introspect<keyof typeof types>(db, { names: { types } })

// an attribute of SQL can be filtered and sorted by
const article = defineModel(models.article, {
  computed: {
    commentCount: {
      type: { kind: 'integer' },
      sql: ({ ref }) => sql`(select count(*) from comment where comment.article_id = ${ref('id')})`,
    },
  },
})

const Article = z.object({ title: z.string().min(3).max(80), body: z.string().min(1) })

class ArticleDeserializer extends DefaultDeserializer {
  override resourceObject(document: unknown) {
    const object = super.resourceObject(document)
    Article.partial().parse(object.attributes) // its errors are a 400: `validationExceptions` below
    return object
  }
}

/** Runs before a deletion, in its transaction. */
const keepDiscussed: Processor = async ({ db, resourceId }) => {
  const found = await db
    .selectFrom('comment')
    .where('article_id', '=', Number(resourceId))
    .select('id')
    .execute()
  if (found.length > 0)
    throw new ProcessingException({ status: 409, detail: 'An article with comments is kept' })
}

export const app = polka()
  .use(startPage('library', { page: '/page', documentation: '/docs' }))
  .use('/kitsu', sirv('node_modules/kitsu/dist'))
  .use('/kitsu-core', sirv('node_modules/kitsu-core/dist'))
  .use('/axios', sirv('node_modules/axios/dist/esm'))
  .get('/page', (_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(readFileSync(`${import.meta.dirname}/page.html`))
  })

const manager = new ApiManager(new Api(app, { title: 'Library', version: '1.0.0' }), { db })
const methods = ['GET', 'POST', 'PATCH', 'DELETE']
manager.createApi(article, {
  methods,
  requireIfMatch: true,
  deserializer: ArticleDeserializer,
  validationExceptions: [z.ZodError],
  preprocessors: { DELETE_RESOURCE: [keepDiscussed] },
})
manager.createApi(models.comment, { methods })
manager.createApi(models.tag)
// a field that the client may not read does not exist for it, neither in documents nor in filters
manager.createApi(models.person, {
  methods: ['GET', 'POST'],
  can: ({ field, request }) => field !== 'email' || request.headers.authorization === 'Bearer editor',
})

export const stop = { close: [() => db.destroy()] }

if (process.argv[1] === import.meta.filename) serve('library', app, stop)
