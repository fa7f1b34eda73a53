/** Events of requests on node:diagnostics_channel. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { RequestEnd, RequestFailure, RequestStart } from '../../lib/security.ts'
import { until } from '../support/lines.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

/** The messages of a channel, until the spec ends. */
function messagesOf<M>(name: string): M[] {
  const messages: M[] = []
  const listen = (message: unknown) => void messages.push(message as M)
  subscribe(name, listen)
  onTestFinished(() => void unsubscribe(name, listen))
  return messages
}

describe('diagnostics_channel', () => {
  it('has the start and the end of every request, and each failure once', async () => {
    const starts = messagesOf<RequestStart>('mazurka:request:start')
    const failures = messagesOf<RequestFailure>('mazurka:request:failure')
    const ends = messagesOf<RequestEnd>('mazurka:request:end')
    const { ask } = await testApi()
    for (const { line, fields } of EVERY_ANSWER) await ask(line, fields)
    await until(() => ends.length === EVERY_ANSWER.length)
    expect(ends.map(({ status }) => status)).toEqual(EVERY_ANSWER.map(({ status }) => status))
    expect(starts.map(({ route }) => route)).toEqual([
      '/every/200',
      '/every/200',
      '/every/nothing',
      undefined,
      undefined,
      '/every/query',
      '/every/500',
      undefined,
    ])
    expect(ends.every(({ isAborted, durationMilliseconds }) => !isAborted && durationMilliseconds > 0)).toBe(
      true,
    )
    expect(failures).toMatchObject([{ error: new Error('failed'), request: { url: '/every/500' } }])
  })

  it('says when a client has left', async () => {
    const ends = messagesOf<RequestEnd>('mazurka:request:end')
    const { port } = await testApi({}, (things) => things.get('/slow', ({ signal }) => once(signal, 'abort')))
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n')
    await sleep(50)
    socket.destroy()
    await until(() => ends.length === 1)
    expect(ends).toMatchObject([{ isAborted: true, status: undefined, route: '/slow' }])
  })

  it('is off by option', async () => {
    const starts = messagesOf<RequestStart>('mazurka:request:start')
    const { ask } = await testApi({ diagnostics: false })
    await ask('/every/500')
    expect(starts).toEqual([])
    await expect(testApi({ diagnostics: 'yes' as never })).rejects.toThrow(
      /cannot have diagnostics: 'yes'; use true, false/,
    )
  })
})
