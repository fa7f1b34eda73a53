/**
 * The table of the normative statements of JSON:API 1.1, docs/ancestors/jsonapi-compliance.md: each with the specs that
 * show it. A spec shows a statement by its number in its name: `… (JA-42)`.
 *
 *     UPDATE=1 npx vitest run spec/jsonapi/compliance.spec.ts     writes the table
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PENDING, STATEMENTS, type Statement } from '../support/jsonapi-statements.ts'
import { ROOT } from '../support/readme.ts'

const PAGE = 'docs/ancestors/jsonapi-compliance.md'

interface Shown {
  /** Below `spec/jsonapi/`. */
  readonly file: string
  readonly name: string
}

/** The names of specs by the statements that they show. */
const shown = new Map<number, Shown[]>()
for (const file of readdirSync(`${ROOT}spec/jsonapi`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.spec.ts'))
  .sort())
  for (const name of file === 'compliance.spec.ts'
    ? []
    : namesIn(readFileSync(`${ROOT}spec/jsonapi/${file}`, 'utf8')))
    for (const [, number] of name.matchAll(/\bJA-(\d+)\b/g)) {
      const specs = shown.get(Number(number)) ?? []
      shown.set(Number(number), [...specs, { file, name: name.replace(/ \([^()]*JA-[^()]*\)/, '') }])
    }

describe('the normative statements', () => {
  it('are the 188 of the list of the specification', () => {
    const count = (level: Statement['level']) => STATEMENTS.filter((one) => one.level === level).length
    expect(STATEMENTS).toHaveLength(188)
    expect([count('MUST'), count('SHOULD'), count('MAY'), count('RECOMMENDED')]).toEqual([128, 11, 46, 3])
  })

  it('are shown by a spec each, or have a reason why none can', () => {
    const numbers = STATEMENTS.filter(({ number, reason }) => !reason && !shown.has(number)).map(
      ({ number }) => number,
    )
    expect(numbers.filter((number) => !PENDING.includes(number))).toEqual([])
  })

  it('are all that names of specs refer to', () => {
    expect([...shown.keys()].filter((number) => !STATEMENTS[number - 1])).toEqual([])
  })

  it('are the rows of the page', () => {
    const text = page()
    if (process.env.UPDATE) writeFileSync(`${ROOT}${PAGE}`, text)
    const written = existsSync(`${ROOT}${PAGE}`) ? readFileSync(`${ROOT}${PAGE}`, 'utf8') : ''
    expect(written, `${PAGE} is old: UPDATE=1 npx vitest run spec/jsonapi/compliance.spec.ts`).toBe(text)
  })
})

/** All string literals of a file that name a statement: titles of specs, and of their cases. */
function namesIn(source: string): string[] {
  return [...source.matchAll(/'((?:[^'\\\n]|\\.)*\bJA-\d+(?:[^'\\\n]|\\.)*)'/g)].map(([, name = '']) =>
    name.replace(/\\(.)/g, '$1'),
  )
}

function page(): string {
  const sections = [...new Set(STATEMENTS.map(({ section }) => section))]
  const tables = sections.map((section) => {
    const rows = STATEMENTS.filter((one) => one.section === section).map(rowOf)
    return `## ${section}\n\n| JA | level | statement | shown by |\n|---|---|---|---|\n${rows.join('\n')}\n`
  })
  return `${HEAD}\n${tables.join('\n')}`
}

function rowOf({ number, level, text, reason }: Statement): string {
  const specs = shown.get(number) ?? []
  const cell = specs.map(
    ({ file, name }) => `[${file.replace('.spec.ts', '')}](../../spec/jsonapi/${file}): ${name}`,
  )
  return `| ${number} | ${level} | ${text} | ${cell.join('<br>').replaceAll('|', '\\|') || reason || 'no spec yet'} |`.replaceAll(
    '\\',
    '',
  )
}

const HEAD = `---
title: JSON:API compliance
---

# JSON:API 1.1, statement by statement

The 188 statements that the [specification](https://jsonapi.org/format/1.1/) lists as normative, in our words and in its
order, with the specs that show them: \`npx vitest run -t JA-42\`. The table is written by \`spec/jsonapi/compliance.spec.ts\`.
A statement about the structure of documents is shown by the check that finds its breach; every response of all other
specs passes these checks.
`
