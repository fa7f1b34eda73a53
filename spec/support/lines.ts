/** A logger of the kind of pino that keeps its lines. */
import { pino } from 'pino'

// biome-ignore lint/suspicious/noExplicitAny: a line has whatever was logged
export type Line = any

/** pino, whose lines are parsed into a list. */
export function recorder(): { readonly logger: pino.Logger; readonly lines: Line[]; text(): string } {
  const lines: Line[] = []
  const texts: string[] = []
  const logger = pino(
    { level: 'debug' },
    {
      write(text) {
        texts.push(text)
        lines.push(JSON.parse(text))
      },
    },
  )
  return { logger, lines, text: () => texts.join('') }
}

/** Resolves when a condition holds; fails after two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 200) throw new Error('It has not happened within two seconds')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
