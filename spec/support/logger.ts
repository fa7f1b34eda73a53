/** A logger that records, so that expected failures stay out of the output. */
export interface QuietLogger {
  /** The message and the error of each line. */
  readonly lines: unknown[][]
  error(...details: unknown[]): void
  /** All lines as one text. */
  text(): string
}

export function quiet(): QuietLogger {
  const lines: unknown[][] = []
  return {
    lines,
    error: (details, message) => void lines.push([message, (details as { err: unknown }).err]),
    text: () => lines.flat().map(String).join('\n'),
  }
}
