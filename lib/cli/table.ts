/** Text tables with aligned columns. */

/** Narrowest column that a table is fitted with. */
const MIN_WIDTH = 10
const GAP = 2

/** Colours the text of a cell after it is measured. */
export type PaintCell = (text: string, row: number, column: number) => string

/**
 * @param width of a line: cells are wrapped within their columns. Undefined: no limit.
 * @param paint called for each line of a cell; a line that is truncated has no colours.
 */
export function tableOf(
  rows: readonly (readonly string[])[],
  width?: number,
  paint: PaintCell = (text) => text,
): string {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const natural = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  )
  const widths = width === undefined ? natural : narrow(natural, width)
  return rows
    .flatMap((row, index) => linesOf(row, widths, width, (text, column) => paint(text, index, column)))
    .map((line) => `${line}\n`)
    .join('')
}

/** Narrows the widest columns until a line fits, or all have the minimum. */
function narrow(natural: readonly number[], width: number): number[] {
  const widths = [...natural]
  const total = () => widths.reduce((sum, each) => sum + each, GAP * (widths.length - 1))
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= MIN_WIDTH) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** The lines of a row, cells wrapped. */
function linesOf(
  row: readonly string[],
  widths: readonly number[],
  width: number | undefined,
  paint: (text: string, column: number) => string,
): string[] {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0))
  const height = Math.max(1, ...cells.map((cell) => cell.length))
  return Array.from({ length: height }, (_, index) => {
    const texts = cells.map((cell) => cell[index] ?? '')
    const line = joined(texts, widths)
    if (width !== undefined && lengthOf(line) > width) return truncate(line, width)
    return joined(texts, widths, paint)
  })
}

/** The cells side by side, without blanks at the end. */
function joined(
  texts: readonly string[],
  widths: readonly number[],
  paint: (text: string, column: number) => string = (text) => text,
): string {
  return texts
    .map((text, column) => {
      const isLast = texts.slice(column + 1).every((other) => other === '')
      const blanks = isLast ? 0 : (widths[column] ?? 0) - lengthOf(text)
      return (text === '' ? '' : paint(text, column)) + ' '.repeat(Math.max(0, blanks))
    })
    .join(' '.repeat(GAP))
    .trimEnd()
}

/** Breaks a cell at blanks; a longer word is cut. */
function wrap(cell: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of cell.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (lengthOf(joined) <= width) line = joined
    else {
      if (line !== '') lines.push(line)
      const characters = [...word]
      while (characters.length > width) lines.push(characters.splice(0, width).join(''))
      line = characters.join('')
    }
  }
  return [...lines, line]
}

function truncate(line: string, width: number): string {
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Length in code points. */
function lengthOf(text: string): number {
  return [...text].length
}
