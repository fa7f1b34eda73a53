/** Pipelined requests whose client leaves, or whose response fails, while they wait for an earlier response. */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
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

  it('is stopped when the client has left before the blueprint gets it', async () => {
    const ended: string[] = []
    let waiting = 0
    let goOn = () => {}
    const { port } = await testApp(
      (api, app) => {
        const gate = new Promise<void>((resolve) => {
          goOn = resolve
        })
        app.use(async (_request: unknown, _response: unknown, next: () => void) => {
          waiting++
          await gate
          next()
        })
        api.get('/rows', ({ signal }) => {
          async function* rows() {
            for (;;) yield { a: 1 }
          }
          if (signal.aborted) ended.push('rows')
          return rows()
        })
        api.get('/signal', ({ signal }) => {
          if (signal.aborted) ended.push('signal')
        })
      },
      { polka },
    )
    const socket = connect(port, '127.0.0.1')
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
    socket.write(get('/signal') + get('/rows') + get('/signal'))
    await vi.waitFor(() => expect(waiting).toBe(3))
    socket.destroy()
    await sleep(50)
    goOn()
    await vi.waitFor(() => expect(ended.sort()).toEqual(['rows', 'signal', 'signal']))
  })

  it.each([
    ['an earlier one that fails', '/rows', /^HTTP\/1\.1 200 .*\[1\r\n$/s],
    ['one that is complete', '/first', /^HTTP\/1\.1 200 .*"first"$/s],
  ])(
    'that fails while it waits is closed behind %s, and so is the connection',
    async (_case, first, content) => {
      const closed: (string | undefined)[] = []
      const { rawUntilClose } = await testApp(
        (api, app) => {
          app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
            response.on('close', () => closed.push(request.url))
            next()
          })
          api.get('/first', () => sleep(50, 'first'))
          api.get('/rows', async function* () {
            yield 1
            throw new Error('the database is gone')
          })
          api.get('/destroyed', (_request, response) => void response.destroy())
          api.get('/last', () => 'last')
        },
        { polka },
      )
      const paths = [first, '/rows', '/destroyed', '/last']
      const text = await rawUntilClose(
        paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''),
      )
      expect(text).toMatch(content)
      await vi.waitFor(() => expect(closed.sort()).toEqual(paths.sort()))
    },
  )

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

  it('is one of many with a listener of the socket between them', async () => {
    const { port, logger } = await testApp(
      (api, app) => {
        app.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          request.socket.setMaxListeners(8)
          next()
        })
        api.post('/small', ({ body }) => body)
      },
      { polka, limits: { maxBodyBytes: 10 } },
    )
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => void warned.mockRestore())
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    const content = '1'.repeat(3000)
    const post = `POST /small HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 3000\r\n\r\n${content}`
    const closed = once(socket.resume(), 'close')
    socket.write(post.repeat(40))
    await closed
    expect([warned.mock.calls, logger.lines]).toEqual([[], []])
  })
})
