/** Text tables with aligned columns. */

/** @param width of a line; longer lines are truncated. Undefined: no limit. */
export function tableOf(rows: readonly (readonly string[])[], width?: number): string {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
  return lines.map((line) => `${width === undefined ? line : truncate(line, width)}\n`).join('')
}

function truncate(line: string, width: number): string {
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** Length in code points. */
function lengthOf(text: string): number {
  return [...text].length
}
