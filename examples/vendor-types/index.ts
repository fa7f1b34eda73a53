/** Media types of one's own: two versions of a representation at one address. */
import { RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'

const V1 = 'application/vnd.shop.v1+json'
const V2 = 'application/vnd.shop.v2+json'

const api = new RestBlueprint('shop')
api.outgoing.setMimetypes([V2, V1, 'application/json']) // the newest is what a client without wishes gets
api.incoming.setMimetypes(['application/*+json', 'application/json'])

// v2 is plain JSON, as every +json type without a renderer; v1 had one name for the amount
api.contentRenderer.renders(V1, (item: { amount: { value: number } }) =>
  JSON.stringify({ price: item.amount.value }),
)

api.get('/items/<int:id>', function show() {
  return { amount: { value: 12.5, currency: 'PLN' } }
})

api.put('/items/<int:id>', function replace({ body }) {
  return body
})

export const app = polka().use(startPage('vendor-types'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('vendor-types', app)
