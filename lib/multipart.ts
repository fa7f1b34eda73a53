/**
 * `multipart/form-data`: fields and files. Needs the package `@fastify/busboy`.
 *
 * @module mazurka/multipart
 */
export type { UploadedFiles } from './parsers/multipart/collected-files.ts'
export type { FilePart } from './parsers/multipart/file-part.ts'
export type { FileRule, FilesOption, StreamedFiles } from './parsers/multipart/files-option.ts'
export {
  type MultipartContent,
  type MultipartOptions,
  multipart,
  type StreamedContent,
} from './parsers/multipart/multipart.ts'
export { UploadedFile } from './parsers/multipart/uploaded-file.ts'
