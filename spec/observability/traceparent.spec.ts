/** The field traceparent. */
import { describe, expect, it } from 'vitest'
import { traceIdOf } from '../../lib/observability/traceparent.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'

describe('traceparent', () => {
  it('is exact in version 00; of later versions the first four fields are read (FS-63)', () => {
    expect(traceIdOf(`00-${TRACE}-${PARENT}-01`)).toBe(TRACE)
    expect(traceIdOf(`00-${TRACE}-${PARENT}-00`)).toBe(TRACE)
    expect(traceIdOf(`01-${TRACE}-${PARENT}-01`)).toBe(TRACE)
    expect(traceIdOf(`cc-${TRACE}-${PARENT}-01-what-comes-later`)).toBe(TRACE)
  })

  it.each([
    `ff-${TRACE}-${PARENT}-01`,
    `00-${'0'.repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${TRACE}-${PARENT}-01-`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}`,
    `00-${TRACE}0-${PARENT}-01`,
    `0-${TRACE}-${PARENT}-01`,
    `01-${TRACE}-${PARENT}-01x`,
    ` 00-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`,
    '',
    undefined,
    '0'.repeat(100_000),
  ])('is ignored as a whole in %j (FS-63)', (field) => {
    expect(traceIdOf(field)).toBeUndefined()
  })
})
