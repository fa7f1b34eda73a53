/** Plain routes of an app, told from blueprints and middleware. */
import { describe, expect, it } from 'vitest'
import { hasRoute } from '../../lib/app/app-route.ts'
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

  it('has the routes that are declared on itself', () => {
    for (const [method, path] of [
      ['GET', '/own/7'],
      ['POST', '/pets'],
      ['PUT', '/any'],
    ] as const)
      expect([method, path, hasRoute(app, method, path)]).toEqual([method, path, true])
  })

  it('has no routes by its middleware, its blueprints and other methods', () => {
    for (const path of ['/static/x', '/static', '/pets', '/own/7/8', '/'])
      expect([path, hasRoute(app, 'GET', path)]).toEqual([path, false])
    for (const method of ['DELETE', 'constructor', '__proto__', 'G ET', ''])
      expect([method, hasRoute(app, method, '/own/7')]).toEqual([method, false])
    expect(hasRoute(app, 'constructor', '/any')).toBe(true)
  })
})
