/** The files option: files and fields of multipart forms. */
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FilesOption, RestBlueprint } from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { type MultipartOptions, multipart } from '../../lib/multipart.ts'
import { BOUNDARY, bytesOf, field, file, folder, headOf, LAST, until } from '../support/form.ts'
import { polkas } from '../support/polka.ts'
import { type TestAppOptions, testApp } from '../support/test-app.ts'

const png = (content: string) => new Blob([content], { type: 'image/png' })

function formOf(
  entries: readonly (readonly [name: string, value: string | Blob, filename?: string])[],
): FormData {
  const form = new FormData()
  for (const [name, value, filename] of entries) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, filename)
  }
  return form
}

type Entries = Parameters<typeof formOf>[0]

/** An app with a multipart parser that spools every file. */
async function start(
  declare: (api: RestBlueprint) => unknown,
  { parser = {}, ...options }: TestAppOptions & { parser?: MultipartOptions } = {},
) {
  const directory = folder()
  const app = await testApp((api) => {
    api.contentParser.parses('multipart/form-data', multipart({ directory, memoryBytes: 0, ...parser }))
    declare(api)
  }, options)
  return {
    ...app,
    postForm: (path: string, entries: Entries) => app.post(path, formOf(entries)),
    postRaw: (path: string, content: string) =>
      app.post(path, content, `multipart/form-data; boundary=${BOUNDARY}`),
    spooled: () => readdirSync(directory),
  }
}

describe.each(polkas)('files on $name', ({ polka }) => {
  const files = {
    photo: { required: true, maxBytes: 10, types: ['image/*'] },
    pages: { multiple: true },
    note: {},
  } as const

  it('SMO-057 SMO-088 SMO-091 arrive with the fields, which a schema coerces from text', async () => {
    const body = z.object({ title: z.string(), age: z.int(), tags: z.array(z.string()), public: z.boolean() })
    const { postForm, spooled } = await start(
      (api) => {
        api.post('/', { files, body }, async ({ files: { photo, pages, note }, body }) => [
          [photo.field, photo.filename, photo.type, photo.size, await photo.text()],
          pages?.map(({ filename }) => filename),
          note === undefined,
          body,
        ])
      },
      { polka },
    )
    const answer = await postForm('/', [
      ['title', '7'],
      ['photo', png('123'), 'a.png'],
      ['age', '12'],
      ['tags', 'a'],
      ['pages', png('1'), '1.png'],
      ['public', 'true'],
      ['unknown', png('1'), 'x.png'],
    ])
    expect(answer).toEqual({
      status: 200,
      value: [
        ['photo', 'a.png', 'image/png', 3, '123'],
        ['1.png'],
        true,
        { title: '7', age: 12, tags: ['a'], public: true },
      ],
    })
    await until(() => spooled().length === 0)
  })

  it('SMO-090 that are required and missing are a 422, together with all other issues', async () => {
    const body = z.object({ age: z.int() })
    const { post, postForm, spooled } = await start(
      (api) => void api.post('/', { files, body, query: z.object({ q: z.string() }) }, () => 'never'),
      { polka },
    )
    const missing = { detail: 'A file is required', pointer: '#/photo' }
    const entries = [
      ['age', 'old'],
      ['pages', png('1'), '1.png'],
    ] as const
    expect(await postForm('/', entries)).toEqual({
      status: 422,
      errors: [
        { detail: expect.any(String), in: 'query', parameter: 'q' },
        { detail: expect.any(String), pointer: '#/age' },
        missing,
      ],
    })
    await until(() => spooled().length === 0)
    expect(await post('/?q=1')).toEqual({
      status: 422,
      errors: [{ detail: 'Content is required', pointer: '#' }, missing],
    })
    // text in place of a file is no file
    expect(
      (
        await postForm('/?q=1', [
          ['age', '1'],
          ['photo', 'text'],
        ])
      ).errors,
    ).toEqual([missing])
  })

  it('SMO-090 are refused when they are too long (413), of another type (415) or several (422)', async () => {
    const { postForm, spooled } = await start((api) => void api.post('/', { files }, () => 'never'), {
      polka,
    })
    const at = (pointer: string) => [{ detail: expect.any(String), pointer }]
    expect(await postForm('/', [['photo', png('12345678901')]])).toEqual({
      status: 413,
      errors: at('#/photo'),
    })
    expect(await postForm('/', [['photo', new Blob(['x'], { type: 'text/html' })]])).toEqual({
      status: 415,
      errors: at('#/photo'),
    })
    expect(
      await postForm('/', [
        ['note', png('1')],
        ['note', png('1')],
      ]),
    ).toEqual({ status: 422, errors: at('#/note') })
    expect(spooled()).toEqual([])
  })
})

describe('an endpoint with files', () => {
  const files = { photo: { required: true } } as const

  it('SMO-044 SMO-090 accepts only forms: JSON is a 415, unless it is listed', async () => {
    const { post, postForm } = await start((api) => {
      api.post('/forms', { files }, () => 'never')
      const body = {
        'application/json': z.object({ n: z.int() }),
        'multipart/form-data': z.object({ m: z.int() }),
      }
      api.post('/both', { files: { photo: {} }, body }, ({ body, files }) => [
        body,
        files.photo?.size ?? null,
      ])
      api.post('/listed', { files, incoming: ['application/json', 'multipart/form-data'] }, () => 'never')
    })
    expect(await post('/forms', {})).toMatchObject({ status: 415 })
    expect((await post('/both', { n: 1 })).value).toEqual([{ n: 1 }, null])
    expect(
      (
        await postForm('/both', [
          ['m', '1'],
          ['photo', png('1')],
        ])
      ).value,
    ).toEqual([{ m: 1 }, 1])
    expect((await post('/listed', {})).errors).toEqual([{ detail: 'A file is required', pointer: '#/photo' }])
  })

  it('gets no files without content, whatever their names are', async () => {
    const { post } = await start((api) => {
      api.post('/', { files: { toString: {}, photo: {} } }, ({ files, body }) => [
        files.toString === undefined,
        Object.keys(files),
        body === undefined,
      ])
      api.post('/required', { files: { constructor: { required: true } } as FilesOption }, () => 'never')
    })
    expect((await post('/')).value).toEqual([true, [], true])
    expect((await post('/required')).errors).toEqual([
      { detail: 'A file is required', pointer: '#/constructor' },
    ])
  })

  it('has unknown fields dropped, refused or kept, and needs no schema for fields', async () => {
    const body = jsonSchema({ type: 'object', properties: { n: { type: 'integer' } } })
    const { postForm } = await start((api) => {
      for (const unknown of ['drop', 'refuse', 'keep'] as const)
        api.post(`/${unknown}`, { files, body, unknown }, ({ body }) => body as object)
      api.post('/plain', { files }, ({ body }) => body as object)
    })
    const entries = [
      ['n', '1'],
      ['x~/y', 'z'],
      ['photo', png('1')],
    ] as const
    expect((await postForm('/drop', entries)).value).toEqual({ n: 1 })
    expect((await postForm('/keep', entries)).value).toEqual({ n: 1, 'x~/y': 'z' })
    expect((await postForm('/refuse', entries)).errors).toEqual([
      { detail: 'Unknown member', pointer: '#/x~0~1y' },
    ])
    expect((await postForm('/plain', entries)).value).toEqual({ n: '1', 'x~/y': 'z' })
  })

  it('without the option gets fields and files in body', async () => {
    const { postForm } = await start((api) => {
      api.post('/', { incoming: ['multipart/form-data'] }, ({ body }) => body)
    })
    expect(
      (
        await postForm('/', [
          ['a', '1'],
          ['photo', png('1'), 'x'],
        ])
      ).value,
    ).toMatchObject({
      fields: { a: '1' },
      files: { photo: { filename: 'x' } },
    })
  })

  it('without a multipart parser is a TypeError, and with one that is not multipart() a 500', async () => {
    const cannot = testApp((api) => void api.post('/', { files, name: 'take' }, () => 1))
    await expect(cannot).rejects.toThrow(
      "'take' accepts multipart/form-data, which the content parser cannot parse: contentParser.parses('multipart/form-data', multipart()), from mazurka/multipart",
    )
    const { post, logger } = await testApp((api) => {
      api.contentParser.parses('multipart/form-data', () => 'mine')
      api.post('/', { files }, () => 1)
    })
    expect((await post('/', formOf([['a', 'b']]))).status).toBe(500)
    expect(String(logger.lines[0]?.[1])).toContain('multipart()')
  })

  it.each<[FilesOption, string]>([
    [{ photo: { maxBytes: 0 } }, "The file 'photo' of 'take' cannot have maxBytes: 0"],
    [{ photo: { maxBytes: Number.NaN } }, "The file 'photo' of 'take' cannot have maxBytes: NaN"],
    [{ photo: { maxBytes: '1' as never } }, "The file 'photo' of 'take' cannot have maxBytes: '1'"],
    [
      { photo: { types: ['png'] } },
      `The file 'photo' of 'take' cannot have types: "png" is not a media type`,
    ],
    [{ photo: { types: 'image/png' as never } }, "The file 'photo' of 'take' cannot have types: 'image/png'"],
    [{ photo: { types: [] } }, "The file 'photo' of 'take' cannot have types: none"],
    [{ photo: true as never }, "The file 'photo' of 'take' cannot be true"],
    [{ stream: true, maxBytes: -1 }, "The files of 'take' cannot have maxBytes: -1"],
    [{ stream: true, types: ['x'] }, "The files of 'take' cannot have types"],
  ])('is a TypeError at registration with %j', async (option, message) => {
    await expect(
      start((api) => void api.post('/', { files: option, name: 'take' }, () => 1)),
    ).rejects.toThrow(message)
  })
})

describe('the maximum length of files', () => {
  const statusOf = async (app: Awaited<ReturnType<typeof start>>, length: number) =>
    (await app.postForm('/', [['f', new Blob([bytesOf(length)])]])).status

  it('is that of the endpoint, of the parser or of the blueprint, and not that of the body', async () => {
    const startWith = (rule: object, parser: MultipartOptions, limits: object) =>
      start((api) => void api.post('/', { files: { f: rule } }, ({ files }) => files.f?.size), {
        parser,
        limits: { maxBodyBytes: 1000, ...limits },
      })
    const cases = [
      [{ maxBytes: 5000 }, { maxFileBytes: 10 }, { maxFileBytes: 10 }],
      [{}, { maxFileBytes: 5000 }, { maxFileBytes: 10 }],
      [{}, {}, { maxFileBytes: 5000 }],
    ] as const
    for (const [rule, parser, limits] of cases) {
      const app = await startWith(rule, parser, limits)
      expect([rule, parser, await statusOf(app, 5000)]).toEqual([rule, parser, 200])
      expect([rule, parser, await statusOf(app, 5001)]).toEqual([rule, parser, 413])
    }
    expect(await statusOf(await startWith({}, {}, {}), 9_000_000)).toBe(200)
    expect(await statusOf(await startWith({}, {}, {}), 11_000_000)).toBe(413)
  })

  it('does not apply to fields, which have the limit of the body', async () => {
    const { postForm } = await start((api) => void api.post('/', { files: { f: {} } }, () => 1), {
      limits: { maxBodyBytes: 1000 },
    })
    expect(
      await postForm('/', [
        ['a', 'x'.repeat(400)],
        ['b', 'x'.repeat(400)],
      ]),
    ).toMatchObject({ status: 200 })
    expect(
      await postForm('/', [
        ['a', 'x'.repeat(600)],
        ['b', 'x'.repeat(600)],
      ]),
    ).toMatchObject({
      status: 413,
      detail: 'The fields are longer than 1000 bytes',
    })
  })

  it('applies to each streamed file, and not to all of them together', async () => {
    const { postForm } = await start(
      (api) => {
        api.post('/', { files: { stream: true, maxBytes: 3000 } }, async ({ files }) => {
          let count = 0
          for await (const part of files) for await (const chunk of part) count += (chunk as Buffer).length
          return count
        })
      },
      { limits: { maxBodyBytes: 1000 } },
    )
    const long = new Blob([bytesOf(3000)])
    expect(
      (
        await postForm('/', [
          ['f', long],
          ['g', long],
          ['h', long],
        ])
      ).value,
    ).toBe(9000)
    expect(
      (
        await postForm('/', [
          ['f', long],
          ['g', new Blob([bytesOf(3001)])],
        ])
      ).status,
    ).toBe(413)
  })
})

describe('files that are streamed', () => {
  const files = { stream: true } as const

  it('reach the handler after the fields before them were validated', async () => {
    let runs = 0
    const body = z.object({ age: z.int() })
    const { post, postRaw } = await start((api) => {
      api.post('/', { files, body }, async ({ files, body }) => {
        runs++
        const seen: unknown[] = [body]
        for await (const part of files) seen.push([part.field, (await part.toArray()).join('')])
        return seen
      })
      api.post('/bare', { files }, async ({ files }) => {
        for await (const _ of files) return 'a file'
        return 'none'
      })
    })
    const one = file('f', 'f', 'content')
    expect((await postRaw('/', field('age', '7') + one + field('age', '8') + LAST)).value).toEqual([
      { age: 7 },
      ['f', 'content'],
    ])
    expect(runs).toBe(1)
    const refused = { status: 422, errors: [{ detail: expect.any(String), pointer: '#/age' }] }
    expect(await postRaw('/', field('age', 'old') + one + LAST)).toEqual(refused)
    expect(await postRaw('/', one + field('age', '7') + LAST)).toEqual(refused)
    expect(runs).toBe(1)
    expect((await post('/bare')).value).toBe('none')
    expect((await postRaw('/bare', LAST)).value).toBe('none')
  })
})

describe('spooled files', () => {
  it('are removed when the client leaves, without a log entry', async () => {
    let runs = 0
    const { port, spooled, logger } = await start((api) => {
      api.post('/', { files: { f: {}, g: {} }, body: z.object({}) }, () => ++runs)
    })
    const half = file('f', 'f', 'whole') + file('g', 'g', 'x'.repeat(100_000)).slice(0, -2)
    const socket = connect(port, '127.0.0.1', () => socket.write(headOf(200_000) + half))
    await until(() => spooled().length === 2)
    socket.destroy()
    await until(() => spooled().length === 0)
    expect([runs, logger.lines]).toEqual([0, []])
  })

  it('are removed when a later part is refused', async () => {
    const { postRaw, spooled } = await start((api) => void api.post('/', { files: { f: {} } }, () => 1))
    const whole = file('f', 'f', 'content')
    expect((await postRaw('/', whole + field('__proto__', '1') + LAST)).status).toBe(400)
    expect((await postRaw('/', whole + file('f', 'f', 'again') + LAST)).status).toBe(422)
    expect((await postRaw('/', whole)).status).toBe(400)
    expect(spooled()).toEqual([])
  })
})
