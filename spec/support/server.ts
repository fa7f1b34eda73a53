/** Real servers on ephemeral ports, closed when the spec ends. */
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import type { ErrorItem, Middleware } from '../../lib/index.ts'
import { listen, type Servable, type ServedFetch } from '../../lib/testing.ts'

/** A response, read to its end. */
interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The ETag; empty without one. */
  readonly tag: string
  /** The content, parsed as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: specs state the data they expect
  readonly json: any
}

/** A JSON response in short: the data of a success, the errors or the detail of a problem. */
export interface Outcome {
  readonly status: number
  readonly value?: unknown
  readonly errors?: readonly ErrorItem[]
  /** Only without `errors`. */
  readonly detail?: string | undefined
}

/** Header fields, or only the Content-Type. */
type Fields = Readonly<Record<string, string>> | string

/** `request('PUT /pets/1', fields, content)`. A line without a method is a GET; data is sent as JSON. */
type Ask<T> = (line: string, fields?: Fields, content?: unknown) => Promise<T>

export interface Served {
  /** Without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly fetch: ServedFetch
  /** Writes bytes to a socket; collects the response until the server closes it, or is silent for `quietMs`. */
  readonly raw: (bytes: string | Uint8Array, quietMs?: number) => Promise<string>
  /** Writes bytes to a socket; collects the response. @throws when the server does not close the connection. */
  readonly rawUntilClose: (bytes: string | Uint8Array) => Promise<string>
  readonly ask: Ask<Reply>
  readonly status: Ask<number>
  readonly outcome: Ask<Outcome>
  readonly get: (path: string, fields?: Fields) => Promise<Outcome>
  readonly post: (path: string, content?: unknown, fields?: Fields) => Promise<Outcome>
}

/**
 * Serves a middleware by itself: 200 for what it passes on, the status of an error that it passes on. Polka 1 calls no
 * middleware for a target in absolute form.
 */
export function serveMiddleware(middleware: Middleware): Promise<Served> {
  return serve((request, response) => {
    middleware(request, response, (error) => {
      response.statusCode = (error as { status?: number } | undefined)?.status ?? 200
      response.end()
    })
  })
}

/** Serves a Polka app, a bare blueprint, an Api, a request listener or a server. */
export async function serve(servable: Servable): Promise<Served> {
  const { url, fetch, close } = await listen(servable)
  onTestFinished(close)
  const port = Number(new URL(url).port)
  const ask: Served['ask'] = async (line, fields, content) => {
    const [path = '/', method = 'GET'] = line.split(' ').reverse()
    const response = await fetch(path, { method, ...contentOf(content, fields) })
    const { status, headers } = response
    const text = await response.text()
    return {
      status,
      headers,
      text,
      tag: headers.get('etag') ?? '',
      get json() {
        return JSON.parse(text)
      },
    }
  }
  const outcome: Served['outcome'] = async (...request) => outcomeOf(await ask(...request))
  return {
    url,
    port,
    fetch,
    ask,
    outcome,
    raw: async (bytes, quietMs = 1000) => (await exchangeBytes(port, bytes, quietMs)).text,
    rawUntilClose: async (bytes) => {
      const { text, isClosed } = await exchangeBytes(port, bytes, 5000)
      if (!isClosed) throw new Error(`The server keeps the connection open after: ${text.slice(0, 300)}`)
      return text
    },
    status: async (...request) => (await ask(...request)).status,
    get: (path, fields) => outcome(path, fields),
    post: (path, content, fields) => outcome(`POST ${path}`, fields, content),
  }
}

/** Strings and data are `application/json` unless the fields name a type; forms, bytes and streams are sent as they are. */
function contentOf(content: unknown, fields: Fields = {}): RequestInit {
  const headers = typeof fields === 'string' ? { 'content-type': fields } : fields
  if (content === undefined) return { headers }
  const isData = typeof content !== 'object' || content === null || Array.isArray(content)
  if (!isData && Object.getPrototypeOf(content) !== Object.prototype)
    return { headers, body: content as RequestInit['body'], duplex: 'half' } as RequestInit
  const body = typeof content === 'string' ? content : JSON.stringify(content)
  return { headers: { 'content-type': 'application/json', ...headers }, body }
}

function outcomeOf({ status, text }: Reply): Outcome {
  if (text === '') return { status }
  if (status < 400) return { status, value: JSON.parse(text) }
  const { detail, errors } = JSON.parse(text) as Outcome
  return errors ? { status, errors } : { status, detail }
}

interface ExchangedBytes {
  readonly text: string
  readonly isClosed: boolean
}

function exchangeBytes(port: number, bytes: string | Uint8Array, quietMs: number): Promise<ExchangedBytes> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const finish = (isClosed: boolean) => {
      socket.destroy()
      resolve({ text: Buffer.concat(chunks).toString(), isClosed })
    }
    socket.setTimeout(quietMs, () => finish(false))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
    socket.write(bytes)
  })
}
