/** The choice of the error handler for an exception, on a real server. */
import { describe, expect, it } from 'vitest'
import { BadGateway, HttpException, NotFound, RestBlueprint } from '../../lib/index.ts'
import { testApp } from '../support/test-app.ts'

class DatabaseError extends Error {}
const away = new DatabaseError('db.internal')

describe('the error handler of a class', () => {
  const answered = async (thrown: unknown) => {
    const { ask } = await testApp((api) => {
      api.errorHandler(DatabaseError, (error) => `handled ${error.message}`)
      api.errorHandler(TypeError, () => 'handled TypeError')
      api.get('/', () => Promise.reject(thrown))
    })
    const { status, json } = await ask('/')
    return [status, json.detail ?? json]
  }

  it('gets an error that was thrown, whatever its status', async () => {
    expect(await answered(away)).toEqual([500, 'handled db.internal'])
    expect(await answered(Object.assign(new DatabaseError('slow'), { status: 503 }))).toEqual([
      503,
      'handled slow',
    ])
  })

  it('does not get an exception that was thrown on purpose, with an error of the class as its cause', async () => {
    expect(await answered(new NotFound('No such seat', { cause: away }))).toEqual([404, 'No such seat'])
    const cause = new TypeError('fetch failed', { cause: away })
    expect(await answered(new BadGateway('Payments are away', { cause }))).toEqual([502, 'Payments are away'])
    const aborted = Object.assign(new Error('aborted', { cause: new NotFound('Gone', { cause: away }) }), {
      name: 'AbortError',
    })
    expect(await answered(aborted)).toEqual([404, 'Gone'])
  })

  it('gets the error of a parser that is answered with a 400', async () => {
    class BadCsv extends SyntaxError {}
    const { ask } = await testApp((api) => {
      api.incoming.addMimetype('text/csv')
      api.contentParser.parses('text/csv', () => {
        throw new BadCsv('line 7')
      })
      api.errorHandler(BadCsv, ({ message }) => ({ csv: message }))
      api.errorHandler(SyntaxError, ({ name }) => ({ failed: name }))
      api.post('/', () => 1)
    })
    const csv = await ask('POST /', 'text/csv', 'a')
    expect([csv.status, csv.json]).toEqual([400, { csv: 'line 7' }])
    const json = await ask('POST /', 'application/json', '{')
    expect([json.status, json.json]).toEqual([400, { failed: 'SyntaxError' }])
  })

  it('gets the exception where the class is Error or HttpException', async () => {
    for (const of of [Error, HttpException]) {
      const api = new RestBlueprint('api', { logger: { error() {} } })
      api.errorHandler(of, (error: Error) => error.name)
      api.get('/', () => Promise.reject(away))
      const { ask } = await testApp(api)
      expect((await ask('/')).json).toBe('InternalServerError')
    }
  })

  it('gets the object that was thrown, with its private members, each time that it is thrown', async () => {
    class Maintenance extends HttpException {
      readonly #until = 'noon'
      until() {
        return this.#until
      }
    }
    const maintenance = new Maintenance(503)
    const api = new RestBlueprint('api', { logger: { error() {} }, onError: () => 'report-1' })
    api.errorHandler(Maintenance, (error) => ({ until: error.until(), isSame: error === maintenance }))
    api.get('/', () => Promise.reject(maintenance))
    const { ask } = await testApp(api)
    for (const _ of [1, 2, 3]) expect((await ask('/')).json).toEqual({ until: 'noon', isSame: true })
  })
})
