/** A response as a page shows it, compared with the one that came. */
import { expect } from 'vitest'

/** Compares the status line, the fields shown and the whole content; `…` matches anything. */
export function expectAnswer(answer: string, expected: string, line: string): void {
  const [head, content] = partsOf(answer)
  const [shownHead, shownContent] = partsOf(expected)
  const [status, ...fields] = head.split('\n')
  const [shownStatus, ...shownFields] = shownHead.split('\n')
  expect(status?.trimEnd(), line).toBe(shownStatus)
  for (const field of shownFields) {
    const [, name = '', value = ''] = /^([^:]+): (.*)$/.exec(field) ?? []
    const values = fields.filter((sent) => sent.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    const joined = values.map((sent) => sent.slice(name.length + 2)).join(', ')
    expect(joined, `${name} of ${line}`).toMatch(patternOf(value))
  }
  expect(content.replace(/\n$/, ''), line).toMatch(patternOf(shownContent))
}

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
