/** An OpenAPI document of many endpoints with schemas: milliseconds to generate it, and to generate it again. */
import { execFileSync } from 'node:child_process'
import { z } from 'zod'
import { onBothCores } from './cores.js'
import { importEntry } from './mazurka.js'

const SIZES = [500, 2000]

/** @returns one sample per round and number of endpoints, in milliseconds: the first document of a process, and the second. */
export async function measureDocument({ rounds }) {
  const samples = Object.fromEntries(SIZES.map((endpoints) => [endpoints, []]))
  for (let round = 0; round < rounds; round++) {
    console.error(`document, round ${round + 1} of ${rounds}`)
    for (const endpoints of SIZES) samples[endpoints].push(documenting(endpoints))
  }
  return { rounds, sizes: SIZES, samples }
}

/**
 * A sample in a process of its own, whose functions are not compiled yet. It is measured in elapsed time, part of which
 * V8 spends on threads of its own.
 */
function documenting(endpoints) {
  const source = `import { timeDocuments } from './document.js'
    console.log(JSON.stringify(await timeDocuments(${endpoints})))`
  const options = { cwd: import.meta.dirname, encoding: 'utf8' }
  const [file, ...parameters] = [...onBothCores, process.execPath, '--input-type=module', '--eval', source]
  return JSON.parse(execFileSync(file, parameters, options))
}

export async function timeDocuments(endpoints) {
  const { RestBlueprint } = await importEntry('index')
  const { documentOf } = await importEntry('openapi')
  const blueprint = api(RestBlueprint, endpoints)
  const generate = () => documentOf([{ blueprint, prefix: '/api' }], { title: 'Bench', version: '1' })
  const [first, document] = timed(generate)
  const [again] = timed(generate)
  return { first, again, bytes: JSON.stringify(document).length }
}

function timed(generate) {
  const start = performance.now()
  const result = generate()
  return [performance.now() - start, result]
}

/** Five endpoints for each kind of thing, with schemas, ETags and pages. */
function api(RestBlueprint, endpoints) {
  const blueprint = new RestBlueprint('things')
  const etag = { current: () => ({}) }
  for (let kind = 0; kind < endpoints / 5; kind++) {
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
