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
})
