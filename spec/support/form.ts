/** Apps that accept forms, and multipart content written by hand. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type FilePart,
  type FilesOption,
  type MultipartContent,
  type MultipartOptions,
  multipart,
} from '../../lib/multipart.ts'
import { testApp } from './test-app.ts'

export const BOUNDARY = 'a-boundary'

/** The form a handler gets, in either mode: a spec knows which one it has declared. */
// biome-ignore lint/suspicious/noExplicitAny: the type without declared files
export type AnyForm = MultipartContent<any>
type FormHandler = (form: AnyForm, response: ServerResponse) => unknown

/** Serves `POST /` with a parser of its own, and a folder of its own for spooled files. */
export async function formApp(
  handler: FormHandler,
  { files, ...options }: MultipartOptions & { files?: FilesOption } = {},
) {
  const directory = folder()
  const app = await testApp(
    (api) => {
      api.contentParser.parses('multipart/form-data', multipart({ directory, ...options }))
      const declared = files ? { files } : { incoming: ['multipart/form-data'] }
      api.post('/', declared as object, (request, response) => {
        const { body, files: taken } = request as unknown as { body: unknown; files: unknown }
        return handler((files ? { fields: body, files: taken } : body) as AnyForm, response)
      })
    },
    { limits: { maxBodyBytes: 2 ** 31 } },
  )
  const post = (body: FormData) => app.fetch('/', { method: 'POST', body })
  const postRaw = (body: string, boundary = BOUNDARY) =>
    app.fetch('/', {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: Buffer.from(body),
    })
  return { ...app, post, postRaw, directory, spooled: () => readdirSync(directory) }
}

/** A folder that is removed when the spec ends. */
export function folder(parent: string = tmpdir()): string {
  const path = mkdtempSync(join(parent, 'mazurka-spec-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A part with these header lines. */
export function part(header: string, content = ''): string {
  return `--${BOUNDARY}\r\n${header}\r\n\r\n${content}\r\n`
}

export function field(name: string, value: string): string {
  return part(`Content-Disposition: form-data; name="${name}"`, value)
}

export function file(name: string, filename: string, content: string): string {
  return part(`Content-Disposition: form-data; name="${name}"; filename="${filename}"`, content)
}

export const LAST = `--${BOUNDARY}--\r\n`

/** The head of a request with this Content-Length. */
export function headOf(length: number): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${length}\r\n\r\n`
}

/** Bytes, the same in every run, without a delimiter among them. */
export function bytesOf(length: number): Buffer {
  return Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz\r\n--')
}

/** Waits for a condition; the time limit of the spec ends it. */
export async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The length of a part, in bytes. */
export async function lengthOf(part: FilePart): Promise<number> {
  let length = 0
  for await (const chunk of part) length += (chunk as Buffer).length
  return length
}
