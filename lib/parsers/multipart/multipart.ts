/**
 * multipart/form-data: fields, and files that are whole or still arriving.
 *
 *     api.contentParser.parses('multipart/form-data', multipart())
 *
 * RFC 7578.
 */
import { tmpdir } from 'node:os'
import { BadRequest } from '../../exceptions/client-errors.ts'
import type { NamedValues } from '../../http/parameters.ts'
import type { ParseContext, Parser } from '../parser.ts'
import { ArrivingFiles } from './arriving-files.ts'
import { CollectedFiles, type UploadedFiles } from './collected-files.ts'
import type { FilePart } from './file-part.ts'
import {
  type FileLimits,
  type FileRule,
  type FilesOption,
  isStreaming,
  MAX_FILE_BYTES,
  MAX_FILES,
  type StreamedFiles,
} from './files-option.ts'
import { DISCARD, FormFields } from './form-field.ts'
import { partEvents } from './part-event.ts'
import { PartHead } from './part-head.ts'
import { END, type PartEvent } from './part-scanner.ts'

/** What a client may send at the most, and where it is put. */
export interface MultipartOptions {
  /** Default 1,000. */
  readonly maxFields?: number
  /** Bytes of one field. Default 65,536. */
  readonly maxFieldBytes?: number
  /** Default 20. */
  readonly maxFiles?: number
  /** Bytes of one file, where the endpoint does not say. Default: the blueprint's `limits.maxFileBytes`. */
  readonly maxFileBytes?: number
  /** Fields and files together. Default 1,000. */
  readonly maxParts?: number
  /** A file that is longer goes to a temporary file. Default 65,536. */
  readonly memoryBytes?: number
  /** Of the temporary files. Default `os.tmpdir()`. */
  readonly directory?: string
}

export interface MultipartContent<Files = UploadedFiles> {
  /** A string each, a list where a name repeats; without a prototype. */
  readonly fields: NamedValues
  readonly files: Files
}

/** `fields` has what came before the first file; all, when the iteration is over. */
export type StreamedContent = MultipartContent<AsyncIterable<FilePart>>

const DEFAULTS = {
  maxFields: 1000,
  maxFieldBytes: 65_536,
  maxFiles: MAX_FILES,
  maxFileBytes: MAX_FILE_BYTES,
  maxParts: 1000,
  memoryBytes: 65_536,
}

type Told = Required<MultipartOptions>

interface Settings extends Told {
  /** Of all fields together. */
  readonly maxFieldsBytes: number
}

/** Where the blueprint says nothing of content. */
const MAX_FIELDS_BYTES = 1_048_576

/** RFC 2046 §5.1.1. */
const MAX_BOUNDARY_LENGTH = 70

/**
 * A form as its fields and files. Temporary files are gone when the response closes, unless they were saved.
 *
 * @throws {TypeError} at once, for an option that is none.
 * @throws {BadRequest} 400, for content that is malformed, ends early, or has a field named `__proto__`.
 * @throws {ContentTooLarge} 413, for what is over a limit.
 * @throws {UnsupportedMediaType} 415, for a file of a type that the endpoint does not take.
 * @throws {UnprocessableContent} 422, for several files where the endpoint takes one.
 */
export function multipart(
  options: MultipartOptions = {},
): Parser<MultipartContent | StreamedContent> & FileLimits {
  const told = settingsOf(options)
  return {
    maxFiles: told.maxFiles,
    maxFileBytes: options.maxFileBytes,
    parse(content, context) {
      const option = (context.endpoint.options as { readonly files?: FilesOption }).files
      const { limits } = context
      const maxFileBytes = options.maxFileBytes ?? limits.maxFileBytes ?? MAX_FILE_BYTES
      // Without files of its own the whole content is below the limit already.
      const maxFieldsBytes = option ? (limits.maxBodyBytes ?? MAX_FIELDS_BYTES) : Number.POSITIVE_INFINITY
      const settings = { ...told, maxFileBytes, maxFieldsBytes }
      const events = partEvents(content, boundaryOf(context), settings)
      return isStreaming(option)
        ? stream(events, context, settings, option)
        : collect(events, context, settings, option)
    },
  }
}

function settingsOf(options: MultipartOptions): Told {
  const settings = { ...DEFAULTS, directory: tmpdir(), ...options }
  for (const [name, value] of Object.entries(settings)) {
    const isRight =
      name === 'directory'
        ? typeof value === 'string' && value !== ''
        : Object.hasOwn(DEFAULTS, name) && (value === Number.POSITIVE_INFINITY || isCount(value))
    if (!isRight) throw new TypeError(`multipart cannot have ${name}: ${String(value)}`)
  }
  return settings
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function boundaryOf({ parameters: { boundary = '' } }: ParseContext): string {
  if (boundary !== '' && boundary.length <= MAX_BOUNDARY_LENGTH) return boundary
  throw new BadRequest('The Content-Type has no boundary of 1 to 70 characters')
}

/** All of it, before the handler begins. */
async function collect(
  events: AsyncGenerator<PartEvent>,
  context: ParseContext,
  settings: Settings,
  rules: Readonly<Record<string, FileRule>> | undefined,
): Promise<MultipartContent> {
  const fields = new FormFields(settings.maxFieldBytes, settings.maxFieldsBytes)
  const files = new CollectedFiles({ ...settings, maxBytes: settings.maxFileBytes }, rules)
  try {
    let sink = DISCARD
    for await (const event of events) {
      if (event instanceof PartHead) sink = event.isFile ? files.open(event) : fields.open(event)
      else if (event === END) await sink.close()
      else await sink.write(event)
    }
  } catch (error) {
    await files.discard()
    throw error
  }
  afterwards(context, () => void files.discard().catch(() => {}))
  return { fields: fields.values, files: files.values }
}

/** The fields before the first file; the rest as the handler asks for it. */
async function stream(
  events: AsyncGenerator<PartEvent, void, undefined>,
  context: ParseContext,
  settings: Settings,
  option: StreamedFiles,
): Promise<StreamedContent> {
  const fields = new FormFields(settings.maxFieldBytes, settings.maxFieldsBytes)
  const files = new ArrivingFiles(events, fields, { maxBytes: settings.maxFileBytes, ...option })
  try {
    await files.seek()
  } catch (error) {
    files.stop()
    throw error
  }
  afterwards(context, () => files.stop())
  return { fields: fields.values, files }
}

/** When the response was sent, or the client is gone: also when that has happened already. */
function afterwards({ request, response }: ParseContext, act: () => void): void {
  if (response.closed || request.socket.destroyed) act()
  else response.once('close', act)
}
