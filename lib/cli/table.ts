/** Rows in columns that line up. */

/** @param width at which lines are cut; undefined: never. */
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
  return lines.map((line) => `${width === undefined ? line : cut(line, width)}\n`).join('')
}

function cut(line: string, width: number): string {
  const characters = [...line]
  return characters.length <= width ? line : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

/** In characters, not in halves of them. */
function lengthOf(text: string): number {
  return [...text].length
}
