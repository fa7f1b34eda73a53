/** Pipelined requests whose client leaves while they wait for an earlier response. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { polkas } from '../support/polka.ts'
import { testApp } from '../support/test-app.ts'

describe.each(polkas)('a pipelined request on $name', ({ polka }) => {
  it('is stopped when the client leaves before its response begins', async () => {
    const ended: string[] = []
    const begun: string[] = []
    const { port } = await testApp(
      (api) => {
        api.get('/first', () => sleep(150, 1))
        api.get('/rows', async function* () {
          begun.push('rows')
          try {
            for (;;) {
              yield { a: 1 }
              await sleep(5)
            }
          } finally {
            ended.push('rows')
          }
        })
        api.post('/signal', async ({ signal, body }) => {
          begun.push(`signal ${body}`)
          signal.addEventListener('abort', () => ended.push('signal'))
          await sleep(300)
        })
      },
      { polka },
    )
    const socket = connect(port, '127.0.0.1')
    const content = 'Content-Type: application/json\r\nContent-Length: 1\r\n\r\n7'
    socket.write(
      `GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /rows HTTP/1.1\r\nHost: a\r\n\r\nPOST /signal HTTP/1.1\r\nHost: a\r\n${content}`,
    )
    await vi.waitFor(() => expect(begun.sort()).toEqual(['rows', 'signal 7']))
    expect(ended).toEqual([])
    socket.destroy()
    await vi.waitFor(() => expect(ended.sort()).toEqual(['rows', 'signal']))
  })

  it('gets its response in its turn', async () => {
    const { rawUntilClose } = await testApp(
      (api) => {
        api.get('/first', () => sleep(50, 'first'))
        api.get('/second', () => 'second')
      },
      { polka },
    )
    const text = await rawUntilClose(
      'GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    expect(text).toMatch(/"first".*"second"$/s)
  })
})
