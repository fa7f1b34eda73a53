/** Lines of a text that arrives in chunks. */

/**
 * A function from a chunk to the lines completed by it; called without a chunk, it returns the last line.
 *
 * @param hasReturns whether `\r` and `\r\n` end a line, too.
 */
export function lineReader(hasReturns = false): (chunk?: string) => string[] {
  let rest: string[] = []
  return (chunk = '\n') => {
    const lines = chunk.split(hasReturns && chunk.includes('\r') ? /\r\n|\r|\n/ : '\n')
    rest.push(lines[0] as string)
    if (lines.length === 1) return []
    lines[0] = rest.join('')
    rest = [lines.pop() as string]
    return lines
  }
}
