/** A mixin of a third party beside those of the box: endpoints behind feature flags. */
import { RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { FeatureFlags } from './feature-flags.ts'

class Shop extends FeatureFlags(RestBlueprint) {}

const api = new Shop('shop', {
  flags: ({ headers }) => String(headers['x-flags'] ?? '').split(','),
})

const items = ['lamp', 'chair', 'table']

api.get('/items', function list({ flags }) {
  return flags.has('sorted') ? items.toSorted() : items
})

api.get('/search', { name: 'search', flag: 'search' }, ({ query }) => {
  return items.filter((item) => item.includes(String(query.q ?? '')))
})

export const app = polka().use(startPage('own-mixin'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('own-mixin', app)
