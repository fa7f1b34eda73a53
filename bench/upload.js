/** Upload of a gigabyte as multipart/form-data to a file: MB per second, and peak memory. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import polka from 'polka'
import { importEntry } from './mazurka.js'
import { Server } from './server.js'

const BYTES = 1024 ** 3
const BOUNDARY = 'bench'
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`
const TAIL = `\r\n--${BOUNDARY}--\r\n`

/** @returns one sample per round. */
export async function measureUpload({ rounds }) {
  const samples = []
  for (let round = 0; round < rounds; round++) {
    console.error(`upload, round ${round + 1} of ${rounds}`)
    const server = await Server.start('./upload.js')
    const start = performance.now()
    await upload(server.port)
    const seconds = (performance.now() - start) / 1000
    samples.push({ rate: BYTES / 1024 ** 2 / seconds, ...(await server.ask('vitals')) })
    await server.stop()
  }
  return { rounds, bytes: BYTES, samples }
}

async function upload(port) {
  const socket = connect({ port, host: '127.0.0.1' })
  let response = ''
  socket.on('data', (chunk) => {
    response += chunk
  })
  const length = HEAD.length + BYTES + TAIL.length
  socket.write(
    `POST /files HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${length}\r\n\r\n${HEAD}`,
  )
  const chunk = Buffer.alloc(65_536, 'x')
  for (let sent = 0; sent < BYTES; sent += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain')
  }
  socket.write(TAIL)
  await once(socket, 'close')
  assert.match(response, /^HTTP\/1.1 200 /)
  assert.match(response, new RegExp(`{"size":${BYTES}}`))
}

/** Runs in the server's process. */
export async function start() {
  const { RestBlueprint } = await importEntry('index')
  const { multipart } = await importEntry('multipart')
  const api = new RestBlueprint('upload')
  api.contentParser.parses('multipart/form-data', multipart())
  api.post('/files', { files: { file: { maxBytes: 2 * BYTES, required: true } } }, async ({ files }) => {
    const path = join(tmpdir(), `mazurka-bench-${process.pid}`)
    await files.file.saveTo(path)
    const { size } = statSync(path)
    unlinkSync(path)
    return { size }
  })
  const app = polka()
  api.register(app)
  return app.listen(0, '127.0.0.1').server
}
