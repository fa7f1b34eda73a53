/** An OpenAPI document of many endpoints with schemas: milliseconds to generate it, and to generate it again. */
import { z } from 'zod'
import { importEntry } from './mazurka.js'

const ENDPOINTS = 500

/** @returns one sample per round, in milliseconds: the first document of an API, and the second. */
export async function measureDocument({ rounds }) {
  const { RestBlueprint } = await importEntry('index')
  const { documentOf } = await importEntry('openapi')
  const samples = []
  for (let round = 0; round < rounds; round++) {
    console.error(`document, round ${round + 1} of ${rounds}`)
    const blueprint = api(RestBlueprint)
    const generate = () => documentOf([{ blueprint, prefix: '/api' }], { title: 'Bench', version: '1' })
    const [first, document] = timed(generate)
    const [again] = timed(generate)
    samples.push({ first, again, bytes: JSON.stringify(document).length })
  }
  return { rounds, endpoints: ENDPOINTS, samples }
}

function timed(generate) {
  const start = performance.now()
  const result = generate()
  return [performance.now() - start, result]
}

/** Five endpoints for each of a hundred kinds, with schemas, ETags and pages. */
function api(RestBlueprint) {
  const blueprint = new RestBlueprint('things')
  const etag = { current: () => ({}) }
  for (let kind = 0; kind < ENDPOINTS / 5; kind++) {
    const Draft = z.object({
      name: z.string().min(1),
      size: z.number().optional(),
      tags: z.array(z.string()),
    })
    const Thing = z.object({ id: z.int(), ...Draft.shape }).meta({ id: `Thing${kind}` })
    const name = (verb) => `${verb}${kind}`
    const query = z.object({ word: z.string().optional(), size: z.number().optional() })
    const [list, one] = [`/things${kind}`, `/things${kind}/<int:id>`]
    blueprint.get(list, { name: name('list'), query, response: z.array(Thing), paginate: true }, () => [])
    blueprint.post(list, { name: name('add'), body: Draft, response: { 201: Thing } }, () => ({}))
    blueprint.get(one, { name: name('show'), response: Thing, etag }, () => ({}))
    blueprint.put(one, { name: name('replace'), body: Draft, response: Thing, etag }, () => ({}))
    blueprint.delete(one, { name: name('remove'), status: 204, etag }, () => {})
  }
  return blueprint
}
