/** Exceptions as error documents. */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  abort,
  BadRequest,
  type Blueprint,
  Forbidden,
  HttpException,
  NotFound,
  TooManyRequests,
  Unauthorized,
} from '../../lib/index.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { memberError, parameterError } from '../../lib/jsonapi/errors/issue.ts'
import { nearestPath } from '../../lib/jsonapi/errors/pointer.ts'
import { validationErrors } from '../../lib/jsonapi/errors/validation-errors.ts'
import {
  ClientGeneratedIDNotAllowed,
  ConflictingType,
  DeserializationException,
  JsonApiBlueprint,
  MissingData,
  MissingID,
  MissingType,
  MultipleExceptions,
  NotAList,
  ProcessingException,
  SerializationException,
  UnknownAttribute,
  UnknownRelationship,
} from '../../lib/jsonapi.ts'
import { documentOf } from '../../lib/openapi.ts'
import { type JsonApiReply, jsonApi } from '../support/json-api.ts'
import { type QuietLogger, quiet } from '../support/logger.ts'
import { serve } from '../support/server.ts'

interface ErrorReply extends JsonApiReply {
  // biome-ignore lint/suspicious/noExplicitAny: specs state the error objects they expect
  readonly errors: any[]
  readonly logger: QuietLogger
}

/** The response of an endpoint that throws. */
async function answerTo(
  thrown: unknown,
  options: ConstructorParameters<typeof Blueprint>[1] = {},
): Promise<ErrorReply> {
  const logger = quiet()
  const blueprint = new JsonApiBlueprint('people', { logger, ...options })
  blueprint.get('/people', () => {
    throw thrown
  })
  const reply = await jsonApi(await serve(blueprint)).get('/people')
  return { ...reply, errors: reply.document.errors, logger }
}

describe('an exception', () => {
  it('is one error object, whose status is a string (FJ-128, JA-187, JA-188)', async () => {
    const { status, headers, document } = await answerTo(new NotFound('No such person'))
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/vnd.api+json')
    expect(document).toEqual({
      errors: [{ status: '404', title: 'Not Found', detail: 'No such person' }],
      jsonapi: { version: '1.1' },
    })
  })

  it('has no members that are not set', async () => {
    const { errors } = await answerTo(new Forbidden())
    expect(errors).toEqual([{ status: '403', title: 'Forbidden' }])
  })

  it('brings its type, instance, code and other members along (JA-188)', async () => {
    const members = {
      type: 'https://example.com/late',
      instance: '/log/7',
      title: 'Too late',
      code: 17,
      days: 2,
    }
    const { errors } = await answerTo(new HttpException(409, 'Since Monday', members))
    expect(errors).toEqual([
      {
        status: '409',
        title: 'Too late',
        detail: 'Since Monday',
        code: '17',
        links: { about: '/log/7', type: 'https://example.com/late' },
        meta: { days: 2 },
      },
    ])
  })

  it('keeps its header fields', async () => {
    const limited = await answerTo(new TooManyRequests('Later', { headers: { 'retry-after': '7' } }))
    expect(limited.headers.get('retry-after')).toBe('7')
    const unknown = await answerTo(new Unauthorized(undefined, { headers: { 'www-authenticate': 'Bearer' } }))
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('is one error object per item of its errors, with the source as an object (FJ-128, JA-185)', async () => {
    const items = [
      { detail: 'must be a number', in: 'query', parameter: 'page[size]' },
      { detail: 'must be a date', in: 'header', parameter: 'if-modified-since' },
      { detail: 'must be signed', in: 'cookie', parameter: 'session' },
      { detail: 'must be a number', in: 'path', parameter: 'id' },
      { detail: 'must be a text', pointer: '#/data/attributes/a%20~1%25', code: 'text' },
      { detail: 'must be an object', pointer: '#' },
    ]
    const { status, errors } = await answerTo(new HttpException(422, 'Invalid', { errors: items }))
    expect(status).toBe(422)
    expect(errors.map(({ source }) => source)).toEqual([
      { parameter: 'page[size]' },
      { header: 'if-modified-since' },
      { header: 'Cookie' },
      undefined,
      { pointer: '/data/attributes/a ~1%' },
      { pointer: '' },
    ])
    expect(errors.map(({ detail }) => detail)).toEqual(items.map(({ detail }) => detail))
    expect(errors[4]?.code).toBe('text')
  })

  it('of a parameter or a member has its source, whatever characters its name has', async () => {
    const parameter = await answerTo(parameterError('filter[a%b]', 'is not known'))
    expect(parameter.errors[0]).toMatchObject({ status: '400', source: { parameter: 'filter[a%b]' } })
    for (const name of ['name', '50%', '%41', 'ł#?', '\ud800']) {
      const { errors } = await answerTo(memberError(409, ['data', 'attributes', name], 'is taken'))
      const shown = name === '\ud800' ? '\ufffd' : name
      expect(errors[0]).toMatchObject({ status: '409', source: { pointer: `/data/attributes/${shown}` } })
    }
  })

  it('that arguments or a parser throw has its source, too', async () => {
    const blueprint = new JsonApiBlueprint('people', { logger: quiet() })
    const query = jsonSchema({ type: 'object', properties: { n: { type: 'integer' } } })
    blueprint.get('/people', { query }, () => ({}))
    const body = jsonSchema({ type: 'object', required: ['data'] })
    blueprint.post('/people', { body }, () => ({}))
    const api = jsonApi(await serve(blueprint))
    const wrong = await api.get('/people?n=x')
    expect(wrong.document.errors[0].source).toEqual({ parameter: 'n' })
    const missing = await api.send('POST /people', {})
    expect(missing.document.errors[0]).toMatchObject({ status: '422', source: { pointer: '/data' } })
    const broken = await api.send('POST /people', '{')
    expect(broken.document.errors[0].status).toBe('400')
  })
})

describe('a failure of the server', () => {
  it('is a 500 without any detail; the log has the error', async () => {
    const { status, errors, logger } = await answerTo(new Error('select password from people'))
    expect(status).toBe(500)
    expect(errors).toEqual([{ status: '500', title: 'Internal Server Error' }])
    expect(logger.text()).toContain('select password from people')
  })

  it('has the id that onError returns', async () => {
    const onError = () => 'report-7'
    const { errors } = await answerTo(new Error('failed'), { onError })
    expect(errors).toEqual([{ id: 'report-7', status: '500', title: 'Internal Server Error' }])
    const several = new MultipleExceptions(['a', 'b'].map((text) => new SerializationException({}, text)))
    expect((await answerTo(several, { onError })).errors.map(({ id }) => id)).toEqual([
      'report-7',
      'report-7',
    ])
  })

  it('has the id of its own report, also of exceptions that were thrown before', async () => {
    const one = new SerializationException({}, 'a')
    await answerTo(one, { onError: () => 'report-7' })
    const { errors } = await answerTo(new MultipleExceptions([one]), { onError: () => 'report-8' })
    expect(errors[0].id).toBe('report-8')
  })
})

describe('ProcessingException', () => {
  it('is a 400 without members (RES-278)', async () => {
    const { status, errors } = await answerTo(new ProcessingException())
    expect(status).toBe(400)
    expect(errors).toEqual([{ status: '400', title: 'Bad Request' }])
  })

  it('has the members of its error object, and its status is that of the response (RES-278, JA-188)', async () => {
    const members = {
      id: 'a1',
      links: { about: 'https://example.com/about' },
      code: 'monday',
      title: 'Wrong day',
      detail: 'Only on Mondays',
      source: { pointer: '/data/attributes/day' },
      meta: { next: 'Monday' },
    }
    const { status, errors } = await answerTo(new ProcessingException({ status: 403, ...members }))
    expect(status).toBe(403)
    expect(errors).toEqual([{ status: '403', ...members }])
  })

  it('has a source that is a parameter or a header field, too (RES-278)', async () => {
    for (const source of [{ parameter: 'sort' }, { header: 'X-Tenant' }])
      expect((await answerTo(new ProcessingException({ source }))).errors[0].source).toEqual(source)
  })
})

describe('MultipleExceptions', () => {
  it('reports all, with the status that they share (RES-103, RES-287, JA-185)', async () => {
    const failed = ['1', '2'].map((id) => new SerializationException({}, undefined, { type: 'person', id }))
    const { status, errors } = await answerTo(new MultipleExceptions(failed))
    expect(status).toBe(500)
    expect(errors.map(({ detail }) => detail)).toEqual([
      'Failed to serialize resource of type person and ID 1',
      'Failed to serialize resource of type person and ID 2',
    ])
  })

  it('is a 400 where statuses of clients differ, and a 500 with one of the server (RES-104, JA-186)', async () => {
    const mixed = await answerTo(new MultipleExceptions([new NotFound('a'), new ConflictingType('a', 'b')]))
    expect(mixed.status).toBe(400)
    expect(mixed.errors.map(({ status }) => status)).toEqual(['404', '409'])
    const failed = await answerTo(new MultipleExceptions([new NotFound('a'), new SerializationException({})]))
    expect(failed.status).toBe(500)
  })

  it('contains the errors of each, and their header fields', async () => {
    const nested = new MultipleExceptions([new BadRequest('a'), parameterError('sort', 'b')])
    const busy = new BadRequest('c', { headers: { 'retry-after': '1' } })
    const { errors, headers } = await answerTo(new MultipleExceptions([nested, busy]))
    expect(errors.map(({ detail }) => detail)).toEqual(['a', 'b', 'c'])
    expect(headers.get('retry-after')).toBe('1')
  })

  it('reports equal errors once', async () => {
    const { errors } = await answerTo(new MultipleExceptions([new BadRequest('a'), new BadRequest('a')]))
    expect(errors).toHaveLength(1)
  })

  it('is logged by its first failure and the cause of that', async () => {
    const cause = new Error('no such property')
    const failed = new SerializationException({}, undefined, { type: 'person', id: '7' }, cause)
    const taken = new HttpException(409, 'Taken', { cause: new Error('duplicate') })
    const { logger } = await answerTo(new MultipleExceptions([taken, failed]))
    expect(logger.text()).toContain(
      'GET /people failed: Failed to serialize resource of type person and ID 7 (and 1 more): no such property',
    )
  })

  it('is not empty', () => {
    expect(() => new MultipleExceptions([])).toThrow('at least one exception')
  })
})

describe('SerializationException', () => {
  it('names the resource, and nothing of its row (RES-102, RES-287)', async () => {
    const row = { password: 'hunter2' }
    const exception = new SerializationException(row, undefined, {
      type: 'person',
      id: '1',
      isIncluded: true,
    })
    expect(exception.instance).toBe(row)
    expect(inspect(exception)).not.toContain('hunter2')
    const { status, text, errors } = await answerTo(exception)
    expect(status).toBe(500)
    expect(errors[0].detail).toBe('Failed to serialize included resource of type person and ID 1')
    expect(text).not.toContain('hunter2')
    expect((await answerTo(new SerializationException(row))).errors[0].detail).toBe(
      'Failed to serialize resource',
    )
  })

  it('has a message of its own, and the cause in the log (RES-102)', async () => {
    const cause = new Error('no such property')
    const { errors, logger } = await answerTo(new SerializationException({}, 'Not today', {}, cause))
    expect(errors[0].detail).toBe('Not today')
    expect(logger.text()).toContain('no such property')
  })
})

describe('DeserializationException', () => {
  it('has the status and the reason (RES-104, RES-291)', async () => {
    const exception = new DeserializationException(409, 'the id is taken')
    expect(exception.message).toBe('Failed to deserialize object: the id is taken')
    const { status, errors } = await answerTo(exception)
    expect(status).toBe(409)
    expect(errors).toEqual([
      { status: '409', title: 'Conflict', detail: 'Failed to deserialize object: the id is taken' },
    ])
    expect(new DeserializationException().status).toBe(400)
    expect(new DeserializationException().message).toBe('Failed to deserialize object')
  })

  const place = { pointer: '/data/relationships/author', relationship: 'author' }
  const within = 'in linkage object for relationship "author"'

  it.each([
    [new NotAList(place), 400, `data ${within} must be a list; maybe you intended to provide an empty list?`],
    [
      new ClientGeneratedIDNotAllowed({ pointer: '/data/id' }),
      403,
      'Server does not allow client-generated IDs',
    ],
    [new ConflictingType('person', 'x'), 409, 'expected type "person" but got type "x"'],
    [new ConflictingType('person', 'x', place), 409, `expected type "person" but got type "x" ${within}`],
    [new UnknownRelationship('x'), 400, 'model has no relationship "x"'],
    [new UnknownAttribute('x'), 400, 'model has no attribute "x"'],
    [new MissingData(), 400, 'missing "data" element'],
    [new MissingID(place), 400, `missing "id" element ${within}`],
    [new MissingType(place), 400, `missing "type" element ${within}`],
  ])('has a class per mistake: %s (RES-291)', (exception, status, reason) => {
    expect(exception).toBeInstanceOf(DeserializationException)
    expect(exception.name).toBe(exception.constructor.name)
    expect(exception.status).toBe(status)
    expect(exception.message).toBe(`Failed to deserialize object: ${reason}`)
  })

  it('has a pointer to its place in the document (FJ-124)', async () => {
    const { errors } = await answerTo(new MissingData(place))
    expect(errors[0].source).toEqual({ pointer: '/data/relationships/author' })
    expect((await answerTo(new MissingData({ pointer: '' }))).errors[0].source).toEqual({ pointer: '' })
  })
})

class ValidationError extends Error {
  readonly errors?: unknown
  constructor(message: string, errors?: unknown) {
    super(message)
    this.errors = errors
  }
}

describe('an error of the application’s validation', () => {
  const answer = (error: unknown, document?: unknown) =>
    answerTo(validationErrors(error, [ValidationError, z.ZodError], document))

  it('is a 400 with one error object per field and text (RES-032, RES-293, RES-294, RES-296)', async () => {
    const error = new ValidationError('', { email: 'is taken', age: ['is low', 'is odd'] })
    const { status, errors } = await answer(error)
    expect(status).toBe(400)
    expect(errors).toEqual(
      [
        ['email', 'is taken'],
        ['age', 'is low'],
        ['age', 'is odd'],
      ].map(([field, text]) => ({
        status: '400',
        title: 'Validation error',
        detail: `${field}: ${text}`,
        source: { pointer: `/data/attributes/${field}` },
      })),
    )
  })

  it('has the paths of a schema’s issues (RES-294, RES-296)', async () => {
    const { error } = z.object({ tags: z.array(z.string()) }).safeParse({ tags: [1] })
    const { errors } = await answer(error)
    expect(errors[0].source).toEqual({ pointer: '/data/attributes/tags/0' })
    expect(errors[0].detail).toMatch(/^tags\.0: Invalid input/)
    const keyed = Object.assign(new ValidationError(''), {
      issues: [{ message: 'x', path: [{ key: 'tags' }] }],
    })
    expect((await answer(keyed)).errors[0].source).toEqual({ pointer: '/data/attributes/tags' })
  })

  it('is one error where it has a message alone (RES-294)', async () => {
    const { errors } = await answer(new ValidationError('Ada cannot be her own boss'))
    expect(errors).toEqual([
      { status: '400', title: 'Validation error', detail: 'Ada cannot be her own boss' },
    ])
    const texts = (error: ValidationError) => validationErrors(error, [ValidationError])?.errors
    expect(texts(new ValidationError('', 'not a record'))).toEqual([{ detail: 'Error' }])
  })

  it('points at values that the document has: relationships too, or the nearest parent (RES-296, FJ-125, FJ-126)', async () => {
    const data = { type: 'person', attributes: { name: '' }, relationships: { boss: { data: null } } }
    const pointers = async (errors: object, document: unknown) =>
      (await answer(new ValidationError('', errors), document)).errors.map(({ source }) => source.pointer)
    const errors = { name: 'is empty', boss: 'is missing', email: 'is missing' }
    expect(await pointers(errors, { data })).toEqual([
      '/data/attributes/name',
      '/data/relationships/boss',
      '/data/attributes',
    ])
  })

  it('is none where its class is not listed', () => {
    expect(validationErrors(new Error('x'), [ValidationError])).toBeUndefined()
    expect(validationErrors('x', [ValidationError])).toBeUndefined()
  })
})

describe('a path of a document', () => {
  it('is cut at the nearest value that the document has (FJ-125)', () => {
    const document = { data: [{ id: '1' }] }
    expect(nearestPath(document, ['data', 0, 'id'])).toEqual(['data', 0, 'id'])
    expect(nearestPath(document, ['data', 1, 'id'])).toEqual(['data'])
    expect(nearestPath(document, ['data', 0, 'constructor'])).toEqual(['data', 0])
    expect(nearestPath(undefined, ['data'])).toEqual([])
  })
})

describe('the OpenAPI document', () => {
  it('has the schema of error documents', () => {
    const blueprint = new JsonApiBlueprint('people')
    blueprint.get('/people', () => abort(404))
    const { components } = documentOf([{ blueprint }], { title: 'People', version: '1' })
    expect(components?.schemas?.ErrorDocument).toMatchObject({ required: ['errors'] })
  })
})
