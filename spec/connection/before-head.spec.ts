/** Fields given to `writeHead`, where a feature looks at the head before it is written. */
import { createServer, type ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { beforeHead } from '../../lib/connection/served-response.ts'
import { serve } from '../support/server.ts'
import { testApi } from '../support/test-api.ts'

// biome-ignore lint/suspicious/noExplicitAny: the forms that Node takes and does not declare
type Any = any

/** The arguments after the status, and the field `X-Own` that Node sends for them; undefined: it throws. */
const FORMS: Readonly<Record<string, readonly [readonly unknown[], string | null | undefined]>> = {
  'a record': [[{ 'X-Own': '1' }], '1'],
  'a record with a list': [[{ 'X-Own': ['1', '2'] }], '1, 2'],
  'a reason and a record': [['Fine', { 'X-Own': '1' }], '1'],
  'an empty reason': [['', { 'X-Own': '1' }], '1'],
  'undefined for the reason': [[undefined, { 'X-Own': '1' }], '1'],
  'null for the reason': [[null, { 'X-Own': '1' }], '1'],
  'names and values in turn': [[['X-Own', '1', 'X-Own', '2']], '1, 2'],
  'undefined, names and values in turn': [[undefined, ['X-Own', '1', 'X-Own', 2]], '1, 2'],
  pairs: [
    [
      [
        ['X-Own', '1'],
        ['X-Own', '2'],
      ],
    ],
    '1, 2',
  ],
  'a reason and pairs': [['Fine', [['X-Own', ['1', '2']]]], '1, 2'],
  'an empty list': [[[]], null],
  nothing: [[], null],
  'null alone': [[null], null],
  'a name without a value': [[['X-Own']], undefined],
  'a value of undefined': [[{ 'X-Own': undefined }], undefined],
  'the fields of a web Response, which Node ignores': [[new Headers({ 'X-Own': '1' })], null],
}

describe('fields given to writeHead', () => {
  it.each(Object.entries(FORMS))(
    'as %s are sent as by Node itself, and can be read',
    async (_form, [given, own]) => {
      const seen: unknown[] = []
      const listener = (isWatched: boolean) => (_request: unknown, response: ServerResponse) => {
        if (isWatched) beforeHead(response, () => seen.push(response.getHeader('x-own')))
        try {
          ;(response.writeHead as Any)(200, ...given)
        } catch {
          response.statusCode = 500
        }
        response.end()
      }
      for (const isWatched of [false, true]) {
        const { ask } = await serve(createServer(listener(isWatched)))
        const { status, headers } = await ask('/')
        expect([isWatched, status]).toEqual([isWatched, own === undefined ? 500 : 200])
        if (own !== undefined) expect([isWatched, headers.get('x-own')]).toEqual([isWatched, own])
      }
      if (own !== undefined) expect([seen.flat().join(', ')]).toEqual([own ?? ''])
    },
  )

  it('replace those that are set', async () => {
    const { ask } = await serve(
      createServer((_request, response) => {
        beforeHead(response, () => response.setHeader('x-seen', String(response.getHeader('x-own'))))
        response.setHeader('X-Own', 'set')
        const pairs: Any = [
          ['x-own', '1'],
          ['x-own', '2'],
        ]
        response.writeHead(200, pairs).end()
      }),
    )
    const { headers } = await ask('/')
    expect([headers.get('x-own'), headers.get('x-seen')]).toEqual(['1, 2', '1,2'])
  })

  it('of a handler are kept where CORS adds Vary', async () => {
    const forms: readonly unknown[][] = [
      [undefined, { Vary: 'X-Own' }],
      [
        [
          ['Vary', 'X-Own'],
          ['X-Other', '1'],
        ],
      ],
    ]
    const { ask } = await testApi({ cors: { origin: 'https://a.example' } }, (things) => {
      forms.forEach((given, index) => {
        things.get(`/written/${index}`, { outgoing: false }, (_request, response) => {
          ;(response.writeHead as Any)(200, ...given)
          response.end('written')
        })
      })
    })
    for (const index of forms.keys())
      expect((await ask(`/written/${index}`)).headers.get('vary')).toBe('X-Own, Origin')
  })
})
