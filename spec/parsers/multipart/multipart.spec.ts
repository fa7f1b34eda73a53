/** Forms: fields, files, and malformed or hostile content. RFC 7578. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FilePart, multipart, type UploadedFile } from '../../../lib/multipart.ts'
import {
  BOUNDARY,
  bytesOf,
  field,
  file,
  folder,
  formApp,
  headOf,
  LAST,
  lengthOf,
  part,
  until,
} from '../../support/form.ts'

const KB = 1024
const MB = 1024 * KB

// biome-ignore lint/suspicious/noExplicitAny: content of responses
type Any = any

/** A form with a long file of which most never comes. */
const HALF = headOf(10 * MB) + file('a', 'a', '').slice(0, -2) + 'x'.repeat(200 * KB)

function formOf(...entries: readonly (readonly [string, string | Blob, string?])[]): FormData {
  const form = new FormData()
  for (const [name, value, filename] of entries) {
    if (typeof value === 'string') form.append(name, value)
    else form.append(name, value, filename)
  }
  return form
}

describe('a form', () => {
  it('is parsed as fields and files, with lists for repeated names', async () => {
    const { post } = await formApp(({ fields, files }) => ({ fields, files }))
    const png = new Blob(['12345'], { type: 'Image/PNG' })
    const answer = await post(
      formOf(
        ['title', 'Zażółć gęślą jaźń'],
        ['tag', 'a'],
        ['photo', png, 'zdjęcie 📷 "1".png'],
        ['tag', 'b'],
        ['scan', new Blob(['1']), 'a.bin'],
        ['scan', new Blob(['22']), 'b.bin'],
        ['empty', ''],
        ['na"me\n', 'x'],
      ),
    )
    const scan = { field: 'scan', type: 'application/octet-stream' }
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        fields: { title: 'Zażółć gęślą jaźń', tag: ['a', 'b'], empty: '', 'na"me\r\n': 'x' },
        files: {
          photo: { field: 'photo', filename: 'zdjęcie 📷 "1".png', type: 'image/png', size: 5 },
          scan: [
            { ...scan, filename: 'a.bin', size: 1 },
            { ...scan, filename: 'b.bin', size: 2 },
          ],
        },
      },
    ])
  })

  it('has records without a prototype', async () => {
    const { postRaw } = await formApp(({ fields, files }) => [
      Object.getPrototypeOf(fields),
      Object.getPrototypeOf(files),
      fields.constructor,
      (files.toString as UploadedFile).size,
    ])
    const answer = await postRaw(field('constructor', 'x') + file('toString', 'f', 'abc') + LAST)
    expect(await answer.json()).toEqual([null, null, 'x', 3])
  })

  it('may be empty, have a preamble and an epilogue, and end without a line break', async () => {
    const { postRaw } = await formApp(({ fields }) => fields)
    expect(await (await postRaw(LAST)).json()).toEqual({})
    expect(await (await postRaw(`before\r\n${field('a', '1')}${LAST}after\r\n`)).json()).toEqual({ a: '1' })
    expect(await (await postRaw(field('a', '1') + LAST.trimEnd())).json()).toEqual({ a: '1' })
    const nearly = `\r\n--${BOUNDARY.slice(0, -1)}\r\n-`
    expect(await (await postRaw(field('a', nearly) + LAST)).json()).toEqual({ a: nearly })
  })

  it('ignores empty file inputs, and keeps empty files', async () => {
    const { post, postRaw } = await formApp(({ files }) => files, { maxFiles: 2 })
    const answer = await post(
      formOf(
        ['a', new Blob([]), ''],
        ['b', new Blob([]), ''],
        ['c', new Blob([]), 'c.txt'],
        ['d', new Blob([]), ''],
      ),
    )
    expect(await answer.json()).toEqual({ c: expect.objectContaining({ filename: 'c.txt', size: 0 }) })
    const unnamed = await (await postRaw(file('a', '', 'content') + LAST)).json()
    expect(unnamed).toEqual({ a: { field: 'a', type: 'application/octet-stream', size: 7 } })
  })

  it('treats a part with a type as a field, unless it has a file name or is application/octet-stream', async () => {
    const { postRaw } = await formApp(({ fields, files }) => [fields, files.bytes.size])
    const head = (name: string, type: string) =>
      `Content-Disposition: form-data; name=${name}\r\nContent-Type: ${type}`
    const answer = await postRaw(
      part(head('json', 'application/json'), '{"a":1}') +
        part(head('bytes', 'Application/Octet-Stream; x=y'), 'abc') +
        LAST,
    )
    expect(await answer.json()).toEqual([{ json: '{"a":1}' }, 3])
  })

  it('is UTF-8 for any _charset_ (RFC 7578 §5.1.2)', async () => {
    const { postRaw, fetch } = await formApp(({ fields }) => fields)
    expect(await (await postRaw(field('_charset_', 'latin1') + field('a', 'ł') + LAST)).json()).toEqual({
      a: 'ł',
    })
    const answer = await fetch('/', {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: Buffer.from(field('a', '\xff') + LAST, 'latin1'),
    })
    expect([answer.status, ((await answer.json()) as Any).detail]).toEqual([
      400,
      "The field 'a' is not UTF-8",
    ])
  })

  it('may arrive byte by byte', async () => {
    const { port, postRaw } = await formApp(async ({ fields, files }) => [fields, await files.f.text()])
    const content = `${field('a', '1\r\n--')}${file('f', 'f', '\r\n--a-bound\r\n')}${LAST}`
    expect(await (await postRaw(content)).json()).toEqual([{ a: '1\r\n--' }, '\r\n--a-bound\r\n'])
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    socket.write(headOf(content.length))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    for (const character of content) {
      socket.write(character)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => text.includes(']'))
    socket.destroy()
    expect(text.split('\r\n\r\n')[1]).toBe('[{"a":"1\\r\\n--"},"\\r\\n--a-bound\\r\\n"]')
  })
})

describe('the name of a file', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\x', 'x'],
    ['C:\\\\dir\\\\me.png', 'me.png'],
    ['/', undefined],
    ['..', undefined],
    ['a/..', undefined],
    ['.\0.', undefined],
    ['a/.\u0001', undefined],
    ['evil.php\0.jpg', 'evil.php.jpg'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['a\\"b.txt', 'a"b.txt'],
    ['a%22b%0D.txt', 'a"b.txt'],
    ['a; b="c.txt', 'a; b="c.txt'],
    ['.htaccess', '.htaccess'],
    ['x'.repeat(300), 'x'.repeat(255)],
    [`${'x'.repeat(254)}📷`, 'x'.repeat(254)],
    ['ł\u0301.txt', 'ł\u0301.txt'],
  ])('%j is %j', async (written, name) => {
    const { postRaw } = await formApp(({ files }) => [files.f.filename ?? null])
    expect(await (await postRaw(file('f', written, 'x') + LAST)).json()).toEqual([name ?? null])
  })

  it.each([
    [`filename="plain.txt"; filename*=UTF-8''%C5%82%2F..%2Fna%20me.txt`, 'na me.txt'],
    [`filename*=utf-8'en'x.txt`, 'x.txt'],
    [`filename="plain.txt"; filename*=UTF-8''%FF`, 'plain.txt'],
    [`filename="plain.txt"; filename*=KOI8-R''x`, 'plain.txt'],
    ['filename=token.txt', 'token.txt'],
    ['filename="first"; filename="second"', 'first'],
    ['FILENAME = "spaced"', 'spaced'],
  ])('is parsed from %s', async (parameter, name) => {
    const { postRaw } = await formApp(({ files }) => [files.f.filename])
    const head = `Content-Disposition: form-data; name="f"; ${parameter}`
    expect(await (await postRaw(part(head, 'x') + LAST)).json()).toEqual([name])
  })
})

describe('a rejected form', () => {
  const detailOf = async (answer: Response) => [answer.status, ((await answer.json()) as Any).detail]

  it('has no boundary, or an invalid one', async () => {
    const { fetch } = await formApp(() => 1)
    for (const parameter of ['', '; boundary=', `; boundary=${'x'.repeat(71)}`]) {
      const headers = { 'content-type': `multipart/form-data${parameter}` }
      const answer = await fetch('/', { method: 'POST', headers, body: LAST })
      expect(await detailOf(answer)).toEqual([400, 'The Content-Type has no boundary of 1 to 70 characters'])
    }
  })

  it.each([
    ['cut short in a field', field('a', 'x').slice(0, -1)],
    ['cut short in a header', '--a-boundary\r\nContent-Dispo'],
    ['without its last delimiter', field('a', 'x') + file('f', 'f', 'x')],
    ['cut short in the last delimiter', field('a', 'x') + LAST.slice(0, -3)],
    ['of another boundary', '--other\r\n\r\n\r\n--other--\r\n'],
    ['nothing of the kind', 'hello'],
  ])('is %s: 400', async (_what, content) => {
    const { postRaw, spooled } = await formApp(() => 1, { memoryBytes: 0 })
    expect(await detailOf(await postRaw(content))).toEqual([400, 'The content ends early'])
    expect(spooled()).toEqual([])
  })

  it.each([
    ['a part without a header', `--${BOUNDARY}\r\n\r\nx\r\n`],
    ['a part without a field’s name', part('Content-Disposition: form-data; filename="x"')],
    ['a name that is no parameter', part('Content-Disposition: form-data; nameX')],
    ['a part that is no form data', part('Content-Disposition: attachment; name="x"')],
    ['a part with a header that does not end', `--${BOUNDARY}\r\nContent-Disposition: form-data\r\n`],
    ['a field named __proto__', field('__proto__', 'x')],
    ['a file named __proto__', file('__proto__', 'x', 'x')],
    ['a long header', part(`X-Long: ${'x'.repeat(20_000)}\r\nContent-Disposition: form-data; name="a"`)],
    ['a very long header', part(`Content-Disposition: form-data; name="${'x'.repeat(99_000)}"`)],
    ['many header lines', part(`Content-Disposition: form-data; name="a"${'\r\nA: b'.repeat(64)}`)],
  ])('has %s: 400', async (_what, content) => {
    const { postRaw } = await formApp(() => 1)
    const answer = await postRaw(content + LAST)
    expect([answer.status, ((await answer.json()) as Any).detail]).toEqual([
      400,
      expect.stringMatching(/^(A part|The (form|header))/),
    ])
  })

  it.each([' ', '\t \t'])(
    'has spaces after a boundary (RFC 2046 §5.1.1): 400 that says so',
    async (padding) => {
      const { postRaw } = await formApp(({ fields }) => fields)
      const plain = field('a', 'x')
      const padded = plain.replace(`--${BOUNDARY}`, `--${BOUNDARY}${padding}`)
      expect(await detailOf(await postRaw(padded + LAST))).toEqual([
        400,
        'A part has no header fields that can be read: they begin on the line after the boundary, which has no spaces at its end',
      ])
      expect((await postRaw(plain + LAST.replace(/\r\n$/, `${padding}\r\n`))).status).toBe(200)
    },
  )

  it.each([
    ['parts', { maxParts: 2 }, 'The content has more than 2 parts'],
    ['fields', { maxFields: 1 }, 'The content has more than 1 fields'],
    ['files', { maxFiles: 0 }, 'The content has more than 0 files'],
    ['long a field', { maxFieldBytes: 3 }, "The field 'a' is longer than 3 bytes"],
    ['long a file', { maxFileBytes: 3 }, "The file 'f' is longer than 3 bytes"],
  ])('has too many or too %s: 413', async (_what, limits, detail) => {
    const { postRaw, spooled } = await formApp(() => 1, { memoryBytes: 0, ...limits })
    const answer = await postRaw(`${field('b', '1')}${file('f', 'f', '1234')}${field('a', '1234')}${LAST}`)
    expect(answer.headers.get('connection')).toBe('close')
    expect(await detailOf(answer)).toEqual([413, detail])
    expect(spooled()).toEqual([])
  })

  it('has ten thousand parts: 413', async () => {
    const { postRaw } = await formApp(() => 1)
    const answer = await postRaw(field('a', '').repeat(10_000) + LAST)
    expect(await detailOf(answer)).toEqual([413, 'The content has more than 1000 parts'])
  })

  it('is removed with its files when the handler throws', async () => {
    let during: string[] = []
    const { post, spooled } = await formApp(
      () => {
        during = spooled()
        throw new Error('no')
      },
      { memoryBytes: 0 },
    )
    const answer = await post(formOf(['a', new Blob(['1']), 'a'], ['a', new Blob(['2']), 'b']))
    expect([answer.status, during.length]).toEqual([500, 2])
    await until(() => spooled().length === 0)
  })
})

describe('temporary files', () => {
  it('have mode 0600 and random names, and are removed after the response', async () => {
    let modes: number[] = []
    const { post, directory, spooled } = await formApp(
      async ({ files }) => {
        modes = spooled().map((name) => statSync(join(directory, name)).mode & 0o777)
        return [files.small.size, (await files.large.bytes()).equals(bytesOf(200_000)), spooled()]
      },
      { memoryBytes: 10 },
    )
    const form = formOf(['small', new Blob(['1']), 's'], ['large', new Blob([bytesOf(200_000)]), 'l'])
    const [small, isSame, names] = (await (await post(form)).json()) as Any
    expect([small, isSame, modes]).toEqual([1, true, [0o600]])
    expect(names).toEqual([expect.stringMatching(/^mazurka-[0-9a-f-]{36}$/)])
    await until(() => spooled().length === 0)
  })

  it('are removed when the client disconnects before the handler runs', async () => {
    let runs = 0
    const { port, spooled, post } = await formApp(() => ++runs, { memoryBytes: 100 })
    const socket = connect(port, '127.0.0.1', () => socket.write(HALF))
    await until(() => spooled().length === 1)
    socket.destroy()
    await until(() => spooled().length === 0)
    expect(await (await post(formOf(['a', 'b']))).json()).toBe(1)
  })

  it('are removed when the client disconnects while the handler runs', async () => {
    let isAtWork = false
    const { port, spooled } = await formApp(
      async () => {
        isAtWork = true
        await until(() => spooled().length === 0)
      },
      { memoryBytes: 0 },
    )
    const content = file('a', 'a', 'abc') + LAST
    const socket = connect(port, '127.0.0.1', () => socket.write(headOf(content.length) + content))
    await until(() => isAtWork)
    expect(spooled()).toHaveLength(1)
    socket.destroy()
    await until(() => spooled().length === 0)
  })

  it('are kept when they are saved', async () => {
    const target = folder()
    const { post, spooled } = await formApp(
      async ({ files }) => {
        await files.f.saveTo(join(target, 'kept'))
        return files.f.text()
      },
      { memoryBytes: 0 },
    )
    expect(await (await post(formOf(['f', new Blob(['content']), 'x']))).json()).toBe('content')
    expect(spooled()).toEqual([])
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(readFileSync(join(target, 'kept'), 'utf8')).toBe('content')
  })

  it('can be sent as the response', async () => {
    const { post, spooled } = await formApp(({ files }, response) => {
      response.setHeader('content-type', 'application/octet-stream')
      files.f.stream().pipe(response)
    })
    const answer = await post(formOf(['f', new Blob([bytesOf(5 * MB)]), 'x']))
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytesOf(5 * MB))).toBe(true)
    await until(() => spooled().length === 0)
  })

  it('are a 500 without the directory', async () => {
    const { post } = await formApp(() => 1, { memoryBytes: 0, directory: '/nonexistent/folder' })
    expect((await post(formOf(['f', new Blob(['1']), 'x']))).status).toBe(500)
  })
})

describe('an endpoint with the option files', () => {
  const photo = { maxBytes: 10, types: ['image/*', 'application/pdf'] }
  const files = { photo, pages: { multiple: true } }
  const png = (content: string) => new Blob([content], { type: 'image/png' })

  it('gets these files only, as a list with multiple', async () => {
    const { post, spooled } = await formApp(({ files }) => files, { files, memoryBytes: 0 })
    const form = formOf(['photo', png('1'), 'a'], ['pages', png('1'), 'b'], ['other', png('1'), 'c'])
    expect(await (await post(form)).json()).toEqual({
      photo: expect.objectContaining({ type: 'image/png' }),
      pages: [expect.objectContaining({ filename: 'b' })],
    })
    await until(() => spooled().length === 0)
  })

  it('has no rules for names of Object.prototype', async () => {
    const { post } = await formApp(({ files }) => files, { files })
    expect(await (await post(formOf(['toString', png('1'), 'a']))).json()).toEqual({})
  })

  it('rejects a file over the limit: 413', async () => {
    const { post } = await formApp(() => 1, { files })
    const answer = await post(formOf(['photo', png('12345678901'), 'a']))
    const detail = "The file 'photo' is longer than 10 bytes"
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({
      detail,
      maxBytes: 10,
      errors: [{ detail, pointer: '#/photo' }],
    })
  })

  it('rejects another type: 415 with the supported types', async () => {
    const { post } = await formApp(() => 1, { files })
    const range = await post(formOf(['photo', new Blob(['x'], { type: 'image/*' }), 'a']))
    expect(range.status).toBe(415)
    const answer = await post(formOf(['photo', new Blob(['x'], { type: 'text/html' }), 'a']))
    expect(answer.status).toBe(415)
    expect(await answer.json()).toMatchObject({
      detail: "Supported media types of the file 'photo': image/*, application/pdf",
      types: ['image/*', 'application/pdf'],
      errors: [{ pointer: '#/photo' }],
    })
  })

  it('rejects a second file without multiple: 422', async () => {
    const { post, spooled } = await formApp(() => 1, { files, memoryBytes: 0 })
    const answer = await post(formOf(['photo', png('1'), 'a'], ['photo', png('2'), 'b']))
    expect(answer.status).toBe(422)
    expect(((await answer.json()) as Any).errors).toEqual([
      { detail: 'More than one file', pointer: '#/photo' },
    ])
    expect(spooled()).toEqual([])
  })

  it('accepts an empty file input', async () => {
    const { post } = await formApp(({ files }) => files, { files })
    const form = formOf(['photo', new Blob([]), ''], ['photo', png('1'), 'a'])
    expect(await (await post(form)).json()).toMatchObject({ photo: { filename: 'a' } })
  })

  it('responds to a long rejected form, and the connection stays usable', async () => {
    const { post } = await formApp(() => 1, { files })
    const form = formOf(
      ['photo', new Blob(['x'], { type: 'text/html' }), 'a'],
      ['b', new Blob([bytesOf(5 * MB)])],
    )
    expect((await post(form)).status).toBe(415)
    expect((await post(formOf(['a', 'b']))).status).toBe(200)
  })
})

describe('files that are streamed', () => {
  const files = { stream: true } as const
  const raw = `${field('a', '1')}${file('f', 'one', 'first')}${field('b', '2')}${file('g', 'two', 'second')}${field('a', '3')}${LAST}`

  it('are read one after the other while they arrive, with the fields between them', async () => {
    const { postRaw } = await formApp(
      async ({ fields, files }) => {
        const seen: unknown[] = [{ ...fields }]
        for await (const part of files as AsyncIterable<FilePart>) {
          seen.push([part.field, part.filename, part.type, (await part.toArray()).join('')])
        }
        return [...seen, fields]
      },
      { files },
    )
    expect(await (await postRaw(raw)).json()).toEqual([
      { a: '1' },
      ['f', 'one', 'application/octet-stream', 'first'],
      ['g', 'two', 'application/octet-stream', 'second'],
      { a: ['1', '3'], b: '2' },
    ])
  })

  it('are skipped when they are not read', async () => {
    const { postRaw, post } = await formApp(
      async ({ fields, files }) => {
        const names: string[] = []
        for await (const part of files as AsyncIterable<FilePart>) {
          names.push(part.field)
          if (part.field === 'half') for await (const _ of part) break
        }
        return [names, fields]
      },
      { files },
    )
    expect(await (await postRaw(raw)).json()).toEqual([['f', 'g'], { a: ['1', '3'], b: '2' }])
    const long = new Blob([bytesOf(3 * MB)])
    const form = formOf(['long', long], ['half', long], ['last', long], ['a', '1'])
    expect(await (await post(form)).json()).toEqual([['long', 'half', 'last'], { a: '1' }])
  })

  it('fail when the next one is requested before their end', async () => {
    const { post } = await formApp(
      async ({ files }) => {
        const parts: FilePart[] = []
        for await (const part of files) parts.push(part)
        return Promise.all(parts.map((part) => lengthOf(part).catch((error: Error) => error.message)))
      },
      { files },
    )
    const answer = await post(formOf(['a', new Blob([bytesOf(MB)])], ['b', new Blob([bytesOf(MB)])]))
    expect(await answer.json()).toEqual(['The next file was requested', 'The next file was requested'])
  })

  it('are discarded when the handler stops or never starts, and the connection stays usable', async () => {
    const { post } = await formApp(
      async ({ fields, files }) => {
        if (fields.how === 'never') return 'never'
        for await (const part of files) {
          if (fields.how === 'throw') throw new Error('enough')
          if (fields.how === 'inside') for await (const _ of part) return 'inside'
          break
        }
        return 'stopped'
      },
      { files },
    )
    for (let round = 0; round < 3; round++) {
      for (const how of ['never', 'inside', 'stop', 'throw']) {
        const form = formOf(['how', how], ['f', new Blob([bytesOf(3 * MB)])], ['g', new Blob(['x'])])
        const answer = await post(form)
        expect([how, answer.status]).toEqual([how, how === 'throw' ? 500 : 200])
        await answer.text()
      }
    }
  })

  it('over a limit, of another type, or malformed make the iteration throw', async () => {
    const { post, postRaw } = await formApp(
      async ({ files }) => {
        for await (const part of files) await lengthOf(part)
        return 'read'
      },
      { files: { stream: true, maxBytes: 100, types: ['text/plain', 'application/octet-stream'] } },
    )
    const long = new Blob([bytesOf(101)])
    const html = new Blob(['x'], { type: 'text/html' })
    const statusOf = async (form: FormData) => (await post(form)).status
    expect(await statusOf(formOf(['f', long]))).toBe(413)
    expect(await statusOf(formOf(['f', html]))).toBe(415)
    expect(await statusOf(formOf(['a', new Blob(['1'])], ['f', html]))).toBe(415)
    expect(await statusOf(formOf(['a', new Blob([bytesOf(100)])]))).toBe(200)
    expect((await postRaw(file('f', 'f', 'half').slice(0, -2))).status).toBe(400)
    expect((await postRaw(file('f', 'f', 'x') + field('__proto__', 'x') + LAST)).status).toBe(400)
  })

  it('are read with backpressure', async () => {
    let part: FilePart | undefined
    let isGo = false
    const { port } = await formApp(
      async ({ files }) => {
        for await (part of files as AsyncIterable<FilePart>) {
          await part[Symbol.asyncIterator]().next()
          await until(() => isGo)
        }
      },
      { files, maxFileBytes: Number.POSITIVE_INFINITY },
    )
    const socket = connect(port, '127.0.0.1')
    const total = 256 * MB
    socket.write(headOf(total) + file('f', 'f', '').slice(0, -2))
    const source = Readable.from(
      (function* () {
        for (let sent = 0; sent < total; sent += MB) yield bytesOf(MB)
      })(),
    )
    socket.on('error', () => {})
    source.pipe(socket)
    await until(() => part !== undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(socket.bytesWritten).toBeLessThan(64 * MB)
    expect(part?.readableLength).toBeLessThan(256 * KB)
    socket.destroy()
    isGo = true
    await until(() => part?.destroyed === true)
  })

  it('fail when the client disconnects, without hanging', async () => {
    const errors: unknown[] = []
    const { port } = await formApp(
      async ({ files }) => {
        try {
          for await (const part of files) {
            await lengthOf(part).catch((error) => errors.push(error.message))
          }
        } catch (error) {
          errors.push((error as Error).message)
        }
      },
      { files },
    )
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(HALF, () => setTimeout(() => socket.destroy(), 30)),
    )
    await until(() => errors.length === 2)
    expect(errors).toEqual(['The content ends early', 'The content ends early'])
  })
})

describe('a form of 300 MB', () => {
  it('is written to disk in constant memory', async () => {
    const total = 300 * MB
    const directory = folder()
    const server = join(import.meta.dirname, '../../support/upload-server.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', server, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill())
    const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)))
    const chunk = bytesOf(64 * KB)
    const body = function* () {
      yield Buffer.from(file('f', 'f', '').slice(0, -2))
      for (let sent = 0; sent < total; sent += chunk.length) yield chunk
      yield Buffer.from(`\r\n${LAST}`)
    }
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      body: Readable.from(body()),
      duplex: 'half',
    } as unknown as RequestInit)
    const { size, grownBytes } = (await answer.json()) as { size: number; grownBytes: number }
    expect(size).toBe(total)
    expect(grownBytes).toBeLessThan(100 * MB)
    expect(readdirSync(directory)).toEqual([])
  })
})

describe('multipart()', () => {
  it.each([
    { maxFiles: -1 },
    { maxFields: 1.5 },
    { maxFileBytes: Number.NaN },
    { memoryBytes: '1' },
    { directory: '' },
    { maxFile: 1 },
  ])('rejects %j', (options) => {
    expect(() => multipart(options as never)).toThrow(TypeError)
    expect(() => multipart(options as never)).toThrow(Object.keys(options)[0])
  })
})
