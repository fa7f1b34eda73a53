/** A logger that records, so that expected failures stay out of the output. */
export interface QuietLogger {
  readonly lines: unknown[][]
  error(...details: unknown[]): void
  /** All lines as one text. */
  text(): string
}

export function quiet(): QuietLogger {
  const lines: unknown[][] = []
  return {
    lines,
    error: (...details) => void lines.push(details),
    text: () => lines.flat().map(String).join('\n'),
  }
}
