/** Lines of text, wherever its chunks are cut. */

/** Takes a chunk, gives the lines that end in it; without one, what is left. */
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
