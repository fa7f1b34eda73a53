/** Example of a problem document for each status: title, detail and members that the framework sends. */
import { LOCATION_NAMES } from '../../arguments/parameter-location.ts'
import type { Endpoint } from '../../blueprint/endpoint.ts'
import { type ErrorItem, type Problem, type ProblemMembers, problemOf } from '../../http/problem.ts'
import { requestTypes } from './request-body.ts'

/** Detail and members of the framework's own errors; undefined for a status of handlers only. */
type Describe = (endpoint: Endpoint) => readonly [detail?: string, members?: ProblemMembers]

const DESCRIPTIONS: Readonly<Record<number, Describe>> = {
  400: (endpoint) => [
    requestTypes(endpoint).length > 0 ? 'The content ends early' : 'Malformed percent-encoding in the path',
  ],
  406: ({ outgoing }) => {
    const acceptable = outgoing?.offers.map(({ contentType }) => contentType) ?? []
    return [outgoing?.refusal() ?? 'No media type is available', { acceptable }]
  },
  412: () => ['The resource has changed since it was read: read it again before changing it'],
  415: ({ incoming }) => [
    incoming?.refusal() ?? 'No content is supported',
    { supported: incoming?.types ?? [] },
  ],
  422: (endpoint) => ['1 validation error', { errors: [errorItemOf(endpoint)] }],
  428: () => ['If-Match is required: send the ETag of the state that was read'],
}

/** The problem document of a status; for undefined, of an error that a handler throws. */
export function exampleOf(endpoint: Endpoint, status: number | undefined): Problem {
  return problemOf(status ?? 403, ...describedError(endpoint, status))
}

/** The detail and the members of the example of a status. */
export function describedError(endpoint: Endpoint, status: number | undefined): ReturnType<Describe> {
  return (status !== undefined && DESCRIPTIONS[status]?.(endpoint)) || []
}

/** With `page` for the page parameters of the query. */
const PARAMETER_LOCATIONS: Readonly<Record<string, string>> = { ...LOCATION_NAMES, page: 'query' }

/** An error in the content, or in the first location of parameters that is validated. */
function errorItemOf({ arguments: readers = [] }: Endpoint): ErrorItem {
  const detail = 'The value is not valid here'
  const locations = readers.map(({ location }) => location)
  const [parameters] = locations.flatMap((location) => PARAMETER_LOCATIONS[location] ?? [])
  const isContent = parameters === undefined || locations.includes('body') || locations.includes('files')
  return isContent ? { detail, pointer: '#' } : { detail, in: parameters }
}
