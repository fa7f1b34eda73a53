/** Raw bytes of a response, and assertions that hold for every response. */
import { connect } from 'node:net'
import { expect } from 'vitest'

interface Answer {
  readonly status: number
  readonly fields: Headers
  /** With the framing of its chunks. */
  readonly content: string
}

/** The first response in the bytes of a connection; undefined when the connection was broken without one. */
export function answerOf(text: string): Answer | undefined {
  if (text === '') return undefined
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const pairs = lines.map((field) => [
    field.slice(0, field.indexOf(':')),
    field.slice(field.indexOf(':') + 1),
  ])
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1])
  return { status, fields: new Headers(pairs as [string, string][]), content: rest.join('\r\n\r\n') }
}

/** Expects a problem document, an empty response of Node itself, or a broken connection. */
export function expectRefusal(text: string, status: number): void {
  expectNoLeak(text)
  const answer = answerOf(text)
  if (!answer) return
  expect(answer.status, text.slice(0, 300)).toBe(status)
  if (answer.content === '') expect(answer.fields.get('connection')).toBe('close')
  else {
    expect(answer.fields.get('content-type')).toBe('application/problem+json')
    expect(JSON.parse(answer.content)).toMatchObject({ type: 'about:blank', status })
  }
}

/** Expects no internal message, no stack and no file name. */
export function expectNoLeak(text: string): void {
  expect(text).not.toMatch(/secret|node_modules|node:|\.[jt]s\b|\n {4}at |injected: /i)
}

/** Writes bytes, half closes or breaks the connection after a while, and returns the received text. */
export function leave(port: number, bytes: string | Uint8Array, how: 'end' | 'destroy'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
    socket.write(bytes, () => setTimeout(() => socket[how](), 30))
  })
}
