import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import {
  type CurrentState,
  evaluate,
  failedField,
  hasPrecondition,
  type Verdict,
} from '../../lib/http/conditional.ts'
import { formatDate } from '../../lib/http/date.ts'
import { EntityTag } from '../../lib/http/entity-tag.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

const NOW = Date.UTC(2026, 0, 10)
const CHANGED = new Date(Date.UTC(2026, 0, 5, 12, 0, 0, 789))
const BEFORE = formatDate(new Date(CHANGED.getTime() - 60_000))
const SAME = formatDate(CHANGED) // the field has whole seconds, no milliseconds
const AFTER = formatDate(new Date(CHANGED.getTime() + 60_000))
const FUTURE = formatDate(new Date(NOW + 60_000))

const current = (tag: string, lastModified: Date | undefined = CHANGED): CurrentState => ({
  exists: true,
  lastModified,
  matches: (other, comparison) => EntityTag.of(tag).matches(other, comparison),
})
const PRESENT = current('"v2"')
const ABSENT: CurrentState = {
  exists: false,
  matches: () => {
    throw new Error('Not called without a state')
  },
}

const verdict = (method: string, headers: IncomingHttpHeaders, validators = PRESENT) =>
  evaluate({ method, headers }, validators, NOW)

describe('evaluate', () => {
  /** The result of each field alone, per RFC 9110 §13.1; undefined: it is missing, or must be ignored. */
  const ifMatch: [string | undefined, boolean | undefined][] = [
    [undefined, undefined],
    ['"v2"', true],
    ['"v1", "v2"', true],
    ['*', true],
    ['"v1"', false],
    ['W/"v2"', false],
    ['v2', false],
  ]
  const ifUnmodifiedSince: [string | undefined, boolean | undefined][] = [
    [undefined, undefined],
    [SAME, true],
    [FUTURE, true],
    [BEFORE, false],
    ['yesterday', undefined],
  ]
  const ifNoneMatch: [string | undefined, boolean | undefined][] = [
    [undefined, undefined],
    ['"v2"', false],
    ['W/"v2"', false],
    ['*', false],
    ['"v1"', true],
    ['"*"', true],
    ['garbage', true],
  ]
  const ifModifiedSince: [string | undefined, boolean | undefined][] = [
    [undefined, undefined],
    [SAME, false],
    [AFTER, false],
    [BEFORE, true],
    [FUTURE, undefined],
    ['yesterday', undefined],
  ]

  /** RFC 9110 §13.2.2, sentence by sentence. */
  function expected(
    method: string,
    match: boolean | undefined,
    unmodified: boolean | undefined,
    none: boolean | undefined,
    modified: boolean | undefined,
  ): Verdict {
    const isRead = method === 'GET' || method === 'HEAD'
    if ((match ?? unmodified ?? true) === false) return 'failed' // 1, 2
    if (none === false) return isRead ? 'not-modified' : 'failed' // 3
    if (none === undefined && isRead && modified === false) return 'not-modified' // 4
    return 'proceed' // 5, 6
  }

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST'])(
    'goes through the fields in order for %s, in all combinations (RFC 9110 §13.2.2; INV-44, INV-B08 to INV-B11)',
    (method) => {
      for (const [match, isMatch] of ifMatch)
        for (const [unmodified, isUnmodified] of ifUnmodifiedSince)
          for (const [none, isNone] of ifNoneMatch)
            for (const [modified, isModified] of ifModifiedSince) {
              const headers = {
                'if-match': match,
                'if-unmodified-since': unmodified,
                'if-none-match': none,
                'if-modified-since': modified,
              }
              expect(verdict(method, headers), `${method} ${JSON.stringify(headers)}`).toBe(
                expected(method, isMatch, isUnmodified, isNone, isModified),
              )
            }
    },
  )

  const stories: [
    story: string,
    method: string,
    headers: IncomingHttpHeaders,
    validators: CurrentState,
    verdict: Verdict,
  ][] = [
    ['no precondition', 'PUT', {}, PRESENT, 'proceed'],
    [
      'a weak tag never satisfies If-Match (SMO-148, INV-B08)',
      'PUT',
      { 'if-match': 'W/"v2"' },
      PRESENT,
      'failed',
    ],
    ['not even against a weak tag of ours', 'PUT', { 'if-match': 'W/"v2"' }, current('W/"v2"'), 'failed'],
    [
      'a weak tag satisfies If-None-Match (SMO-147, INV-B08)',
      'GET',
      { 'if-none-match': 'W/"v2"' },
      PRESENT,
      'not-modified',
    ],
    ['HEAD is read like GET (SMO-145)', 'HEAD', { 'if-none-match': '"v2"' }, PRESENT, 'not-modified'],
    ['a match on another method fails (INV-41)', 'POST', { 'if-none-match': '"v2"' }, PRESENT, 'failed'],
    [
      'a stale tag beats a date that would do (INV-B09)',
      'GET',
      { 'if-none-match': '"v1"', 'if-modified-since': SAME },
      PRESENT,
      'proceed',
    ],
    [
      'If-Modified-Since means nothing to POST (INV-B10)',
      'POST',
      { 'if-modified-since': SAME },
      PRESENT,
      'proceed',
    ],
    [
      'If-Unmodified-Since guards a change (INV-B11, SMO-155)',
      'PUT',
      { 'if-unmodified-since': BEFORE },
      PRESENT,
      'failed',
    ],
    ['whole seconds only (INV-45)', 'GET', { 'if-modified-since': SAME }, PRESENT, 'not-modified'],
    [
      'no date known, no date compared',
      'GET',
      { 'if-modified-since': AFTER },
      { ...PRESENT, lastModified: undefined },
      'proceed',
    ],
    [
      'no date known, no date guards',
      'PUT',
      { 'if-unmodified-since': BEFORE },
      { ...PRESENT, lastModified: undefined },
      'proceed',
    ],
    ['an unreadable date is ignored (INV-46)', 'GET', { 'if-modified-since': '1' }, PRESENT, 'proceed'],
    ['create only: there is something (SMO-155)', 'PUT', { 'if-none-match': '*' }, PRESENT, 'failed'],
    ['create only: there is nothing (SMO-155)', 'PUT', { 'if-none-match': '*' }, ABSENT, 'proceed'],
    ['replace only: there is nothing', 'PUT', { 'if-match': '*' }, ABSENT, 'failed'],
    ['no tag is one of nothing', 'PUT', { 'if-match': '"v2"' }, ABSENT, 'failed'],
    ['nothing is other than any tag', 'PUT', { 'if-none-match': '"v2"' }, ABSENT, 'proceed'],
    [
      'nothing has no date',
      'PUT',
      { 'if-unmodified-since': BEFORE },
      { ...ABSENT, lastModified: CHANGED },
      'proceed',
    ],
    ['a list that Node joined', 'PUT', { 'if-match': '"v1", "v2"' }, PRESENT, 'proceed'],
    ['a wildcard that Node joined', 'PUT', { 'if-none-match': '*, *' }, PRESENT, 'failed'],
    ['an empty If-Match is ignored (SMO-142)', 'PUT', { 'if-match': '' }, PRESENT, 'proceed'],
    [
      'an empty If-None-Match leaves the date',
      'GET',
      { 'if-none-match': '', 'if-modified-since': SAME },
      PRESENT,
      'not-modified',
    ],
    ['OPTIONS selects nothing (RFC 9110 §13.2.1)', 'OPTIONS', { 'if-match': '"v1"' }, PRESENT, 'proceed'],
  ]

  it.each(stories)('%s', (_, method, headers, validators, result) => {
    expect(verdict(method, headers, validators)).toBe(result)
  })

  it('uses the system clock by default', () => {
    const headers = { 'if-modified-since': formatDate(new Date(Date.now() + 3_600_000)) }
    expect(evaluate({ method: 'GET', headers }, PRESENT)).toBe('proceed')
  })

  it.each(['"a",', 'W/"', '*,', '","'])('takes linear time for repeated %j', async (piece) => {
    for (const name of ['if-match', 'if-none-match']) {
      const run = (n: number) => verdict('PUT', { [name]: piece.repeat(n / piece.length) })
      expect(await growthOf(run, 32_768), name).toBeLessThan(SUPERLINEAR)
    }
  })
})

describe('failedField', () => {
  it.each<[IncomingHttpHeaders, ReturnType<typeof failedField>]>([
    [{ 'if-match': '"b"' }, 'if-match'],
    [{ 'if-match': '"b"', 'if-none-match': '"a"', 'if-unmodified-since': BEFORE }, 'if-match'],
    [{ 'if-match': 'unreadable', 'if-none-match': '' }, 'if-match'],
    [{ 'if-match': ' ', 'if-unmodified-since': BEFORE }, 'if-unmodified-since'],
    [{ 'if-match': '"a"', 'if-none-match': '*' }, 'if-none-match'],
    [{ 'if-none-match': '"a"' }, 'if-none-match'],
  ])('of %j is %s', (headers, field) => {
    expect(evaluate({ method: 'PUT', headers }, current('"a"'), NOW)).toBe('failed')
    expect(failedField({ method: 'PUT', headers }, current('"a"'))).toBe(field)
  })

  it('compares no tag again where If-Match is the only field', () => {
    let compared = 0
    const counting = { exists: true, matches: () => ++compared < 0 }
    expect(failedField({ method: 'PUT', headers: { 'if-match': '"a", "b"' } }, counting)).toBe('if-match')
    expect(compared).toBe(0)
  })
})

describe('hasPrecondition', () => {
  it.each<[IncomingHttpHeaders, boolean]>([
    [{}, false],
    [{ 'if-match': '"a"' }, true],
    [{ 'if-match': '*' }, true],
    [{ 'if-match': 'unreadable, and so never true' }, true],
    [{ 'if-match': '' }, false],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': '"a"' }, false],
    [{ 'if-unmodified-since': SAME }, true],
    [{ 'if-unmodified-since': 'yesterday' }, false],
    [{ 'if-modified-since': SAME }, false],
  ])('of %j is %s (RFC 6585 §3; SMO-142, INV-B11)', (headers, has) => {
    expect(hasPrecondition(headers, true)).toBe(has)
  })

  it('ignores dates for endpoints without a time of the last change', () => {
    expect(hasPrecondition({ 'if-unmodified-since': SAME }, false)).toBe(false)
    expect(hasPrecondition({ 'if-match': '"a"', 'if-unmodified-since': SAME }, false)).toBe(true)
  })
})
