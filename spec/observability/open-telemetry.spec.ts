/** What the active span of OpenTelemetry learns, and that log, report and span agree on a failure. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import {
  type Context,
  context,
  createContextKey,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ApiOptions } from '../../lib/api.ts'
import { HttpException, type RestBlueprint } from '../../lib/index.ts'
import { recorder, until } from '../support/lines.ts'
import { serve } from '../support/server.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

const exporter = new InMemorySpanExporter()
const METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')

beforeAll(() => {
  const storage = new AsyncLocalStorage<Context>()
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...rest) => storage.run(active, () => run.call(self as never, ...rest)),
    bind: (_, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  )
})
beforeEach(() => exporter.reset())
afterAll(() => {
  trace.disable()
  context.disable()
})

/** An Api below a span for each request, as the instrumentation of node:http makes it. */
async function traced(options: Partial<ApiOptions>, declare?: (blueprint: RestBlueprint) => unknown) {
  const { app } = await testApi({ openTelemetry: true, ...options }, declare)
  const metadata: { route?: string }[] = []
  const server = createServer((request, response) => {
    const span = trace.getTracer('http').startSpan(`${request.method}`)
    response.on('close', () => span.end())
    const known: { route?: string } = {}
    metadata.push(known)
    const active = trace.setSpan(context.active(), span).setValue(METADATA, known)
    context.with(active, () => app.handler(request, response))
  })
  const { ask, fetch } = await serve(server)
  const spanOf = async (line: string, fields?: Record<string, string>) => {
    exporter.reset()
    await ask(line, fields).catch(() => undefined)
    await until(() => exporter.getFinishedSpans().length === 1)
    return exporter.getFinishedSpans()[0]
  }
  return { ask, fetch, spanOf, metadata }
}

describe('the active span', () => {
  it('changes no answer where it cannot record a failure', async () => {
    const { ask } = await traced({}, (things) =>
      things.get('/broken', () => {
        const recordException = () => {
          throw new Error('the span is broken')
        }
        Object.assign(trace.getActiveSpan() ?? {}, { recordException })
        throw new HttpException(503, 'Away')
      }),
    )
    const { status, json } = await ask('/broken')
    expect([status, json.detail]).toEqual([503, 'Away'])
  })

  it('is named by method and route, and has http.route, also for metrics (FS-67, FS-68)', async () => {
    const { spanOf, metadata } = await traced({}, (things) => things.get('/users/<int:id>', () => 1))
    const one = await spanOf('/users/123')
    const other = await spanOf('HEAD /users/456')
    expect([one?.name, other?.name]).toEqual(['GET /users/{id}', 'HEAD /users/{id}'])
    expect(one?.attributes['http.route']).toBe('/users/{id}')
    expect(metadata).toEqual([{ route: '/users/{id}' }, { route: '/users/{id}' }])
  })

  it('has the negotiated media type', async () => {
    const { spanOf } = await traced({})
    const typeOf = async (line: string, fields?: Record<string, string>) =>
      (await spanOf(line, fields))?.attributes['http.response.header.content-type']
    expect(await typeOf('/every/200')).toEqual(['application/json'])
    expect(await typeOf('/every/nothing', { accept: 'text/plain' })).toEqual(['text/plain; charset=utf-8'])
    expect(await typeOf('/every/200', { 'if-none-match': '*' })).toBeUndefined()
  })

  it('has an unset status and no exception for a 4xx, ERROR and one exception for a 5xx (FS-69)', async () => {
    const { spanOf } = await traced({}, (things) => {
      things.get('/503', () => {
        throw new HttpException(503, 'Come back later')
      })
    })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const span = await spanOf(line, fields)
      const code = status >= 500 ? SpanStatusCode.ERROR : SpanStatusCode.UNSET
      expect([line, span?.status.code, span?.events.length]).toEqual([line, code, status >= 500 ? 1 : 0])
    }
    expect(await spanOf('/503')).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      events: { length: 1 },
    })
  })

  it('is left alone without the option, and by endpoint', async () => {
    const { spanOf } = await traced({}, (things) => things.get('/off', { openTelemetry: false }, () => 1))
    expect((await spanOf('/off'))?.name).toBe('GET')
    await expect(testApi({ openTelemetry: {} as never })).rejects.toThrow(
      /cannot have openTelemetry: .+; use true, false/,
    )
  })
})

describe('access log, onError and span', () => {
  it('agree on one failure: of a handler, of a renderer, and of a stream whose head is sent', async () => {
    const { logger, lines } = recorder()
    const reported: unknown[] = []
    const { spanOf } = await traced(
      { accessLog: true, requestId: true, logger, onError: (error) => void reported.push(error) },
      (things) => {
        things.get('/renderer', () => ({
          toJSON() {
            throw new Error('cannot be rendered')
          },
        }))
        things.get('/stream', async function* () {
          yield { a: 1 }
          throw new Error('lost the database')
        })
      },
    )
    const failures = [
      ['/every/500', 'failed', { status: 500 }],
      ['/renderer', 'cannot be rendered', { status: 500 }],
      ['/stream', 'lost the database', { status: 200, aborted: true }],
    ] as const
    for (const [line, message, outcome] of failures) {
      lines.length = 0
      reported.length = 0
      const span = await spanOf(line)
      await until(() => lines.length === 2)
      const logged = lines.find(({ level }) => level === 50)
      const access = lines.find(({ level }) => level === 30)
      expect(reported).toEqual([new Error(message)])
      expect(span?.status.code).toBe(SpanStatusCode.ERROR)
      expect(span?.events.map(({ attributes }) => attributes?.['exception.message'])).toEqual([message])
      expect(logged).toMatchObject({ err: { message }, requestId: access.requestId })
      expect(access).toMatchObject(outcome)
    }
  })
})
