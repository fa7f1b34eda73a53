/** The endpoint option `files`: rules for uploaded files. */
import type { FilePart } from './file-part.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** Rule for one file field. */
export interface FileRule {
  /** Bytes of one file. Default: the option of `multipart()`, then `limits.maxFileBytes` of the blueprint. */
  readonly maxBytes?: number
  /** Media types and ranges such as `image/*`. Default any. */
  readonly types?: readonly string[]
  /** Whether the field may repeat; the handler then always gets a list. Default false. */
  readonly multiple?: boolean
  /** Whether a file is required. Default false. */
  readonly required?: boolean
}

/** The handler gets the files as streams. */
export interface StreamedFiles {
  readonly stream: true
  /** Bytes of one file. Default: the option of `multipart()`, then `limits.maxFileBytes` of the blueprint. */
  readonly maxBytes?: number
  /** Media types and ranges such as `image/*`, for every file. Default any. */
  readonly types?: readonly string[]
}

/** A rule for each file field, other files are discarded; or all files as streams. */
export type FilesOption = { readonly [field: string]: FileRule } | StreamedFiles

/** Default limits of a parser on the number of files and their length. */
export interface FileLimits {
  readonly maxFiles?: number | undefined
  readonly maxFileBytes?: number | undefined
}

/** Default limit of one file in bytes: 10 MiB. */
export const MAX_FILE_BYTES = 10_485_760
/** Default limit of files per form. */
export const MAX_FILES = 20

/** The type of `files` in the handler, by the option. */
export type FilesOf<F> = F extends { readonly stream: true }
  ? AsyncIterable<FilePart>
  : {
      readonly [K in keyof F]: F[K] extends { readonly multiple: true }
        ? F[K] extends { readonly required: true }
          ? UploadedFile[]
          : UploadedFile[] | undefined
        : F[K] extends { readonly required: true }
          ? UploadedFile
          : UploadedFile | undefined
    }

/** Whether the handler gets the files as streams. A file field may still be named `stream`. */
export function isStreaming(option: FilesOption | undefined): option is StreamedFiles {
  return option?.stream === true
}
