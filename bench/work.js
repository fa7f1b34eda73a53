/** What every server shares: the rows, the CSV options, the hand check, the problem document. */
import { STATUS_CODES } from 'node:http'

export const JSON_TYPE = 'application/json'
export const CSV_TYPE = 'text/csv'
export const PROBLEM_TYPE = 'application/problem+json'
/** What `GET /readings` can answer, in the server's order of preference. */
export const TYPES = [JSON_TYPE, CSV_TYPE]

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
export const COLUMNS = Object.keys(readings[0])

/** For csv-stringify, everywhere: RFC 4180 ends its lines with CRLF. */
export const CSV_OPTIONS = { header: true, columns: COLUMNS, record_delimiter: 'windows' }

/** The content of `POST /readings` as a new reading; undefined when it is none. */
export function readingOf(content) {
  if (typeof content !== 'object' || content === null) return undefined
  const { station, at, celsius } = content
  if (typeof station !== 'string' || station === '' || station.length > 100) return undefined
  if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(at)) return undefined
  if (typeof celsius !== 'number' || celsius < -100 || celsius > 100) return undefined
  return { id: 101, station, at, celsius }
}

/** For servers that have no error of their own. */
export class HttpError extends Error {
  constructor(status, detail) {
    super(detail)
    this.status = status
  }
}

/** RFC 9457. */
export function problemOf(status, detail) {
  return { type: 'about:blank', title: STATUS_CODES[status], status, detail }
}

/** Any error as a problem; what is no client's fault keeps its message to itself. */
export function problemFrom(error) {
  const status = error.status ?? error.statusCode ?? 500
  return problemOf(status, status < 500 ? error.message : undefined)
}
