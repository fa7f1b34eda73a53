/**
 * `multipart/form-data`: fields and files. Needs the package `@fastify/busboy`.
 *
 * @module mazurka/multipart
 */
export type { UploadedFiles } from './parsers/collected-files.ts'
export type { FilePart } from './parsers/file-part.ts'
export type { FileRule, FilesOption, StreamedFiles } from './parsers/files-option.ts'
export {
  type MultipartContent,
  type MultipartOptions,
  multipart,
  type StreamedContent,
} from './parsers/multipart.ts'
export { UploadedFile } from './parsers/uploaded-file.ts'
