/** The same endpoint by zod, valibot, arktype and plain JSON Schema: the answers are alike, but for their words. */
import { RestBlueprint } from 'mazurka'
import polka from 'polka'
import { serve } from '../serve.ts'
import { startPage } from '../start-page.ts'
import { inArktype, inJsonSchema, inValibot, inZod } from './schemas.ts'

const api = new RestBlueprint('orders')

/** Handlers get numbers and booleans, with the defaults filled in. */
interface Order {
  readonly query: { readonly dry: boolean; readonly copies: number }
  readonly body: { readonly title: string; readonly tags: readonly string[] }
}

const print = ({ query: { dry, copies }, body: { title, tags } }: Order) => ({
  printed: dry ? [] : Array.from({ length: copies }, () => title),
  tags,
})

api.post('/zod', { name: 'zod', ...inZod }, print)
api.post('/valibot', { name: 'valibot', ...inValibot }, print)
api.post('/arktype', { name: 'arktype', ...inArktype }, print)
api.post('/json-schema', { name: 'json-schema', ...inJsonSchema }, print)

export const app = polka().use(startPage('validation'))
api.register(app)

if (process.argv[1] === import.meta.filename) serve('validation', app)
