/** A response as a page shows it, compared with the one that came. */
import { expect } from 'vitest'

/** Compares the status line, the lines of the fields shown and the whole content; `…` matches anything. */
export function expectAnswer(answer: string, expected: string, line: string): void {
  const [head, content] = partsOf(answer)
  const [shownHead, shownContent] = partsOf(expected)
  const [status, ...fields] = head.split('\n')
  const [shownStatus, ...shownFields] = shownHead.split('\n')
  expect(status?.trimEnd(), line).toBe(shownStatus)
  for (const name of new Set(shownFields.map(nameOf))) {
    const linesOf = (all: readonly string[]) => all.filter((field) => nameOf(field) === name).map(contentOf)
    const values = linesOf(shownFields).map((value) => expect.stringMatching(patternOf(value)))
    expect(linesOf(fields), `${name} of ${line}`).toEqual(values)
  }
  expect(content.replace(/\n$/, ''), line).toMatch(patternOf(shownContent))
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).toLowerCase()
const contentOf = (field: string): string => field.slice(field.indexOf(':') + 2)

/** The text before the first empty line, and the text after it. */
function partsOf(message: string): [head: string, content: string] {
  const end = message.indexOf('\n\n')
  return end < 0 ? [message.trimEnd(), ''] : [message.slice(0, end), message.slice(end + 2)]
}

/** A pattern for a text in which `…` matches anything. */
export function patternOf(shown: string): RegExp {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return new RegExp(`^${shown.split('…').map(literal).join('[\\s\\S]*')}$`)
}
