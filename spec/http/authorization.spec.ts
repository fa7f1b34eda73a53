import { expect, it } from 'vitest'
import { isKeptByBrowsers } from '../../lib/http/authorization.ts'

it.each([
  ['basic', true],
  ['Basic YTpi', true],
  ['NEGOTIATE\tx', true],
  ['Digest', true],
  ['Bearer basic', false],
  ['Basics x', false],
  ['', false],
])('whether a browser keeps the credentials %j: %j', (text, isKept) => {
  expect(isKeptByBrowsers(text)).toBe(isKept)
})
