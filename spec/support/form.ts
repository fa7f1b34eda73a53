/** Blueprints that take forms, and forms as no polite client writes them. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { RestBlueprint } from '../../lib/index.ts'
import {
  type FilePart,
  type FilesOption,
  type MultipartContent,
  type MultipartOptions,
  multipart,
} from '../../lib/multipart.ts'
import { quiet } from './logger.ts'
import { polka } from './polka.ts'
import { serve } from './server.ts'

export const BOUNDARY = 'a-boundary'

/** What a handler gets; both modes, because a spec knows which one it has declared. */
// biome-ignore lint/suspicious/noExplicitAny: as handlers get it that declare nothing
export type AnyForm = MultipartContent<any>
type FormHandler = (form: AnyForm, response: ServerResponse) => unknown

/** Serves `POST /` with a parser of its own, and a folder of its own for what it spools. */
export async function takingForms(
  handler: FormHandler,
  { files, ...options }: MultipartOptions & { files?: FilesOption } = {},
) {
  const directory = folder()
  const api = new RestBlueprint('api', { logger: quiet(), limits: { maxBodyBytes: 2 ** 31 } })
  api.contentParser.parses('multipart/form-data', multipart({ directory, ...options }))
  const declared = files ? { files } : { incoming: ['multipart/form-data'] }
  api.post('/', declared as object, (request, response) => {
    const { body, files: taken } = request as unknown as { body: unknown; files: unknown }
    return handler((files ? { fields: body, files: taken } : body) as AnyForm, response)
  })
  const app = polka()
  api.register(app)
  const served = await serve(app)
  const post = (body: FormData) => served.fetch('/', { method: 'POST', body })
  const postRaw = (body: string, boundary = BOUNDARY) =>
    served.fetch('/', {
      method: 'POST',
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: Buffer.from(body),
    })
  return { ...served, post, postRaw, directory, spooled: () => readdirSync(directory) }
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

/** The beginning of a request whose content is longer than what follows. */
export function headOf(length: number): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${length}\r\n\r\n`
}

/** Bytes that are the same in every run and contain no delimiter. */
export function bytesOf(length: number): Buffer {
  return Buffer.alloc(length, 'abcdefghijklmnopqrstuvwxyz\r\n--')
}

/** Waits until something is so; the spec's own time limit ends it. */
export async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** How long a part is. */
export async function lengthOf(part: FilePart): Promise<number> {
  let length = 0
  for await (const chunk of part) length += (chunk as Buffer).length
  return length
}
