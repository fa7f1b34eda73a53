/** Plain routes of an app, told from blueprints and middleware. */
import { describe, expect, it } from 'vitest'
import { appWithRoute } from '../../lib/cli/app-route.ts'
import { RestBlueprint } from '../../lib/index.ts'
import { polkas } from '../support/polka.ts'

describe.each(polkas)('an app on $name', ({ polka }) => {
  const app = polka()
  app
    .use('/static', () => {})
    .get('/own/:id', () => {})
    .post('/pets', () => {})
  app.all('/any', () => {})
  new RestBlueprint('pets').get('/pets', () => []).register(app)
  const named = (method: string, path: string) => appWithRoute([['app', app]], method, path)

  it('has the routes that are declared on itself', () => {
    expect([named('GET', '/own/7'), named('POST', '/pets'), named('PUT', '/any')]).toEqual([
      'app',
      'app',
      'app',
    ])
  })

  it('has no routes by its middleware, its blueprints and other methods', () => {
    const paths = ['/static/x', '/static', '/pets', '/own/7/8', '/']
    expect(paths.map((path) => named('GET', path))).toEqual(paths.map(() => undefined))
    expect(named('DELETE', '/own/7')).toBeUndefined()
  })
})
