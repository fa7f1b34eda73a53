/**
 * Converts content to the current version, and data from it, neighbour by neighbour.
 *
 *     content of 1 → 2 → 3 (current)          data of 3 (current) → 2 → 1
 */
import { contentReader, finishReading, type Issues } from '../arguments/argument-reader.ts'
import type { ArgumentsEndpointOptions } from '../arguments/arguments.ts'
import type { Endpoint } from '../blueprint/endpoint.ts'
import { settle } from '../exceptions/settle.ts'
import { isAsync, isCollection, isLazy } from '../renderers/source.ts'
import { ValidatedRows } from '../renderers/validated-rows.ts'
import { ResponseValidators } from '../responses/response-validators.ts'
import type { ResponsesEndpointOptions } from '../responses/responses.ts'
import { schemaOf } from '../schema/schema.ts'
import type { Exchange } from '../walk/exchange.ts'
import type { HookRequest } from '../walk/hook.ts'
import type { Version, VersionSet } from './version-set.ts'
import { type DescribedTransform, describedOf, type Transform } from './versions-options.ts'

/** Converts the content or the data of an exchange by one version. */
export type Conversion = (exchange: Exchange) => void | Promise<void>

type Table = 'request' | 'response'

/** A version that has an entry for an endpoint, with that entry. */
interface Link extends DescribedTransform {
  readonly version: Version
}

/** The entries of an endpoint between a version and the current one; the version's first. */
export function linksOf(set: VersionSet, version: Version, table: Table, endpoint: string): readonly Link[] {
  return set.wayFrom(version).flatMap((one) => {
    const tables = one.declared[table]
    const entry = tables && Object.hasOwn(tables, endpoint) ? tables[endpoint] : undefined
    return entry === undefined ? [] : [{ ...describedOf(entry), version: one }]
  })
}

/** Runs conversions one after another. */
export function convert(
  exchange: Exchange,
  conversions: readonly Conversion[],
  from = 0,
): void | Promise<void> {
  for (let index = from; index < conversions.length; index++) {
    const pending = conversions[index]?.(exchange)
    if (pending) return pending.then(() => convert(exchange, conversions, index + 1))
  }
}

/** Validates the content of a version, and converts it to the next one. @throws {UnprocessableContent} 422. */
export function upgradeOf(endpoint: Endpoint, { version, schema, transform }: Link): Conversion {
  const { jsonSchema: hook, unknown } = endpoint.owner.settings
  const policy = (endpoint.options as ArgumentsEndpointOptions).unknown ?? unknown
  const where = `The request transform of '${endpoint.name}' in version '${version.name}'`
  const read = schema && contentReader({ schema: schemaOf(schema, where), policy, hook })
  return (exchange) => {
    const request = exchange.request as HookRequest & { body?: unknown }
    const apply = (issues: Issues): void | Promise<void> => {
      finishReading(exchange, issues)
      if (!transform) return undefined
      return settle(transform(request.body, request), (body) => {
        request.body = defined(body, where)
      })
    }
    return settle(read?.(exchange), apply)
  }
}

/** Converts data to a version, and validates it. */
export function downgradeOf(endpoint: Endpoint, { version, schema, transform }: Link): Conversion {
  const where = `The response transform of '${endpoint.name}' in version '${version.name}'`
  const { validate: byDefault, jsonSchema: hook } = endpoint.owner.settings
  const { validate } = endpoint.options as ResponsesEndpointOptions
  const validators =
    schema &&
    new ResponseValidators(
      new Map([
        ['2XX', { status: '2XX', schemas: new Map([['*', schemaOf(schema, where)]]), described: {} }],
      ]),
      { name: `${endpoint.name}' in version '${version.name}`, status: endpoint.status },
      validate ?? byDefault ?? 'strip',
      hook,
    )
  return (exchange) => {
    const { request, result } = exchange
    exchange.schema = undefined
    const converted = transform
      ? transformed(result?.data, transform, request as HookRequest, where)
      : result?.data
    return settle(converted, (data) => {
      exchange.setData(defined(data, where))
      return validators?.apply(exchange)
    })
  }
}

/** The data after a transform: a list as a whole, and the rows of a stream one by one, each as a list of one. */
function transformed(data: unknown, transform: Transform, request: HookRequest, where: string): unknown {
  if (!isCollection(data) || Array.isArray(data)) return transform(data, request)
  if (!isLazy(data)) return transform([...(data as Iterable<unknown>)], request)
  const row = (value: unknown): unknown => settle(transform([value], request), (rows) => onlyRow(rows, where))
  return new ValidatedRows(isAsync(data) ? data : data[Symbol.iterator](), row)
}

function onlyRow(rows: unknown, where: string): unknown {
  if (Array.isArray(rows) && rows.length === 1) return rows[0]
  throw new TypeError(`${where} has to return a list with a row for each of the list that it gets`)
}

/** @throws {TypeError} for undefined, which a function without a return has. */
function defined(value: unknown, where: string): unknown {
  if (value === undefined) throw new TypeError(`${where} returns undefined: return the converted value`)
  return value
}
