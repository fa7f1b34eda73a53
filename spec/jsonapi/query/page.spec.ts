import { describe, expect, it } from 'vitest'
import { CURSOR_PROFILE, resolvePage } from '../../../lib/jsonapi/query/page.ts'
import type { RawPage } from '../../../lib/jsonapi/query/parameters.ts'
import { errorOf } from '../../support/query-errors.ts'

const OPTIONS = { pageSize: 10, maxPageSize: 100 }

const page = (raw: RawPage, options = OPTIONS) => resolvePage(raw, options)
const cursorPage = (raw: RawPage, options = OPTIONS) => resolvePage(raw, options, true)

describe('a page', () => {
  it('has the number 1 and the default size, unless the request has others (RES-033, RES-148)', () => {
    expect(page({})).toEqual({ kind: 'number', number: 1, size: 10 })
    expect(page({ number: '3' })).toEqual({ kind: 'number', number: 3, size: 10 })
    expect(page({ number: '2', size: '100' })).toEqual({ kind: 'number', number: 2, size: 100 })
  })

  it('obeys the size where it is the first one (FJ-60)', () => {
    expect(page({ number: '1', size: '5' })).toEqual({ kind: 'number', number: 1, size: 5 })
  })

  it.each(['-1', '0', '1.5', 'x', '', '+1', '1e3', '0x1', '٣', ' 1', '9'.repeat(30)])(
    'is refused for the number %j (RES-154)',
    (number) => {
      expect(errorOf(() => page({ number }))).toEqual({
        status: 400,
        parameter: 'page[number]',
        detail: 'Page number must be a positive integer',
      })
    },
  )

  it.each(['-1', '1.5', 'x', '', '+1', '9'.repeat(30)])('is refused for the size %j (RES-154)', (size) => {
    expect(errorOf(() => page({ size }))).toEqual({
      status: 400,
      parameter: 'page[size]',
      detail: 'Page size must be a positive integer',
    })
  })

  it('is refused for a number whose offset is no exact integer', () => {
    expect(errorOf(() => page({ number: '9007199254740991' }))).toMatchObject({
      status: 400,
      parameter: 'page[number]',
      detail: 'Page number is too large',
    })
  })

  it('is refused for a size over the maximum, which is an error of the cursor profile (RES-153)', () => {
    expect(page({ size: '100' })).toMatchObject({ size: 100 })
    expect(errorOf(() => page({ size: '101' }))).toEqual({
      status: 400,
      parameter: 'page[size]',
      detail: "Page size must not exceed the server's maximum: 100",
      type: 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination/max-size-exceeded',
      page: { maxSize: 100 },
    })
  })

  it('of all rows is for servers without a maximum: page[size]=0 is a 400 otherwise (RES-155)', () => {
    expect(page({ size: '0', number: '7' }, { pageSize: 10, maxPageSize: 0 })).toEqual({ kind: 'all' })
    expect(errorOf(() => page({ size: '0' }))).toMatchObject({ status: 400, parameter: 'page[size]' })
  })

  it('is that of all rows where the server has no default size (RES-155)', () => {
    expect(page({ number: '7' }, { pageSize: 0, maxPageSize: 0 })).toEqual({ kind: 'all' })
    expect(page({ size: '5' }, { pageSize: 0, maxPageSize: 0 })).toEqual({
      kind: 'number',
      number: 1,
      size: 5,
    })
  })

  it('has no maximum where the server has 0, and never a default size above it (RES-156)', () => {
    expect(page({ size: '5000' }, { pageSize: 10, maxPageSize: 0 })).toMatchObject({ size: 5000 })
    expect(page({}, { pageSize: 500, maxPageSize: 100 })).toMatchObject({ size: 100 })
    expect(page({}, { pageSize: 0, maxPageSize: 100 })).toMatchObject({ size: 100 })
  })

  it('names the parameter of an included relationship', () => {
    const refusal = errorOf(() =>
      resolvePage({ size: 'x' }, OPTIONS, false, (member) => `page[comments][${member}]`),
    )
    expect(refusal).toMatchObject({ parameter: 'page[comments][size]' })
  })
})

describe('a page of the cursor profile', () => {
  it('begins where a cursor is', () => {
    expect(page({ after: 'x' })).toEqual({ kind: 'cursor', size: 10, after: 'x', before: undefined })
    expect(page({ before: 'x', size: '3' })).toEqual({
      kind: 'cursor',
      size: 3,
      after: undefined,
      before: 'x',
    })
  })

  it('begins at the start where the server uses cursors', () => {
    expect(cursorPage({})).toMatchObject({ kind: 'cursor', size: 10, after: undefined, before: undefined })
    expect(cursorPage({ number: '2' })).toMatchObject({ kind: 'number', number: 2 })
  })

  it('between two cursors has the maximum for its default size (FJ-65)', () => {
    expect(page({ after: 'a', before: 'b' })).toMatchObject({ size: 100 })
    expect(page({ after: 'a', before: 'b', size: '2' })).toMatchObject({ size: 2 })
    expect(page({ after: 'a', before: 'b' }, { pageSize: 10, maxPageSize: 0 })).toMatchObject({
      size: undefined,
    })
  })

  it('has no number', () => {
    expect(errorOf(() => page({ after: 'x', number: '2' }))).toMatchObject({
      status: 400,
      parameter: 'page[number]',
    })
  })

  it('has a size that is a positive integer', () => {
    const unlimited = { pageSize: 10, maxPageSize: 0 }
    expect(errorOf(() => cursorPage({ size: '0' }, unlimited))).toMatchObject({
      parameter: 'page[size]',
      detail: 'Page size must be a positive integer',
    })
    expect(errorOf(() => cursorPage({ size: '101' }))).toMatchObject({
      type: `${CURSOR_PROFILE}max-size-exceeded`,
    })
  })
})
