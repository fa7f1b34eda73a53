/** Return values of the functions that a developer gives us: an error among them is as good as thrown. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { arrayPager, Conflict, Gone, NotFound, type RestBlueprint } from '../../lib/index.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: values that no type allows
type Any = any

const ETAG = { 'if-match': '*' }

const sources: [string, (api: RestBlueprint, give: (error: Error) => Any) => unknown, string?][] = [
  [
    'etag.current',
    (api, give) => api.get('/x', { etag: { current: () => give(new Conflict('no')) } }, () => 1),
  ],
  [
    'etag.current before a change',
    (api, give) => api.put('/x', { etag: { current: () => give(new Conflict('no')) } }, () => 1),
    'PUT',
  ],
  [
    'etag.current without ETags',
    (api, give) => api.get('/x', { etag: { current: () => give(new Conflict('no')) } }, () => 1),
  ],
  [
    'patch.current',
    (api, give) => {
      const patch = { schema: z.object({ a: z.int() }), current: () => give(new Conflict('no')) }
      api.patch('/x', { patch }, () => 1)
    },
    'PATCH',
  ],
  ['a pager', (api, give) => api.get('/x', { paginate: () => give(new Conflict('no')) }, () => [1])],
  [
    'a content renderer',
    (api, give) => {
      api.contentRenderer.renders('application/json', () => give(new Conflict('no')))
      api.get('/x', () => 1)
    },
  ],
  [
    'a parser',
    (api, give) => {
      api.contentParser.parses('application/merge-patch+json', () => give(new Conflict('no')))
      api.patch('/x', { incoming: ['application/merge-patch+json'] }, () => 1)
    },
    'PATCH',
  ],
  ['a before hook', (api, give) => api.before(() => give(new Conflict('no'))).get('/x', () => 1)],
  ['an after hook', (api, give) => api.after(() => give(new Conflict('no'))).get('/x', () => 1)],
  ['a handler', (api, give) => api.get('/x', () => give(new Conflict('no')))],
]

describe('an error that is returned', () => {
  it.each(sources)('by %s is the response, at once and later', async (name, declare, method = 'GET') => {
    for (const give of [(error: Error) => error, (error: Error) => Promise.resolve(error)]) {
      const { ask } = await testApp((api) => declare(api, give), {
        ...(name.endsWith('without ETags') ? { etag: false } : {}),
      })
      const fields = { ...ETAG, 'content-type': 'application/merge-patch+json' }
      const answer =
        method === 'PATCH' ? await ask('PATCH /x', fields, { a: 1 }) : await ask(`${method} /x`, fields)
      expect([answer.status, answer.json.detail]).toEqual([409, 'no'])
      expect(answer.tag).toBe('')
    }
  })

  it.each<[string, (api: RestBlueprint, error: Any) => unknown]>([
    ['etag.data', (api, error) => api.get('/x', { etag: { data: () => error } }, () => 1)],
    [
      'etag.lastModified',
      (api, error) => api.get('/x', { etag: { current: () => 1, lastModified: () => error } }, () => 1),
    ],
    [
      'generateEtag',
      (api, error) => {
        api.generateEtag = () => error
        api.get('/x', { etag: true }, () => 1)
      },
    ],
    [
      'the envelope',
      (api, error) => {
        api.get('/x', { paginate: { pager: arrayPager, envelope: () => error } }, () => [1])
      },
    ],
    ['checkEtag’s state', (api, error) => api.get('/x', { etag: true }, ({ checkEtag }) => checkEtag(error))],
  ])('as %s is the response', async (_name, declare) => {
    const { ask } = await testApp((api) => declare(api, new Gone('gone')))
    const answer = await ask('/x')
    expect([answer.status, answer.json.detail]).toEqual([410, 'gone'])
  })

  it.each([new NotFound(), new Conflict('no')])(
    'by etag.current after a change is a state that the client may not read, for $status',
    async (error) => {
      let isChanged = false
      const { ask } = await testApp((api) => {
        const current = async () => (isChanged ? error : 1)
        api.post('/x', { etag: { current } }, () => {
          isChanged = true
        })
      })
      const { status, headers } = await ask('POST /x')
      expect([status, headers.get('etag')]).toEqual([204, null])
    },
  )
})

describe('a promise where a value is needed at once', () => {
  const away = (): Any => Promise.reject(new Error('db away'))

  it.each<[string, (api: RestBlueprint) => unknown, string?]>([
    ['etag.data', (api) => api.get('/x', { etag: { data: away } }, () => 1)],
    [
      'etag.lastModified',
      (api) => api.get('/x', { etag: { current: () => 1, lastModified: away } }, () => 1),
    ],
    [
      'generateEtag',
      (api) => {
        api.generateEtag = away
        api.get('/x', { etag: true }, () => 1)
      },
    ],
    ['checkEtag', (api) => api.get('/x', { etag: true }, ({ checkEtag }) => checkEtag(away()))],
    ['setEtag', (api) => api.get('/x', { etag: true }, ({ setEtag }) => setEtag(away()))],
    ['etag.schema', (api) => api.get('/x', { etag: { schema: z.any().refine(away) } }, () => 1), 'is async'],
    [
      'a transform of etag.schema',
      (api) =>
        api.get('/x', { etag: { schema: z.object({ a: z.int().transform(away) }) } }, () => ({ a: 1 })),
      'is async',
    ],
    [
      'the response schema of a state',
      (api) => {
        const response = z.any().superRefine(away)
        api.get('/x', { etag: true, response }, ({ checkEtag }) => checkEtag({ a: 1 }))
      },
      'is async',
    ],
  ])('in %s is a 500 that says so, and its rejection ends nothing', async (_what, declare, text) => {
    const unhandled: unknown[] = []
    const listen = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', listen)
    try {
      const { ask, logger } = await testApp(declare)
      expect((await ask('/x')).status).toBe(500)
      expect((await ask('/x')).status).toBe(500)
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect(logger.text()).toContain(text ?? 'is a promise: await it')
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', listen)
    }
  })
})
