/** The options of an API that allow more changes. */
import { expect, it } from 'vitest'
import { describeLibrary, errorsOf } from '../support/library-api.ts'

const methods = ['GET', 'POST', 'PATCH', 'DELETE']
const history = { data: [{ type: 'tag', id: '1' }] }

describeLibrary(
  'an option',
  (serve) => {
    it('allows to replace the members of a to-many relationship (RES-037)', async () => {
      const closed = await serve({ manager: { methods } })
      const refused = await closed.patch('/api/article/1/relationships/tags', history)
      expect(refused.status).toBe(403)
      const members = { type: 'article', id: '1', relationships: { tags: history } }
      expect((await closed.patch('/api/article/1', { data: members })).status).toBe(403)
      const open = await serve({ manager: { methods, allowToManyReplacement: true } })
      expect((await open.patch('/api/article/1/relationships/tags', history)).status).toBe(204)
      expect((await open.get('/api/article/1/relationships/tags')).document.data).toEqual(history.data)
    })

    it('allows to remove members of a to-many relationship (RES-038)', async () => {
      const closed = await serve({ manager: { methods } })
      expect((await closed.delete('/api/article/2/relationships/tags', history)).status).toBe(403)
      const open = await serve({
        manager: { methods },
        apis: { article: { allowDeleteFromToManyRelationships: true } },
      })
      expect((await open.delete('/api/article/2/relationships/tags', history)).status).toBe(204)
    })

    it('allows ids of clients (RES-039)', async () => {
      const data = { type: 'tag', id: '70', attributes: { name: 'chosen' } }
      const closed = await serve({ manager: { methods } })
      const [error] = errorsOf(await closed.post('/api/tag', { data }))
      expect(error).toMatch(/^403 \/data\/id /)
      const open = await serve({ manager: { methods, allowClientGeneratedIds: true } })
      const { status, headers } = await open.post('/api/tag', { data })
      expect([status, headers.get('location')]).toEqual([201, '/api/tag/70'])
    })

    it('is not needed for members of a document that have no meaning (RES-093)', async () => {
      const { send } = await serve({ manager: { methods } })
      const document = { data: { type: 'tag', attributes: { name: 'more' } }, meta: { a: 1 }, '@own': 2 }
      expect((await send('POST /api/tag', document)).status).toBe(201)
    })
  },
  ['sqlite'],
)
