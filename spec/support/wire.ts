/** Requests that fetch cannot send: content on any method, a Content-Length without content. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export interface WireRequest {
  readonly method: string
  readonly target: string
  readonly fields: Readonly<Record<string, string>>
  readonly content?: Uint8Array | undefined
  /** A Content-Length whose content is never sent. */
  readonly promisedBytes?: number
}

export interface WireResponse {
  readonly status: number
  readonly fields: IncomingHttpHeaders
  readonly content: Buffer
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 })

export function ask(
  port: number,
  { method, target, fields, content, promisedBytes }: WireRequest,
): Promise<WireResponse> {
  return new Promise((resolve, reject) => {
    const length = promisedBytes ?? content?.byteLength
    const headers = { ...fields, ...(length === undefined ? {} : { 'content-length': String(length) }) }
    const sent = request({ host: '127.0.0.1', port, method, path: target, headers, agent }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, fields: answer.headers, content: Buffer.concat(chunks) })
        if (promisedBytes !== undefined) sent.destroy()
      })
    })
    sent.on('error', reject)
    if (promisedBytes === undefined) sent.end(content)
    else sent.flushHeaders()
  })
}
