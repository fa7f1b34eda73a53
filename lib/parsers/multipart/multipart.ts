/**
 * multipart/form-data: fields, and files that are stored or streamed.
 *
 *     api.contentParser.parses('multipart/form-data', multipart())
 *
 * RFC 7578.
 */

import { tmpdir } from 'node:os'
import { BadRequest } from '../../exceptions/client-errors.ts'
import type { NamedValues } from '../../http/parameters.ts'
import { factory } from '../../registry/factory.ts'
import { checkOptions, given, type Keys } from '../../registry/options.ts'
import { MAX_BODY_BYTES } from '../content.ts'
import type { ParseContext, Parser } from '../parser.ts'
import { endReading, onceAnswered } from '../unread.ts'
import { CollectedFiles, type UploadedFiles } from './collected-files.ts'
import type { FilePart } from './file-part.ts'
import { FileStreams } from './file-streams.ts'
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

/** Limits on a form: whole numbers, and Infinity for no limit; and the place of temporary files. */
export interface MultipartOptions {
  /** Default 1,000. */
  readonly maxFields?: number
  /** Bytes of one field. Default 65,536. */
  readonly maxFieldBytes?: number
  /** Default 20. */
  readonly maxFiles?: number
  /** Bytes of one file, unless the endpoint sets it. Default: `limits.maxFileBytes` of the blueprint. */
  readonly maxFileBytes?: number
  /** Fields and files together. Default 1,000. */
  readonly maxParts?: number
  /** Longer files are written to a temporary file. Default 65,536. */
  readonly memoryBytes?: number
  /** Directory of temporary files. Default `os.tmpdir()`. */
  readonly directory?: string
}

export interface MultipartContent<Files = UploadedFiles> {
  /** A string per name, a list for a repeated name; without a prototype. */
  readonly fields: NamedValues
  readonly files: Files
}

/** `fields` has those before the first file; all of them after the iteration. */
export type StreamedContent = MultipartContent<AsyncIterable<FilePart>>

const DEFAULTS = {
  maxFields: 1000,
  maxFieldBytes: 65_536,
  maxFiles: MAX_FILES,
  maxFileBytes: MAX_FILE_BYTES,
  maxParts: 1000,
  memoryBytes: 65_536,
}

/** The options with their defaults. */
type MultipartSettings = Required<MultipartOptions>

/** The settings for one request. */
interface FormSettings extends MultipartSettings {
  /** Bytes of all fields together. */
  readonly maxFieldsBytes: number
}

/** RFC 2046 §5.1.1. */
const MAX_BOUNDARY_LENGTH = 70

/**
 * The fields and files of a form. Temporary files are removed when the response closes, unless they were saved.
 *
 * @throws {TypeError} at once, for an unknown option or an invalid value.
 * @throws {BadRequest} 400, for content that is malformed or incomplete, or has a field named `__proto__`.
 * @throws {ContentTooLarge} 413, for content over a limit.
 * @throws {UnsupportedMediaType} 415, for a file of an unsupported type.
 * @throws {UnprocessableContent} 422, for several files of a field that allows one.
 */
export const multipart = /* @__PURE__ */ factory(
  'multipart',
  (options: MultipartOptions = {}): Parser<MultipartContent | StreamedContent> & FileLimits => {
    const defaults = settingsOf(options)
    return {
      maxFiles: defaults.maxFiles,
      maxFileBytes: options.maxFileBytes,
      parse(content, context) {
        const option = (context.endpoint.options as { readonly files?: FilesOption }).files
        const { limits } = context
        const maxFileBytes = options.maxFileBytes ?? limits.maxFileBytes ?? MAX_FILE_BYTES
        // Without the option `files` the whole content is limited to maxBodyBytes already.
        const maxFieldsBytes = option ? (limits.maxBodyBytes ?? MAX_BODY_BYTES) : Number.POSITIVE_INFINITY
        const settings = { ...defaults, maxFileBytes, maxFieldsBytes }
        const events = partEvents(content, boundaryOf(context), settings)
        return isStreaming(option)
          ? stream(events, context, settings, option)
          : collect(events, context, settings, option)
      },
    }
  },
)

const KEYS: Keys<MultipartOptions> = {
  maxFields: 'count',
  maxFieldBytes: 'count',
  maxFiles: 'count',
  maxFileBytes: 'count',
  maxParts: 'count',
  memoryBytes: 'count',
  directory: 'string',
}

function settingsOf(options: MultipartOptions): MultipartSettings {
  checkOptions('multipart', options, KEYS)
  if (options.directory === '') throw new TypeError("multipart cannot have directory: ''")
  return { ...DEFAULTS, directory: tmpdir(), ...given(options) }
}

function boundaryOf({ parameters: { boundary = '' } }: ParseContext): string {
  if (boundary !== '' && boundary.length <= MAX_BOUNDARY_LENGTH) return boundary
  throw new BadRequest('The Content-Type has no boundary of 1 to 70 characters')
}

/** Whether a part is a JSON field: FormData gives each Blob a file name, `blob` unless the client sets another. */
function isJsonField({ type, filename, field }: PartHead, rules: object | undefined): boolean {
  return type === 'application/json' && filename === 'blob' && !(rules && Object.hasOwn(rules, field))
}

/** Reads the whole form before the handler runs. */
async function collect(
  events: AsyncGenerator<PartEvent>,
  context: ParseContext,
  settings: FormSettings,
  rules: Readonly<Record<string, FileRule>> | undefined,
): Promise<MultipartContent> {
  const fields = new FormFields(settings.maxFieldBytes, settings.maxFieldsBytes)
  const files = new CollectedFiles({ ...settings, maxBytes: settings.maxFileBytes }, rules)
  try {
    let sink = DISCARD
    for await (const event of events) {
      if (event instanceof PartHead)
        sink = event.isFile && !isJsonField(event, rules) ? files.open(event) : fields.open(event)
      else {
        const pending = event === END ? sink.close() : sink.write(event)
        if (pending) await pending
      }
    }
  } catch (error) {
    await files.discard()
    throw error
  }
  onceAnswered(context, () => void files.discard().catch(() => {}))
  return { fields: fields.values, files: files.values }
}

/** Reads the fields before the first file; the handler reads the rest. */
async function stream(
  events: AsyncGenerator<PartEvent, void, undefined>,
  context: ParseContext,
  settings: FormSettings,
  option: StreamedFiles,
): Promise<StreamedContent> {
  const fields = new FormFields(settings.maxFieldBytes, settings.maxFieldsBytes)
  const files = new FileStreams(events, fields, { maxBytes: settings.maxFileBytes, ...option })
  try {
    await files.seek()
  } catch (error) {
    files.stop()
    throw error
  }
  onceAnswered(context, () => {
    files.stop()
    if (!context.request.complete) endReading(context.request)
  })
  return { fields: fields.values, files }
}
