/** What an endpoint says of the files it takes. */
import type { FilePart } from './file-part.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** Of one file field. */
export interface FileRule {
  /** Bytes of one file. Default: what `multipart()` was told, else the blueprint's `limits.maxFileBytes`. */
  readonly maxBytes?: number
  /** Media types and ranges such as `image/*`. Default any. */
  readonly types?: readonly string[]
  /** Whether it may repeat; the handler then gets a list in any case. Default false. */
  readonly multiple?: boolean
  /** Whether it must be there. Default false. */
  readonly required?: boolean
}

/** Files are handed over while they arrive. */
export interface StreamedFiles {
  readonly stream: true
  /** Bytes of one file. Default: what `multipart()` was told, else the blueprint's `limits.maxFileBytes`. */
  readonly maxBytes?: number
  /** Media types and ranges such as `image/*`, for every file. Default any. */
  readonly types?: readonly string[]
}

/** A rule for each file field, others are left out; or all of them as streams. */
export type FilesOption = { readonly [field: string]: FileRule } | StreamedFiles

/** How many files a parser takes, and how long each may be where the endpoint does not say. */
export interface FileLimits {
  readonly maxFiles?: number | undefined
  readonly maxFileBytes?: number | undefined
}

/** Bytes of one file where nobody says: 10 MiB. */
export const MAX_FILE_BYTES = 10_485_760
/** Of a form where nobody says. */
export const MAX_FILES = 20

/** The files a handler gets for what it said of them. */
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

/** Whether the handler takes the files while they arrive. A file field may be named `stream` all the same. */
export function isStreaming(option: FilesOption | undefined): option is StreamedFiles {
  return option?.stream === true
}
