/** A server of one JSON document on loopback, as an identity provider has one: it can fail, and counts requests. */
import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { listen } from '../../lib/testing.ts'

export interface JsonServer {
  readonly url: string
  /** The contents of all requests, in order. */
  readonly requests: { readonly fields: NodeJS.Dict<string | string[]>; readonly content: string }[]
  /** The response to come: a status, and data made from the content of the request. */
  status: number
  fields: Record<string, string>
  data: (content: string) => unknown
  /** Milliseconds before a response. */
  delay: number
}

export async function serveJson(data: (content: string) => unknown): Promise<JsonServer> {
  const state = { status: 200, fields: {}, data, delay: 0, requests: [] as JsonServer['requests'] }
  const server = createServer(async (request, response) => {
    let content = ''
    for await (const chunk of request) content += chunk
    state.requests.push({ fields: request.headers, content })
    await new Promise((resolve) => setTimeout(resolve, state.delay))
    response.writeHead(state.status, { 'content-type': 'application/json', ...state.fields })
    response.end(JSON.stringify(state.data(content)))
  })
  const { url, close } = await listen(server)
  onTestFinished(close)
  return Object.assign(state, { url })
}
