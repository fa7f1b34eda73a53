import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EntityTag,
  isOfState,
  parseTags,
  stateHash,
  stateText,
  tagOfHash,
} from '../../lib/http/entity-tag.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'

describe('parseTags', () => {
  const cases: [field: string | undefined, tags: string[] | '*' | undefined, why: string][] = [
    [undefined, undefined, 'no field'],
    ['', undefined, 'an empty field is as good as none (SMO-142)'],
    [' \t', undefined, 'blanks are nothing'],
    ['*', '*', 'the wildcard, alone'],
    [' * ', '*', 'the wildcard, with blanks around'],
    ['*, *', '*', 'the wildcard on two lines'],
    ['"*"', ['"*"'], 'a quoted asterisk is a tag like any other'],
    ['"a", *', ['"a"'], 'an asterisk in a list is nothing'],
    ['*"a"', [], 'an asterisk and more is nothing'],
    ['"a"', ['"a"'], 'one tag'],
    ['W/"a"', ['W/"a"'], 'a weak tag (SMO-147)'],
    ['w/"a"', [], 'the prefix has a letter case (RFC 9110 §8.8.3)'],
    ['W/ "a"', [], 'the prefix must be right before the quote'],
    ['W/', [], 'the prefix alone'],
    ['""', ['""'], 'an empty tag'],
    ['"a","b" ,\tW/"c"', ['"a"', '"b"', 'W/"c"'], 'a list (SMO-147, SMO-148)'],
    [' ,"a",, ,"b",', ['"a"', '"b"'], 'empty members (RFC 9110 §5.6.1.2)'],
    [', ,', [], 'only empty members'],
    ['"a,b", "c"', ['"a,b"', '"c"'], 'commas within quotes'],
    ['"a\\", "b"', ['"a\\"', '"b"'], 'a backslash escapes nothing'],
    ['a', [], 'no quotes, no tag'],
    ['a, "b"', ['"b"'], 'an unquoted member is skipped'],
    ['"a" "b", "c"', ['"c"'], 'two tags without a comma are none'],
    ['"a"x, "b"', ['"b"'], 'something behind the quote'],
    ['"a b", "c"', ['"c"'], 'no blanks in a tag'],
    ['"a\u0001", "c"', ['"c"'], 'no control characters in a tag'],
    ['"\x80\xff"', ['"\x80\xff"'], 'obs-text'],
    ['"ł"', [], 'nothing beyond Latin 1'],
    ['"a', [], 'a quote never closed'],
    ['"a", "b', ['"a"'], 'a quote never closed behind a tag'],
  ]

  it.each(cases)('parses %j as %j: %s', (field, expected) => {
    const tags = parseTags(field)
    expect(typeof tags === 'object' ? tags.map(String) : tags).toEqual(expected)
  })

  it('parses the tags that it formats', () => {
    const opaque = fc.stringMatching(/^[!#-~]{0,10}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(opaque, fc.boolean()), { minLength: 1 }), (pairs) => {
        const tags = pairs.map(([text, isWeak]) => new EntityTag(text, isWeak))
        expect(parseTags(tags.join(', '))).toEqual(tags)
      }),
    )
  })

  it.each(['"', ',', '"a",', 'W/', 'W/"', '*', '*,', '* ', '\\"', '" ', 'a"b,', '"a" ', '\t,'])(
    'takes linear time for repeated %j',
    async (piece) => {
      const parse = (n: number) => {
        const text = piece.repeat(n / piece.length)
        return [parseTags(text), parseTags(`"${text}x`)]
      }
      expect(await growthOf(parse, 32_768)).toBeLessThan(SUPERLINEAR)
    },
  )
})

describe('EntityTag', () => {
  it.each([
    ['"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['"1"', '"1"', true, true],
    ['"1"', '"2"', false, false],
  ])(
    'compares %s with %s: strong %s, weak %s (RFC 9110 §8.8.3.2; SMO-147, SMO-148, INV-B08)',
    (a, b, strong, weak) => {
      const [one, other] = [EntityTag.of(a), EntityTag.of(b)]
      expect([one.matches(other, 'strong'), other.matches(one, 'strong')]).toEqual([strong, strong])
      expect([one.matches(other, 'weak'), other.matches(one, 'weak')]).toEqual([weak, weak])
    },
  )

  it('accepts a developer’s text with and without quotes', () => {
    expect(['v1', '"v1"', 'W/"v1"', ''].map((text) => String(EntityTag.of(text)))).toEqual([
      '"v1"',
      '"v1"',
      'W/"v1"',
      '""',
    ])
  })

  it.each(['a b', 'a"b', '"a', 'W/"a', 'a\r\nX: y', 'ł'])(
    'rejects %j with a TypeError that names it',
    (text) => {
      expect(() => EntityTag.of(text)).toThrow(
        new TypeError(`${JSON.stringify(text)} is not an entity tag such as '"v1"'`),
      )
    },
  )
})

describe('tagOfHash', () => {
  const state = { id: 7, city: 'Kraków' }

  it('differs between representations and matches their state', () => {
    const tags = ['application/json', 'text/csv', 'application/json+gzip'].map((variant) =>
      tagOfHash(stateHash(state), variant),
    )
    expect(new Set(tags.map(String)).size).toBe(3)
    expect(String(tags[1])).toBe(`"${stateHash(state)}-text/csv"`)
    expect(tags.every((tag) => isOfState(tag, stateHash(state), 'strong'))).toBe(true)
    expect(tags.some((tag) => isOfState(tag, stateHash({ ...state, id: 8 }), 'strong'))).toBe(false)
  })

  it('does not match a weak tag, the hash alone, or a longer hash with the state', () => {
    const hash = stateHash(state)
    for (const text of [
      `W/"${hash}-text/csv"`,
      `"${hash}"`,
      `"${hash}x-text/csv"`,
      `"${hash.slice(1)}-text/csv"`,
    ]) {
      expect(isOfState(EntityTag.of(text), hash, 'strong'), text).toBe(false)
    }
  })

  it('is parsed as one tag by every reader, for any variant', () => {
    const tag = tagOfHash(stateHash(state), 'text/csv; title="a,b\\c ł"')
    expect(parseTags(String(tag))).toEqual([tag])
    expect(tag.opaque.slice(22)).toBe('-text/csv;%20title=%22a%2Cb%5Cc%20%C5%82%22')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (variant) => {
        const written = tagOfHash(stateHash(1), variant)
        expect(parseTags(`"x", ${written}, W/"y"`)).toHaveLength(3)
        expect(String(written)).not.toContain(',')
      }),
    )
  })

  it('differs between any two states and variants that a developer names', () => {
    const texts = [
      '\u0e9a',
      '\u00e9A',
      '\u00e9',
      '%E9A',
      '\ud800',
      '\udfff',
      '%uD800',
      '\ufffd',
      '😀',
      '-',
      '%2D',
      'ł',
    ]
    expect(new Set(texts.map((text) => String(tagOfHash(stateText(text), 'a/b')))).size).toBe(texts.length)
    expect(new Set(texts.map((text) => String(tagOfHash('1', text)))).size).toBe(texts.length)
  })

  it('has a hash of fixed length without characters that end a tag', () => {
    for (let n = 0; n < 200; n++) expect(stateHash(n)).toMatch(/^[\w-]{22}$/)
  })
})
