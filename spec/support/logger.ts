/** A logger that keeps what it is told, so that expected failures stay out of the output. */
export function quiet(): { readonly lines: unknown[][]; error(...details: unknown[]): void } {
  const lines: unknown[][] = []
  return { lines, error: (...details) => void lines.push(details) }
}
