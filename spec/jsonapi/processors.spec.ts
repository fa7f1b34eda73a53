/** Pre- and postprocessors. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { abort } from '../../lib/index.ts'
import { ProcessingException } from '../../lib/jsonapi/errors/processing-exception.ts'
import type { CreateApiOptions } from '../../lib/jsonapi/manager/manager-options.ts'
import { POSTPROCESSORS, PREPROCESSORS, type ProcessorContext } from '../../lib/jsonapi/manager/processors.ts'
import type { JsonApiReply } from '../support/json-api.ts'
import { describeLibrary, errorsOf, ids, objects } from '../support/library-api.ts'

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE']

describeLibrary(
  'processors',
  (serve) => {
    it('get the arguments of their kind (RES-266, RES-267, RES-268, RES-269, RES-270, RES-271, RES-314)', async () => {
      const calls: [kind: string, names: string[]][] = []
      const record = (kinds: readonly string[], sign: string) =>
        Object.fromEntries(
          kinds.map((kind) => [
            kind,
            [
              (context: ProcessorContext) => {
                const { request, db, type, ...own } = context
                expect([request.url, typeof db.selectFrom, type]).toEqual([
                  expect.any(String),
                  'function',
                  'article',
                ])
                const names = Object.keys(own).filter((name) => own[name as keyof typeof own] !== undefined)
                calls.push([`${sign}${kind}`, names.sort()])
              },
            ],
          ]),
        )
      const {
        get,
        post,
        patch,
        delete: remove,
      } = await serve({
        manager: { methods: METHODS },
        apis: {
          article: {
            preprocessors: record(PREPROCESSORS, '<'),
            postprocessors: record(POSTPROCESSORS, '>'),
            allowToManyReplacement: true,
            allowDeleteFromToManyRelationships: true,
          },
        },
      })
      const around = async (run: Promise<{ status: number }>) => {
        calls.length = 0
        expect((await run).status).toBeLessThan(300)
        return calls.splice(0)
      }
      const list = ['filters', 'single', 'sort']
      expect(await around(get('/api/article'))).toEqual([
        ['<GET_COLLECTION', list],
        ['>GET_COLLECTION', [...list, 'result'].sort()],
      ])
      expect(await around(get('/api/article/1'))).toEqual([
        ['<GET_RESOURCE', ['resourceId']],
        ['>GET_RESOURCE', ['resourceId', 'result']],
      ])
      const related = ['filters', 'relationName', 'resourceId', 'single', 'sort']
      expect(await around(get('/api/article/1/tags'))).toEqual([
        ['<GET_RELATION', related],
        ['>GET_TO_MANY_RELATION', [...related, 'result'].sort()],
      ])
      expect(await around(get('/api/article/1/author'))).toEqual([
        ['<GET_RELATION', related],
        ['>GET_TO_ONE_RELATION', ['relationName', 'resourceId', 'result']],
      ])
      expect(await around(get('/api/article/1/tags/1'))).toEqual([
        ['<GET_RELATED_RESOURCE', ['relatedResourceId', 'relationName', 'resourceId']],
        ['>GET_RELATED_RESOURCE', ['relatedResourceId', 'relationName', 'resourceId', 'result']],
      ])
      expect(await around(get('/api/article/1/relationships/tags'))).toEqual([
        ['<GET_RELATIONSHIP', related],
        ['>GET_TO_MANY_RELATIONSHIP', [...related, 'result'].sort()],
      ])
      expect(await around(get('/api/article/1/relationships/author'))).toEqual([
        ['<GET_RELATIONSHIP', related],
        ['>GET_TO_ONE_RELATIONSHIP', [...related, 'result'].sort()],
      ])
      const created = post('/api/article', { data: { type: 'article', attributes: { title: 'New' } } })
      expect(await around(created)).toEqual([
        ['<POST_RESOURCE', ['data']],
        ['>POST_RESOURCE', ['resourceId', 'result']],
      ])
      const { id } = (await created).document.data
      expect(
        await around(patch(`/api/article/${id}`, { data: { type: 'article', id, attributes: {} } })),
      ).toEqual([
        ['<PATCH_RESOURCE', ['data', 'resourceId']],
        ['>PATCH_RESOURCE', ['resourceId', 'result']],
      ])
      const at = `/api/article/${id}/relationships/tags`
      const one = { data: [{ type: 'tag', id: '1' }] }
      const members = ['relationName', 'resourceId']
      for (const [kind, run] of [
        ['POST_RELATIONSHIP', () => post(at, one)],
        ['PATCH_RELATIONSHIP', () => patch(at, one)],
      ] as const)
        expect(await around(run())).toEqual([
          [`<${kind}`, ['data', ...members]],
          [`>${kind}`, members],
        ])
      expect(await around(remove(at, one))).toEqual([
        ['<DELETE_RELATIONSHIP', ['data', ...members]],
        ['>DELETE_RELATIONSHIP', [...members, 'wasDeleted']],
      ])
      expect(await around(remove(`/api/article/${id}`))).toEqual([
        ['<DELETE_RESOURCE', ['resourceId']],
        ['>DELETE_RESOURCE', ['resourceId', 'wasDeleted']],
      ])
    })

    it('change filters and order, and see the final ones (RES-187, RES-272, RES-273)', async () => {
      const seen: unknown[] = []
      const apis: Record<string, CreateApiOptions> = {
        person: {
          preprocessors: {
            GET_COLLECTION: [
              ({ filters, sort, single }) => {
                seen.push(structuredClone({ filters, sort, single }))
                filters?.push({ name: 'name', op: 'neq', val: 'Ben' })
                sort?.push(['-', 'id'])
              },
            ],
          },
          postprocessors: {
            GET_COLLECTION: [({ filters, sort }) => void seen.push([filters?.length, sort])],
          },
        },
      }
      const { get } = await serve({ apis })
      expect(ids(await get('/api/person'))).toEqual(['3', '1'])
      expect(seen).toEqual([{ filters: [], sort: [], single: false }, [1, [['-', 'id']]]])
      seen.length = 0
      const filter = { name: 'id', op: 'gt', val: 1 }
      expect(ids(await get(`/api/person?${objects(filter)}&filter[name]=Cleo&sort=-is_admin,name`))).toEqual([
        '3',
      ])
      expect(seen[0]).toEqual({
        filters: [filter, { name: 'name', op: 'in', val: ['Cleo'] }],
        sort: [
          ['-', 'is_admin'],
          ['+', 'name'],
        ],
        single: false,
      })
    })

    it('filter the member of a to-one relationship: it is null where it does not match', async () => {
      const only = (val: string) => [
        ({ filters }: ProcessorContext) => void filters?.push({ name: 'name', op: 'eq', val }),
      ]
      for (const [name, id] of [
        ['Ada', '1'],
        ['Ben', undefined],
      ] as const) {
        const preprocessors = { GET_RELATION: only(name), GET_RELATIONSHIP: only(name) }
        const { get } = await serve({ apis: { article: { preprocessors } } })
        for (const path of ['author', 'relationships/author', 'relationships/author?include=author']) {
          const { status, document } = await get(`/api/article/1/${path}`)
          expect([path, status, document.data?.id]).toEqual([path, 200, id])
          if (path.includes('include')) expect(document.included).toHaveLength(id ? 1 : 0)
        }
      }
    })

    it('put other filters and another order in place of those of the request', async () => {
      const preprocessor = (context: ProcessorContext) => {
        context.filters = [{ name: 'id', op: 'lt', val: 3 }]
        context.sort = [['-', 'id']]
      }
      const { get } = await serve({
        apis: {
          person: { preprocessors: { GET_COLLECTION: [preprocessor] } },
          article: { preprocessors: { GET_RELATION: [preprocessor], GET_RELATIONSHIP: [preprocessor] } },
        },
      })
      expect(ids(await get('/api/person?sort=name'))).toEqual(['2', '1'])
      expect(ids(await get('/api/article/1/tags?filter[id]=7'))).toEqual(['2', '1'])
      expect(ids(await get('/api/article/1/relationships/tags'))).toEqual(['2', '1'])
    })

    it('return another id; the last one is used, and the next one sees it (RES-274)', async () => {
      const seen: unknown[] = []
      const { get } = await serve({
        apis: {
          person: {
            preprocessors: {
              GET_RESOURCE: [
                () => '2',
                ({ resourceId }) => {
                  seen.push(resourceId)
                  return '3'
                },
                () => undefined,
              ],
            },
            postprocessors: { GET_RESOURCE: [({ resourceId }) => void seen.push(resourceId)] },
          },
        },
      })
      expect((await get('/api/person/1')).document.data.id).toBe('3')
      expect(seen).toEqual(['2', '3'])
    })

    it('return an id, a relation and an id of it: as many as the kind has (RES-275)', async () => {
      const { get } = await serve({
        apis: {
          article: {
            preprocessors: {
              GET_RELATION: [() => ['2', 'tags']],
              GET_RELATIONSHIP: [() => ['2', 'comments'], async () => '1'],
              GET_RELATED_RESOURCE: [() => ['1', 'comments', '2']],
            },
          },
        },
      })
      expect(ids(await get('/api/article/1/comments'))).toEqual(['2'])
      expect(ids(await get('/api/article/4/relationships/tags'))).toEqual(['1', '2'])
      expect((await get('/api/article/4/tags/9')).document.data).toMatchObject({ type: 'comment', id: '2' })
    })

    it.each<[string, unknown]>([
      ['a name that the kind does not have', ['1', 'comments']],
      ['a number, as push() does', 2],
      ['a boolean', true],
      ['an object', { id: '2' }],
      ['numbers in a list', [2]],
    ])('return %s: 500, and the reason in the log (RES-275, RES-276)', async (_, value) => {
      const chooseOther = () => value
      const { get, logger } = await serve({
        apis: { person: { preprocessors: { GET_RESOURCE: [chooseOther] } } },
      })
      expect((await get('/api/person/1')).status).toBe(500)
      expect(logger.text()).toContain("The function 'chooseOther' of preprocessors.GET_RESOURCE returned")
    })

    it('that return something by accident choose no other resource: nothing is read or deleted', async () => {
      const { get, delete: remove } = await serve({
        manager: { methods: METHODS },
        apis: {
          article: {
            preprocessors: {
              GET_RELATION: [({ filters }) => filters?.push({ name: 'id', op: 'is_not_null' })],
            },
          },
          tag: { preprocessors: { DELETE_RESOURCE: [() => 1] } },
        },
      })
      expect((await get('/api/article/2/tags')).status).toBe(500)
      expect((await remove('/api/tag/3')).status).toBe(500)
      expect(ids(await get('/api/tag'))).toEqual(['1', '2', '3'])
    })

    it('after an operation return what they like, and change the members of the result alone', async () => {
      const count = ({ result }: ProcessorContext) => Object.assign(result?.meta ?? {}, { more: 1 })
      const replace = (context: ProcessorContext) => Object.assign(context, { result: {} })
      const { get, patch, logger } = await serve({
        manager: { methods: METHODS },
        apis: {
          person: {
            postprocessors: {
              GET_RESOURCE: [count, () => '2'],
              GET_COLLECTION: [count],
              PATCH_RESOURCE: [() => true],
            },
          },
          tag: { postprocessors: { GET_RESOURCE: [replace] } },
        },
      })
      expect((await get('/api/person')).document.meta.more).toBe(1)
      expect((await get('/api/person/1')).document.data.id).toBe('1')
      const same = { data: { type: 'person', id: '1', attributes: {} } }
      expect((await patch('/api/person/1', same)).status).toBe(204)
      expect((await get('/api/tag/1')).status).toBe(500)
      expect(logger.text()).toContain(
        "The function 'replace' of postprocessors.GET_RESOURCE has replaced 'result'",
      )
    })

    it('that change the data of an update are answered by the resource: it is not what the client sent', async () => {
      const trim = ({ data }: ProcessorContext) => {
        const { attributes } = (data as { data: { attributes: { name: string } } }).data
        attributes.name = attributes.name.trim()
      }
      const { get, patch } = await serve({
        manager: { methods: METHODS },
        apis: { person: { preprocessors: { PATCH_RESOURCE: [trim] } } },
      })
      const named = (name: string) => ({ data: { type: 'person', id: '1', attributes: { name } } })
      const { name } = (await get('/api/person/1')).document.data.attributes
      const { status, document } = await patch('/api/person/1', named(` ${name} `))
      expect([status, document.data.attributes.name]).toEqual([200, name])
      expect((await patch('/api/person/1', named(name))).status).toBe(204)
    })

    it('that take longer than processorTimeoutSeconds end reads and writes with a 500', async () => {
      const hang = [() => new Promise(() => undefined)]
      // biome-ignore lint/suspicious/noThenProperty: a query of some libraries is one that is no Promise
      const hangThenable = [() => ({ then: () => undefined }) as never]
      const manager = { methods: METHODS, processorTimeoutSeconds: 1, allowFunctions: true }
      const before = {
        GET_COLLECTION: hang,
        GET_RELATION: hang,
        GET_RELATED_RESOURCE: hang,
        DELETE_RESOURCE: hang,
      }
      const after = { GET_RESOURCE: hangThenable, GET_TO_ONE_RELATIONSHIP: hang }
      const { get, logger, ...api } = await serve({
        manager,
        apis: { article: { preprocessors: before, postprocessors: after } },
      })
      const replies = await Promise.all([
        get('/api/article'),
        get('/api/eval/article?functions=[{"name":"count","field":"id"}]'),
        get('/api/article/1'),
        get('/api/article/1/tags'),
        get('/api/article/1/tags/1'),
        get('/api/article/1/relationships/author'),
        api.delete('/api/article/1'),
      ])
      expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 500))
      expect(logger.text()).toContain('A processor took longer than 1 s')
    })

    it('get documents of the right form alone: others are the 400 that they are without processors', async () => {
      const bodies = [
        '{}',
        'null',
        '[]',
        '"x"',
        '{"data":null}',
        '{"data":[]}',
        '{"data":{"type":"article","id":"1","attributes":[]}}',
      ]
      const links = ['{}', 'null', '[]', '{"data":null}', '{"data":{}}']
      const options = {
        methods: METHODS,
        allowToManyReplacement: true,
        allowDeleteFromToManyRelationships: true,
      }
      const read = ({ data }: ProcessorContext) =>
        void Object.keys((data as { data: { attributes?: object } }).data.attributes ?? {})
      const list = ({ data }: ProcessorContext) => void (data as { data: object[] }).data.map(Boolean)
      const preprocessors = {
        POST_RESOURCE: [read],
        PATCH_RESOURCE: [read],
        POST_RELATIONSHIP: [list],
        PATCH_RELATIONSHIP: [list],
        DELETE_RELATIONSHIP: [list],
      }
      const apis = await Promise.all(
        [{}, preprocessors].map((own) =>
          serve({ manager: options, apis: { article: { preprocessors: own } } }),
        ),
      )
      for (const [line, body] of [
        ...['POST /api/article', 'PATCH /api/article/1'].flatMap((line) =>
          bodies.map((body) => [line, body] as const),
        ),
        ...['POST', 'PATCH', 'DELETE'].flatMap((method) =>
          links.map((body) => [`${method} /api/article/1/relationships/tags`, body] as const),
        ),
      ]) {
        const [plain, processed] = await Promise.all(
          apis.map(async ({ send }) => await send(line, JSON.parse(body))),
        )
        expect([line, body, plain?.status]).toEqual([line, body, 400])
        expect(errorsOf(processed as JsonApiReply)).toEqual(errorsOf(plain as JsonApiReply))
      }
    })

    it('do not run for a relationship that does not exist, where the document has no data', async () => {
      const list = ({ data }: ProcessorContext) => void (data as { data: object[] }).data.length
      const { send } = await serve({
        manager: { methods: METHODS },
        apis: { article: { preprocessors: { POST_RELATIONSHIP: [list] } } },
      })
      for (const body of [null, {}, { data: [] }])
        expect((await send('POST /api/article/1/relationships/nope', body)).status).toBe(404)
    })

    it('of collections return what they like (RES-277)', async () => {
      const { get } = await serve({ apis: { person: { preprocessors: { GET_COLLECTION: [() => 'x'] } } } })
      expect((await get('/api/person')).status).toBe(200)
    })

    it('of the manager run before those of an API (RES-015)', async () => {
      const order: string[] = []
      const processor = (name: string) => () => void order.push(name)
      const kinds = (name: string) => ({ GET_RESOURCE: [processor(`${name} 1`), processor(`${name} 2`)] })
      const { get } = await serve({
        manager: { preprocessors: kinds('all'), postprocessors: kinds('after all') },
        apis: { person: { preprocessors: kinds('own'), postprocessors: kinds('after own') } },
      })
      await get('/api/person/1')
      expect(order).toEqual([
        'all 1',
        'all 2',
        'own 1',
        'own 2',
        'after all 1',
        'after all 2',
        'after own 1',
        'after own 2',
      ])
      order.length = 0
      await get('/api/tag/1')
      expect(order).toEqual(['all 1', 'all 2', 'after all 1', 'after all 2'])
    })

    it('stop the request with a ProcessingException (RES-278)', async () => {
      const exception = new ProcessingException({
        status: 418,
        id: 'x1',
        code: 'teapot',
        title: 'Teapot',
        detail: 'Short and stout',
        source: { parameter: 'tea' },
        links: { about: 'https://example.org/tea' },
        meta: { spout: true },
      })
      const ran: string[] = []
      const { get } = await serve({
        manager: {
          preprocessors: {
            GET_COLLECTION: [
              () => {
                throw exception
              },
              () => void ran.push('second'),
            ],
          },
          postprocessors: {
            GET_RESOURCE: [
              () => {
                throw new ProcessingException()
              },
            ],
          },
        },
      })
      const reply = await get('/api/person')
      expect([reply.status, ran]).toEqual([418, []])
      expect(reply.document.errors).toEqual([
        {
          id: 'x1',
          links: { about: 'https://example.org/tea' },
          status: '418',
          code: 'teapot',
          title: 'Teapot',
          detail: 'Short and stout',
          source: { parameter: 'tea' },
          meta: { spout: true },
        },
      ])
      expect((await get('/api/person/1')).status).toBe(400)
    })

    it('of writes may throw errors of validationExceptions: 400 at their pointers; others are a 500', async () => {
      const Title = z.object({ title: z.string().min(3) })
      const check = ({ data }: ProcessorContext) => {
        Title.parse((data as { data: { attributes: object } }).data.attributes)
      }
      const preprocessors = { POST_RESOURCE: [check], PATCH_RESOURCE: [check] }
      const data = { type: 'article', attributes: { title: 'x' } }
      const send = async (options: CreateApiOptions) => {
        const { post, patch } = await serve({
          apis: { article: { methods: ['POST', 'PATCH'], preprocessors, ...options } },
        })
        return [
          await post('/api/article', { data }),
          await patch('/api/article/1', { data: { ...data, id: '1' } }),
        ]
      }
      for (const reply of await send({ validationExceptions: [z.ZodError] }))
        expect(errorsOf(reply)).toEqual([
          '400 /data/attributes/title title: Too small: expected string to have >=3 characters',
        ])
      for (const { status } of await send({})) expect(status).toBe(500)
    })

    it('of reads may throw errors of validationExceptions, too: 400 without a pointer (RES-296)', async () => {
      const check = ({ request }: ProcessorContext) => {
        z.object({ 'x-page': z.enum(['home']) }).parse(request.headers)
      }
      const kinds = [
        'GET_COLLECTION',
        'GET_RESOURCE',
        'GET_RELATION',
        'GET_RELATIONSHIP',
        'GET_RELATED_RESOURCE',
      ]
      const preprocessors = Object.fromEntries(kinds.map((kind) => [kind, [check]]))
      const open = (options: CreateApiOptions) =>
        serve({ apis: { article: { preprocessors, allowFunctions: true, ...options } } })
      const { get } = await open({ validationExceptions: [z.ZodError] })
      const paths = ['', '/1', '/1/tags', '/1/author', '/1/relationships/tags', '/1/tags/1']
      for (const path of paths)
        expect([path, errorsOf(await get(`/api/article${path}`))]).toEqual([
          path,
          ['400 x-page: Invalid input: expected "home"'],
        ])
      expect((await get('/api/article/1', { 'x-page': 'home' })).status).toBe(200)
      const others = await open({})
      for (const path of paths) expect((await others.get(`/api/article${path}`)).status).toBe(500)
    })

    it('may abort with any status, and take no longer than allowed, whatever validationExceptions has', async () => {
      const statusOf = async (check: () => unknown) => {
        const preprocessors = { GET_COLLECTION: [check] }
        const options = { preprocessors, validationExceptions: [Error], processorTimeoutSeconds: 0.05 }
        const { get } = await serve({ apis: { article: options } })
        return (await get('/api/article')).status
      }
      expect(await statusOf(() => abort(404))).toBe(404)
      expect(await statusOf(() => sleep(200))).toBe(500)
      expect(await statusOf(() => Promise.reject(new RangeError('too many')))).toBe(400)
    })

    it('change the document: its total, its members, its resources (RES-091, RES-280)', async () => {
      const { get } = await serve({
        apis: {
          person: {
            postprocessors: {
              GET_COLLECTION: [
                ({ result }) => {
                  Object.assign(result?.meta ?? {}, { total: 77, more: true })
                },
              ],
              GET_RESOURCE: [
                async ({ result }) => {
                  const { data } = result as { data: { attributes: object } }
                  Object.assign(data.attributes, { added: 1 })
                },
              ],
            },
          },
        },
      })
      expect((await get('/api/person')).document.meta).toEqual({ total: 77, more: true })
      expect((await get('/api/person/1')).document.data.attributes.added).toBe(1)
    })

    it('run before ids and relations are looked up, and after the query is read (RES-281)', async () => {
      const ran: string[] = []
      const { get } = await serve({
        apis: {
          person: {
            preprocessors: {
              GET_RESOURCE: [() => '1'],
              GET_RELATION: [() => void ran.push('relation')],
              GET_COLLECTION: [() => void ran.push('collection')],
            },
          },
        },
      })
      expect((await get('/api/person/no-such-id')).status).toBe(200)
      expect((await get('/api/person/99/comments')).status).toBe(404)
      expect((await get('/api/person/1/comments?filter[objects]=x')).status).toBe(400)
      expect((await get('/api/person?page[x]=1')).status).toBe(400)
      expect(ran).toEqual(['relation'])
    })

    it('do not run for requests that are not acceptable, and the list of types (RES-070, RES-282)', async () => {
      const ran: string[] = []
      const all = Object.fromEntries(PREPROCESSORS.map((kind) => [kind, [() => void ran.push(kind)]]))
      const { get, send } = await serve({ manager: { preprocessors: all } })
      expect((await send('GET /api/person', undefined, { accept: 'text/html' })).status).toBe(406)
      expect((await get('/api')).status).toBe(200)
      expect(ran).toEqual([])
    })

    it('of collections restrict the rows of functions, too (RES-265)', async () => {
      const preprocessors = {
        GET_COLLECTION: [
          ({ filters, request }: ProcessorContext) => {
            if (request.headers['x-user'] === undefined) throw new ProcessingException({ status: 403 })
            filters?.push({ name: 'name', op: 'eq', val: request.headers['x-user'] })
          },
        ],
      }
      const { served } = await serve({
        manager: { allowFunctions: true },
        apis: { person: { preprocessors } },
      })
      const functions = encodeURIComponent('[{"name":"max","field":"email"},{"name":"count","field":"id"}]')
      const path = `/api/eval/person?functions=${functions}`
      const reply = await served.ask(`GET ${path}`, { 'x-user': 'Ada' })
      expect(reply.json).toEqual({ data: ['ada@example.org', 1] })
      const other = await served.ask(`GET ${path}&filter[name]=Ben`, { 'x-user': 'Ada' })
      expect(other.json).toEqual({ data: [null, 0] })
      expect(await served.status(path)).toBe(403)
    })

    it('may not sort by fields that clients cannot see: 500, whereas such an order of the client is a 400', async () => {
      const sorted = (name: string) => ({
        person: {
          exclude: ['email'],
          preprocessors: {
            GET_COLLECTION: [({ sort }: ProcessorContext) => void sort?.splice(0, 1, ['+', name])],
          },
        },
      })
      const { get, logger } = await serve({ apis: sorted('email') })
      expect((await get('/api/person')).status).toBe(500)
      expect(logger.text()).toContain('A preprocessor has left an order that cannot be used')
      const allowed = await serve({ apis: sorted('id') })
      expect((await allowed.get('/api/person?sort=name')).status).toBe(200)
      const [error] = errorsOf(await allowed.get('/api/person?sort=email'))
      expect(error).toMatch(/^400 sort .*no such field "email"/)
    })

    it('may filter by fields that clients cannot see; a filter that cannot be used is a 500', async () => {
      const added = (name: string) => ({
        person: {
          exclude: ['email'],
          preprocessors: {
            GET_COLLECTION: [
              ({ filters }: ProcessorContext) => void filters?.push({ name, op: 'is_not_null' }),
            ],
          },
        },
      })
      const { get } = await serve({ apis: added('email') })
      expect((await get('/api/person')).status).toBe(200)
      const [error] = errorsOf(await get(`/api/person?${objects({ name: 'email', op: 'is_not_null' })}`))
      expect(error).toMatch(/^400 filter\[objects\] .*no such field "email"/)
      const mistaken = await serve({ apis: added('nope') })
      expect((await mistaken.get('/api/person')).status).toBe(500)
    })
  },
  ['sqlite'],
)
