/** The entry of `incoming` that content matches: its parser and its schema. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { testApp } from '../support/test-app.ts'

describe('content that several entries of incoming match', () => {
  const types = {
    'application/*+json': z.object({ any: z.string() }),
    'application/vnd.pet+json': z.object({ pet: z.string() }),
    'application/vnd.pet+json; version=2': z.object({ pet2: z.string() }),
    'application/vnd.pet+json; version=2; draft=yes': z.object({ draft: z.string() }),
  }

  it.each([
    ['in this order', Object.entries(types)],
    ['in the reverse order', Object.entries(types).reverse()],
  ])('is of the most specific one (OpenAPI 3.1 §4.8.13), %s', async (_, entries) => {
    const { post } = await testApp((api) => {
      api.post('/pets', { body: Object.fromEntries(entries) }, ({ body }) => body)
    })
    const send = async (type: string, content: object) => (await post('/pets', content, type)).status
    expect(await send('application/vnd.cat+json', { any: 'x' })).toBe(200)
    expect(await send('application/vnd.pet+json', { pet: 'x' })).toBe(200)
    expect(await send('application/vnd.pet+json; version=1', { pet: 'x' })).toBe(200)
    expect(await send('application/vnd.pet+json; version=2', { pet2: 'x' })).toBe(200)
    expect(await send('application/vnd.pet+json; draft=yes; version=2', { draft: 'x' })).toBe(200)
    expect(await send('application/vnd.pet+json', { any: 'x' })).toBe(422)
    expect(await send('application/vnd.pet+json; version=2', { pet: 'x' })).toBe(422)
  })

  it('is parsed by the parser of that one', async () => {
    const { post } = await testApp((api) => {
      api.contentParser.parses('text/csv', async (content) => ({ rows: await content.text() }))
      api.contentParser.parses('text/csv; header=absent', async (content) => ({
        lines: await content.text(),
      }))
      api.post('/rows', { incoming: ['text/csv', 'text/csv; header=absent'] }, ({ body }) => body)
    })
    expect((await post('/rows', 'a', 'text/csv; charset=utf-8')).value).toEqual({ rows: 'a' })
    expect((await post('/rows', 'a', 'text/csv; header=absent')).value).toEqual({ lines: 'a' })
  })

  it('is parsed and validated by entries whose charset is spelled differently (RFC 9110 §8.3.2)', async () => {
    const { post } = await testApp((api) => {
      api.contentParser.parses('text/csv; charset="UTF-8"', (content) => content.text())
      const body = { 'text/csv;charset=Utf-8': z.string().max(1) }
      api.post(
        '/rows',
        { incoming: ['text/csv; charset=utf-8', null], body: { ...body, 'application/json': z.int() } },
        ({ body }) => body,
      )
    })
    for (const charset of ['utf-8', 'UTF-8', '"Utf-8"']) {
      expect((await post('/rows', 'a', `text/csv; charset=${charset}`)).value).toBe('a')
      expect((await post('/rows', 'ab', `text/csv; charset=${charset}`)).status).toBe(422)
    }
  })
})
