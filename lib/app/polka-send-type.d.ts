/** Types for @polka/send-type, which has none: the part that is used here. */
declare module '@polka/send-type' {
  import type { ServerResponse } from 'node:http'
  /** Writes whole content: status, fields, Content-Length, end. */
  export default function send(
    response: ServerResponse,
    status: number,
    content: string | Buffer,
    fields: Readonly<Record<string, string | string[]>>,
  ): void
}
