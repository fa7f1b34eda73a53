/** The operations of a document, references followed. */
import { METHODS } from 'node:http'
import { type Found, Sampler } from './sample.ts'

export interface DocumentedOperation {
  /** Upper case. */
  readonly method: string
  /** `/pets/{id}` */
  readonly template: string
  /** `GET /pets/{id}` */
  readonly title: string
  readonly parameters: readonly Found[]
  /** Media Type Objects of the request by media type; empty when it has no content. */
  readonly contents: Readonly<Record<string, Found>>
  readonly isContentRequired: boolean
  /** By status, `default` among them. */
  readonly responses: Readonly<Record<string, Found>>
}

/** The operations whose method this version of Node.js supports. */
export function operationsOf(document: Found): DocumentedOperation[] {
  const sampler = new Sampler(document)
  const whole = (part: Found): Found => sampler.whole(part)
  return Object.entries<Found>(document.paths).flatMap(([template, item]) =>
    Object.entries<Found>(item).flatMap(([member, operation]) => {
      const method = member.replace(/^x-/, '').toUpperCase()
      if (!METHODS.includes(method)) return []
      const { parameters = [], requestBody, responses } = operation
      const entries = Object.entries(responses).map(([status, response]) => [status, whole(response)])
      return {
        method,
        template,
        title: `${method} ${template}`,
        parameters: parameters.map(whole),
        contents: requestBody?.content ?? {},
        isContentRequired: requestBody?.required ?? false,
        responses: Object.fromEntries(entries),
      }
    }),
  )
}

/** The statuses from 200 to 299. */
export function successesOf({ responses }: DocumentedOperation): number[] {
  return Object.keys(responses)
    .map(Number)
    .filter((status) => status >= 200 && status < 300)
}

/** The types of a status, or of all successes. */
export function typesOf(operation: DocumentedOperation, status?: number): string[] {
  const statuses = status === undefined ? successesOf(operation) : [status]
  return [...new Set(statuses.flatMap((known) => Object.keys(operation.responses[known]?.content ?? {})))]
}
