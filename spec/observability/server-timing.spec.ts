/** Server-Timing with the phases of a request. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { RestBlueprint, serializeResponse } from '../../lib/index.ts'
import { EVERY_ANSWER, testApi } from '../support/test-api.ts'

/** Milliseconds by name. */
function metricsOf(field: string | null): Record<string, number> {
  const metrics = (field ?? '').split(', ').map((metric) => /^([\w-]+);dur=(\d+\.\d\d)$/.exec(metric) ?? [])
  return Object.fromEntries(metrics.map(([, name = 'wrong', duration]) => [name, Number(duration)]))
}

describe('serverTiming', () => {
  it('has the phases that took time, and the total, on every answer', async () => {
    const { ask } = await testApi({ serverTiming: true })
    for (const { line, status, fields } of EVERY_ANSWER) {
      const { status: found, headers } = await ask(line, fields)
      const metrics = metricsOf(headers.get('server-timing'))
      expect([line, found, metrics]).toEqual([
        line,
        status,
        expect.objectContaining({ total: expect.any(Number) }),
      ])
      expect(metrics).not.toHaveProperty('wrong')
    }
  })

  it('measures steps that wait and steps that fail', async () => {
    const { ask } = await testApi({ serverTiming: true, timeoutSeconds: 5 }, (things) => {
      things.get('/slow', async () => {
        await sleep(30)
        return 1
      })
      things.get('/failing', async () => {
        await sleep(30)
        throw new Error('failed')
      })
    })
    for (const line of ['/slow', '/failing']) {
      const { handle = 0, total = 0 } = metricsOf((await ask(line)).headers.get('server-timing'))
      expect(handle).toBeGreaterThan(25)
      expect(total).toBeGreaterThanOrEqual(handle)
    }
  })

  it('keeps the metrics of the handler', async () => {
    const { ask } = await testApi({ serverTiming: true }, (things) => {
      things.get('/own', () => serializeResponse(1, { headers: { 'server-timing': 'db;dur=53' } }))
      things.get('/preset', (_request, response) => {
        response.setHeader('Server-Timing', 'cache;desc="hit"')
        return 1
      })
    })
    expect((await ask('/own')).headers.get('server-timing')).toMatch(/^db;dur=53, .*total;dur=[\d.]+$/)
    expect((await ask('/preset')).headers.get('server-timing')).toMatch(
      /^cache;desc="hit", .*total;dur=[\d.]+$/,
    )
  })

  it('has the phases so far on a response that the handler writes', async () => {
    const { ask } = await testApi({ serverTiming: true, prefix: '/api' }, (things) => {
      things.get('/written', async (_request, response) => {
        await sleep(30)
        response.writeHead(200, { 'Server-Timing': 'db;dur=53' }).end('written')
      })
      things.get('/ended', (_request, response) => response.end('ended'))
      things.get('/piped', (_request, response) => {
        response.write('one')
        setTimeout(() => response.end('two'), 20)
      })
    })
    const written = (await ask('/api/written')).headers.get('server-timing') ?? ''
    const [db, ...own] = written.split(', ')
    expect([db, metricsOf(own.join(', ')).handle]).toEqual(['db;dur=53', expect.any(Number)])
    for (const path of ['/api/ended', '/api/piped'])
      expect([path, metricsOf((await ask(path)).headers.get('server-timing'))]).toEqual([
        path,
        expect.objectContaining({ total: expect.any(Number) }),
      ])
  })

  it('is off by default and by endpoint: the steps are those of the endpoint', async () => {
    const { ask } = await testApi({ serverTiming: true }, (things) => {
      things.get('/off', { serverTiming: false }, () => 1)
      new RestBlueprint('inner', { serverTiming: false }).get('/inner', () => 1).register(things)
    })
    expect((await ask('/off')).headers.get('server-timing')).toBeNull()
    expect((await ask('/inner')).headers.get('server-timing')).toBeNull()
    const { ask: askDefault } = await testApi()
    expect((await askDefault('/every/200')).headers.get('server-timing')).toBeNull()
    await expect(testApi({ serverTiming: 1 as never })).rejects.toThrow(
      /cannot have serverTiming: 1; use true, false/,
    )
  })
})
