/** The example of a request in the page of documentation. */
import { describe, expect, it } from 'vitest'
import { sampleOf } from '../../lib/api/schema-sample.ts'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const document = {
  components: {
    schemas: {
      Pet: { oneOf: [ref('Cat')] },
      Cat: {
        allOf: [ref('Pet'), { type: 'object', properties: { name: { type: 'string' }, kitten: ref('Cat') } }],
      },
      Node: { type: 'object', properties: { next: ref('Node') } },
    },
  },
}

describe('the sample of a schema', () => {
  it('ends where the parts of a schema are in a circle, as those of a discriminator are', () => {
    const kitten = expect.objectContaining({ name: 'text' })
    for (const name of ['Pet', 'Cat']) expect(sampleOf(ref(name), document)).toEqual({ name: 'text', kitten })
  })

  it('ends where a schema is a member of itself', () => {
    expect(sampleOf(ref('Node'), document)).toEqual({ next: { next: { next: { next: {} } } } })
  })

  it('has fewer levels where schemas refer to each other so often that it would be endless to read', () => {
    const names = Array.from({ length: 30 }, (_, number) => `M${number}`)
    const properties = {
      name: { type: 'string' },
      ...Object.fromEntries(names.map((name) => [name, ref(name)])),
    }
    const schemas = Object.fromEntries(names.map((name) => [name, { type: 'object', properties }]))
    const sample = sampleOf(ref('M0'), { components: { schemas } }) as Record<string, unknown>
    expect(JSON.stringify(sample).length).toBeLessThan(20_000)
    expect(sample).toMatchObject({ name: 'text', M1: { name: 'text', M2: {} } })
  })

  it('has the items that a list needs, up to ten', () => {
    const listOf = (minItems: number) => sampleOf({ type: 'array', minItems, items: { type: 'integer' } }, {})
    expect(listOf(3)).toEqual([1, 1, 1])
    expect(listOf(0)).toEqual([1])
    expect(listOf(1e9)).toHaveLength(10)
  })

  it('has each item of a tuple', () => {
    const prefixItems = [{ type: 'integer' }, { type: 'string' }]
    expect(sampleOf({ type: 'array', prefixItems }, {})).toEqual([1, 'text'])
    expect(sampleOf({ type: 'array', prefixItems, items: { type: 'boolean' } }, {})).toEqual([1, 'text'])
  })
})
