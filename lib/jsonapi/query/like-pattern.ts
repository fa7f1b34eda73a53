/**
 * Patterns of texts: `%` for any characters, `_` for one, a backslash before a character that means itself.
 *
 * They mean the same on all dialects. GLOB stands in for the LIKE of SQLite, which ignores case.
 */
import { type Expression, type SqlBool, sql } from 'kysely'
import type { Dialect } from '../model/dialect.ts'

type Part = { readonly any: 'many' | 'one' } | string

export function parsePattern(pattern: string): Part[] {
  const parts: Part[] = []
  let isEscaped = false
  for (const character of pattern) {
    if (isEscaped || !'\\%_'.includes(character)) parts.push(character)
    else if (character !== '\\') parts.push({ any: character === '%' ? 'many' : 'one' })
    isEscaped = !isEscaped && character === '\\'
  }
  if (isEscaped) parts.push('\\')
  return parts
}

/** Whether a text matches a pattern. */
export function likeSql(operand: Expression<unknown>, parts: readonly Part[], dialect: Dialect) {
  const text = exactText(operand, dialect)
  if (dialect === 'sqlite') return sql<SqlBool>`${text} glob ${patternOf(parts, '*', '?', globLiteral)}`
  const pattern = patternOf(parts, '%', '_', likeLiteral)
  return sql<SqlBool>`${text} like ${pattern} escape '|'`
}

/** Whether a text matches a pattern without regard to case; on SQLite without regard to that of ASCII letters. */
export function caselessLikeSql(
  operand: Expression<unknown>,
  parts: readonly Part[],
  dialect: Dialect,
): Expression<SqlBool> {
  const text = exactText(operand, dialect)
  const pattern = patternOf(parts, '%', '_', likeLiteral)
  if (dialect === 'postgres') return sql`${text} ilike ${pattern} escape '|'`
  return sql`lower(${text}) like lower(${pattern}) escape '|'`
}

/** A value as text that is compared character by character. */
function exactText(operand: Expression<unknown>, dialect: Dialect): Expression<unknown> {
  if (dialect === 'postgres') return sql`cast(${operand} as text)`
  return dialect === 'mysql' ? sql`convert(${operand} using utf8mb4) collate utf8mb4_bin` : operand
}

function patternOf(
  parts: readonly Part[],
  many: string,
  one: string,
  literal: (character: string) => string,
): string {
  return parts
    .map((part) => (typeof part === 'string' ? literal(part) : part.any === 'many' ? many : one))
    .join('')
}

function likeLiteral(character: string): string {
  return '|%_'.includes(character) ? `|${character}` : character
}

function globLiteral(character: string): string {
  return '*?['.includes(character) ? `[${character}]` : character
}
