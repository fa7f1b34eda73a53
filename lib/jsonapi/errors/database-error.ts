/**
 * Errors of the database as responses: by their code, whatever the driver.
 *
 *     duplicate key value violates unique constraint "person_email_key"
 *     →  409, 'Another resource has the same value', pointer /data/attributes/email
 *
 * Neither SQL nor a text of the driver reaches a client: the error itself is the cause, for the log.
 */
import { exceptionOf } from '../../exceptions/abort.ts'
import { type ExceptionMembers, HttpException } from '../../exceptions/http-exception.ts'
import { asConversion } from '../../exceptions/wrap.ts'
import { fragmentOf, parsePointer } from '../../json/json-pointer.ts'
import { type Failure, failureOf } from './database-codes.ts'
import { columnsOf, type NamingError } from './error-columns.ts'

interface Answer {
  readonly status: number
  readonly detail: string
  readonly retryAfterSeconds?: number
}

const ANSWERS: Readonly<Record<Failure, Answer>> = {
  unique: { status: 409, detail: 'Another resource has the same value' },
  'foreign-key': { status: 409, detail: 'A related resource does not exist, or still needs this one' },
  'not-null': { status: 400, detail: 'A value is missing: null is not allowed' },
  check: { status: 422, detail: 'A value is not allowed' },
  'too-long': { status: 422, detail: 'A value is too long' },
  'out-of-range': { status: 422, detail: 'A value is out of range' },
  'invalid-value': { status: 400, detail: 'A value does not have the type of its field' },
  denied: { status: 403, detail: 'The database does not allow this change' },
  busy: { status: 503, detail: 'Other requests are changing the same data: try again', retryAfterSeconds: 1 },
  unavailable: { status: 503, detail: 'The data are not available at the moment', retryAfterSeconds: 5 },
}

/** The members of a request document that have the values of columns. */
export interface ColumnPlaces {
  /** The pointer to the values of columns; undefined without one, and for several. */
  readonly pointerOf: (columns: readonly string[]) => string | undefined
  readonly columnsOfKey: (key: string) => readonly string[]
}

const NO_PLACES: ColumnPlaces = { pointerOf: () => undefined, columnsOfKey: () => [] }

/**
 * The exception of a database error; undefined for any other error, whose response is a 500.
 *
 * @param places the members of the request document that have the values of columns; given for changes of the API's own rows alone:
 * to other statements, those of processors among them, a right that is missing is an error of the server.
 * @param parameterOf the query parameter of a read that has caused a failure.
 */
export function databaseError(
  error: unknown,
  places = NO_PLACES,
  parameterOf: (failure: Failure) => string | undefined = () => undefined,
): HttpException | undefined {
  if (error instanceof HttpException) return undefined // its cause may be an error of the database
  for (const one of errorsIn(error)) {
    const failure = failureOf(one)
    if (!failure || (failure === 'denied' && places === NO_PLACES)) continue
    const pointer = places.pointerOf(columnsOf(failure, one, places.columnsOfKey))
    return exceptionFor(failure, error, pointer, parameterOf(failure))
  }
  return undefined
}

/** Whether the database has refused to compare a column with a value that it cannot have. */
export function isImpossibleValue(error: unknown): boolean {
  const code: Failure = 'invalid-value'
  return databaseError(error)?.members.code === code
}

function exceptionFor(
  failure: Failure,
  cause: unknown,
  pointer: string | undefined,
  parameter: string | undefined,
): HttpException {
  const { status, detail, retryAfterSeconds } = ANSWERS[failure]
  const members: ExceptionMembers = {
    code: failure,
    cause,
    ...(retryAfterSeconds && { headers: { 'retry-after': String(retryAfterSeconds) } }),
    ...(pointer !== undefined && {
      errors: [{ detail, pointer: fragmentOf(parsePointer(pointer) ?? []) }],
    }),
    ...(parameter !== undefined && { errors: [{ detail, in: 'query', parameter }] }),
  }
  return asConversion(exceptionOf(status, detail, members))
}

interface DatabaseError extends NamingError {
  /** Errors of several attempts to connect. */
  readonly errors?: unknown
  readonly cause?: unknown
}

/** The error itself, then the errors that it wraps. A `TypeError` wraps those of fetch, which are not of the database. */
function errorsIn(error: unknown, depth = 0): DatabaseError[] {
  if (typeof error !== 'object' || error === null || error instanceof TypeError || depth > 5) return []
  const { errors, cause } = error as DatabaseError
  const inner = [...(Array.isArray(errors) ? errors : []), cause]
  return [error, ...inner.flatMap((one) => errorsIn(one, depth + 1))]
}
