/** A separate process that accepts one long file at a time and responds with the growth of its memory. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RestBlueprint } from '../../lib/index.ts'
import { type MultipartContent, multipart, type UploadedFile } from '../../lib/multipart.ts'

const [, , directory = ''] = process.argv
const before = process.memoryUsage().rss
let peak = before
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss)
}, 5).unref()

const api = new RestBlueprint('api', { limits: { maxBodyBytes: 2 ** 31 } })
api.incoming.setMimetypes(['multipart/form-data'])
api.contentParser.parses('multipart/form-data', multipart({ directory, maxFileBytes: 2 ** 31 }))
api.post('/', async ({ body }) => {
  const file = (body as MultipartContent).files.f as UploadedFile
  const { size } = file
  await file.discard()
  return { size, grownBytes: peak - before }
})

const server = createServer(api.handler).listen(0, '127.0.0.1', () => {
  console.log((server.address() as AddressInfo).port)
})
