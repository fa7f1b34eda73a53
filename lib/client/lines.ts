/** Lines of a text that arrives in chunks. */

/** A function from a chunk to the lines completed by it; called without a chunk, it returns the last line. */
export function lineReader(end: string | RegExp): (chunk?: string) => string[] {
  let rest: string[] = []
  return (chunk) => {
    const lines = (chunk ?? '\n').split(end)
    rest.push(lines[0] as string)
    if (lines.length === 1) return []
    lines[0] = rest.join('')
    rest = [lines.pop() as string]
    return lines
  }
}
