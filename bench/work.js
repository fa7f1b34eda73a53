/** Shared by all servers: the rows, the CSV options, the check by hand, the problem document. */
import { hash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'

export const JSON_TYPE = 'application/json'
export const CSV_TYPE = 'text/csv'
export const PROBLEM_TYPE = 'application/problem+json'
/** Media types of `GET /readings`, in the server's order of preference. */
export const TYPES = [JSON_TYPE, CSV_TYPE]

/** The origin whose pages may read the responses of job f. */
export const ORIGIN = 'https://shop.example'

export const MAX_BODY_BYTES = 1_048_576

const STATIONS = ['Abisko', 'Kiruna', 'Uppsala', 'Visby', 'Falsterbo', 'Sveg', 'Haparanda']

/** A row of about 88 bytes as CSV. */
export function readingAt(id) {
  return {
    id,
    station: STATIONS[id % STATIONS.length],
    at: '2026-11-24T12:00:00.000Z',
    celsius: (id % 700) / 10 - 35,
    humidity: id % 101,
    pressure: 980 + (id % 600) / 10,
    wind: 'north by north-west',
    note: 'calibrated',
  }
}

export const readings = Array.from({ length: 100 }, (_, index) => readingAt(index + 1))
/** The rows of the paginated endpoint. */
export const table = Array.from({ length: 1000 }, (_, index) => readingAt(index + 1))
export const COLUMNS = Object.keys(readings[0])

/** Options of csv-stringify in all servers. RFC 4180 ends lines with CRLF. */
export const CSV_OPTIONS = { header: true, columns: COLUMNS, record_delimiter: 'windows' }

/** Validates the content of `POST /readings`. @returns a new reading; undefined when the content is invalid. */
export function readingOf(content) {
  if (typeof content !== 'object' || content === null) return undefined
  const { station, at, celsius } = content
  if (typeof station !== 'string' || station === '' || station.length > 100) return undefined
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(at)) return undefined
  if (typeof celsius !== 'number' || celsius < -100 || celsius > 100) return undefined
  return { id: 101, station, at, celsius }
}

/** The fields X-Pagination and Link of a page, for servers that write them by hand. */
export function pageFields(page, size, total, path) {
  const last = Math.ceil(total / size)
  const metadata = { total, total_pages: last, first_page: 1, last_page: last, page }
  const links = [[1, 'first']]
  if (page > 1) {
    metadata.previous_page = page - 1
    links.push([page - 1, 'prev'])
  }
  if (page < last) {
    metadata.next_page = page + 1
    links.push([page + 1, 'next'])
  }
  links.push([last, 'last'])
  const link = links.map(([number, rel]) => `<${path}?page=${number}&page_size=${size}>; rel="${rel}"`)
  return { 'X-Pagination': JSON.stringify(metadata), Link: link.join(', ') }
}

/** The state of `GET /states/:id`. @throws {HttpError} 404. */
export function stateOf(id) {
  const state = table[Number(id) - 1]
  if (!state) throw new HttpError(404, 'No such reading')
  return state
}

/** The hash for an ETag, for servers that make it by hand. */
export function hashOf(text) {
  return hash('sha256', text, 'base64url')
}

/** Parses `?page=2&page_size=100`. @returns undefined when a number is missing, or out of range. */
export function pageOf(query) {
  const [page, size] = [Number(query.page ?? 1), Number(query.page_size ?? 100)]
  const isPage = Number.isInteger(page) && Number.isInteger(size) && page >= 1 && size >= 1 && size <= 100
  return isPage ? { page, size } : undefined
}

/** Error with a status, for servers that have no class of their own for it. */
export class HttpError extends Error {
  constructor(status, detail) {
    super(detail)
    this.status = status
    this.statusCode = status // where restify looks
  }
}

/** A problem document (RFC 9457). */
export function problemOf(status, detail) {
  return { type: 'about:blank', title: STATUS_CODES[status], status, detail }
}

/** Converts any error to a problem document; the message of a 5xx is left out. */
export function problemFrom(error) {
  const status = error.status ?? error.statusCode ?? 500
  return problemOf(status, status < 500 ? error.message : undefined)
}
