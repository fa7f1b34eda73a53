/** What middleware binds to its call of `next` holds for all that follows, as in Express: AsyncLocalStorage. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Api } from '../../lib/api.ts'
import { abort, type Middleware, RestBlueprint } from '../../lib/index.ts'
import { quiet } from '../support/logger.ts'
import { polkas } from '../support/polka.ts'
import { serve } from '../support/server.ts'

const user = new AsyncLocalStorage<string>()

const forms: Record<string, Middleware> = {
  'run, at once': (_request, _response, next) => user.run('Ada', next),
  'run, after a timer': (_request, _response, next) => user.run('Ada', () => setTimeout(next)),
  'run, after an await': (_request, _response, next) =>
    user.run('Ada', async () => {
      await sleep(1)
      next()
    }),
  'enterWith, after an await': async (_request, _response, next) => {
    await sleep(1)
    user.enterWith('Ada')
    next()
  },
}

const pass: Middleware = (_request, _response, next) => next()

describe.each(polkas)('middleware with an AsyncLocalStorage on $name', ({ polka }) => {
  for (const [form, middleware] of Object.entries(forms)) {
    it(`${form}: a blueprint's holds for hooks, content, handlers, generators and error handlers`, async () => {
      const seen: (string | undefined)[] = []
      const note = () => void seen.push(user.getStore())
      const api = new RestBlueprint('api', { timeoutSeconds: 10 })
      api.use(middleware).use(pass).before(note).after(note)
      api.errorHandler(404, () => ({ user: user.getStore() }))
      api.get('/now', () => ({ user: user.getStore() }))
      api.post('/later', async ({ body }) => {
        await sleep(1)
        return { user: user.getStore(), body }
      })
      api.get('/rows', async function* rows() {
        yield user.getStore()
        await sleep(1)
        yield user.getStore()
      })
      api.get('/missing', () => abort(404))
      const app = polka()
      api.register(app)
      const { ask, post } = await serve(app)
      expect((await ask('/now')).json).toEqual({ user: 'Ada' })
      expect((await post('/later', [1])).value).toEqual({ user: 'Ada', body: [1] })
      expect((await ask('/rows')).json).toEqual(['Ada', 'Ada'])
      expect((await ask('/missing')).json).toEqual({ user: 'Ada' })
      expect(new Set(seen)).toEqual(new Set(['Ada']))
    })

    it(`${form}: it holds for the 503 of a deadline, wherever the request waits, and for its last answer`, async () => {
      const never = () => new Promise<never>(() => {})
      const seen: (string | undefined)[] = []
      const note = () => void seen.push(user.getStore())
      const api = new RestBlueprint('api', { timeoutSeconds: 0.05, logger: quiet(), onError: note })
      api.use(middleware).use(pass).after(note)
      api.errorHandler(503, () => ({ user: user.getStore() }))
      api.get('/handler', ({ signal }) => {
        signal.addEventListener('abort', note)
        return never()
      })
      api.get('/response', (_request, _response) => {})
      api.get('/hook', { before: never }, () => 1)
      api.get('/middleware', { use: () => {} }, () => 1)
      api.get('/next', (_request, _response, next) => next())
      const app = polka()
      api.register(app)
      app.get('/next', () => {})
      const { ask } = await serve(app)
      const paths = ['/handler', '/response', '/hook', '/middleware', '/next']
      for (const path of paths)
        expect([path, (await ask(path)).json, seen.splice(0).every((one) => one === 'Ada')]).toEqual([
          path,
          { user: 'Ada' },
          true,
        ])
      api.errorHandler(503, never)
      expect((await ask('/handler')).status).toBe(503)
      expect(seen).toEqual(['Ada', 'Ada', 'Ada'])
    })

    it(`${form}: so does that of an endpoint, and of the root of an Api`, async () => {
      const own = new RestBlueprint('own').get('/own', { use: [middleware, pass] }, () => user.getStore())
      const open = new RestBlueprint('open').get('/open', () => String(user.getStore()))
      const app = polka()
      const api = new Api(app, { title: 'Users', version: '1', serverTiming: true })
      api.registerBlueprint(own).registerBlueprint(open)
      const { ask } = await serve(app)
      expect([(await ask('/own')).json, (await ask('/open')).json]).toEqual(['Ada', 'undefined'])
      api.root.use(middleware)
      expect((await ask('/open')).json).toBe('Ada')
    })
  }
})

describe('middleware that fails after its call of next', () => {
  it('changes nothing for the client, and is reported', async () => {
    const errors: unknown[] = []
    const api = new RestBlueprint('api', {
      onError: (error) => void errors.push(error),
      logger: { error() {}, warn() {} },
    })
    const late: Middleware = (_request, _response, next) => {
      next()
      throw new Error('late')
    }
    api.get('/x', { use: late }, () => 'x')
    const { ask } = await serve(api.handler)
    expect((await ask('/x')).json).toBe('x')
    expect(errors).toEqual([new Error('late')])
  })
})

describe('middleware that calls next and', () => {
  const ended: Middleware = (_request, response, next) => {
    response.writeHead(401).end('no')
    next()
  }

  it('has ended the response: no handler runs', async () => {
    let ran = 0
    const api = new RestBlueprint('api').use(ended).get('/x', () => ran++)
    const { ask } = await serve(api.handler)
    expect([(await ask('/x')).text, ran]).toEqual(['no', 0])
  })

  it('then calls it with an error: the error is reported', async () => {
    const errors: unknown[] = []
    const logger = { error() {}, warn() {} }
    const api = new RestBlueprint('api', { onError: (error) => void errors.push(error), logger })
    const twice: Middleware = (_request, _response, next) => {
      next()
      next(new Error('late'))
    }
    api.get('/x', { use: twice }, () => 'x')
    const { ask } = await serve(api.handler)
    expect([(await ask('/x')).json, errors]).toEqual(['x', [new Error('late')]])
  })
})
