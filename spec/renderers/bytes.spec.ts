/** Bytes that come in chunks. */
import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { RestBlueprint } from '../../lib/index.ts'
import { bytes } from '../../lib/renderers.ts'
import { quiet } from '../support/logger.ts'
import { serve } from '../support/server.ts'

const CHUNKS = [
  Buffer.from([0x89, 0x50, 0xff]),
  new Uint8Array([0x00, 0x4e]),
  Buffer.alloc(0),
  Buffer.from('é'),
]
const WHOLE = Buffer.concat(CHUNKS)

const sources: Readonly<Record<string, () => unknown>> = {
  'readable-from': () => Readable.from(CHUNKS),
  generator: async function* () {
    yield* CHUNKS
  },
  'web-stream': () =>
    new ReadableStream({
      start(controller) {
        for (const chunk of CHUNKS) controller.enqueue(chunk)
        controller.close()
      },
    }),
}

it.each(Object.entries(sources))(
  'bytes() streams the chunks of a %s, of a declared type or by itself',
  async (_name, source) => {
    const { fetch } = await serve(
      new RestBlueprint('photos')
        .get('/listed', { outgoing: ['image/png'] }, () => source())
        .get('/declared', { response: { 'image/png': z.any() } }, () => source())
        .get('/own', { outgoing: { 'application/vnd.ms-excel': bytes() } }, () => source()),
    )
    const types = { listed: 'image/png', declared: 'image/png', own: 'application/vnd.ms-excel' }
    for (const [path, type] of Object.entries(types)) {
      const response = await fetch(`/${path}`)
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, type])
      expect(Buffer.from(await response.arrayBuffer())).toEqual(WHOLE)
      const head = await fetch(`/${path}`, { method: 'HEAD' })
      expect([head.status, head.headers.get('content-type')]).toEqual([200, type])
    }
  },
)

it('bytes() is a 500 for chunks that are neither bytes nor text, and for a list', async () => {
  const logger = quiet()
  const { status } = await serve(
    new RestBlueprint('photos', { logger })
      .get('/rows', { outgoing: ['image/png'] }, () => Readable.from([{ id: 1 }]))
      .get('/list', { outgoing: ['image/png'] }, () => CHUNKS)
      .get(
        '/text',
        { outgoing: ['image/png'], response: z.array(z.string()) },
        () => Readable.from(CHUNKS) as never,
      ),
  )
  expect([await status('/rows'), await status('/list'), await status('/text')]).toEqual([500, 500, 500])
  expect(logger.text()).toContain('has made a chunk that is no bytes')
  expect(logger.text()).toContain('A chunk of content is text or bytes, not')
  expect(logger.text()).toContain('neither bytes nor text')
})

it('an async iterable of bytes is rows in other media types', async () => {
  const { ask } = await serve(
    new RestBlueprint('photos').get('/rows', () => Readable.from([Buffer.from('a')])),
  )
  expect((await ask('/rows')).text.trim()).toBe('["YQ=="]')
})
