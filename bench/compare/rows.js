/**
 * The rows of the comparison: each is a list of checks, and each check is one or two requests.
 *
 * Servers offer the routes below, in the way that the documentation of their framework recommends, with its official
 * plugins. Handlers contain no work-arounds: no field is written, no status chosen, no error rendered by hand.
 *
 *     GET  /report         the rows of data.js as JSON and CSV, declared for this endpoint; the handler returns rows
 *     POST /report         content as JSON and application/vnd.acme+json, declared for this endpoint; calls `change`
 *     GET  /plain          JSON alone
 *     POST /plain          content as JSON alone
 *     GET  /chosen         the rows as JSON and CSV; the handler may ask the framework's helper for the type
 *     GET  /missing        the handler throws a 404
 *     GET  /stream         the handler returns `stream()` of data.js
 *     GET  /broken         the handler returns `brokenStream()` of data.js
 *     POST /validated      body { city: text, celsius: number }, query { copies: integer }; returns both and a member
 *                          `secret` that the declared response does not have
 *     POST /standard       body by `City` of data.js, a schema of the Standard Schema interface
 *     GET  /tagged         `state`, with an ETag
 *     PUT  /tagged         calls `change`
 */
import { changes, firstRowSeen, restartStream } from './data.js'
import { ask } from './request.js'

const JSON_CONTENT = { 'content-type': 'application/json' }
const isCsv = ({ status, type, text }) =>
  status === 200 && type === 'text/csv' && text.startsWith('id,city\r\n1,')
const isJson = ({ status, type, text }) =>
  status === 200 && type === 'application/json' && text.startsWith('[{')
const isInvalid = ({ status }) => status === 400 || status === 422
const isProblem = ({ type }) => type === 'application/problem+json'
const varies = ({ fields }) => /(^|,)\s*accept\s*(,|$)/i.test(fields.vary ?? '')

/** A check of one request. `passes` gets the response; what was seen is its status and media type, or `shows`. */
function check(claim, [method, path, headers, content], passes, shows = summary) {
  return {
    claim,
    async run({ url }) {
      const response = await ask(url + path, { method, headers, content })
      return { passes: passes(response), seen: shows(response) }
    },
  }
}

const summary = ({ status, type, text }) =>
  [status, type, text.slice(0, 60).replaceAll(/\s+/g, ' ')].filter(Boolean).join(' ')
const field = (name) => (response) => `${response.status} ${name}: ${response.fields[name] ?? '–'}`

/** A check that a handler has not run: the response passes, and nothing was changed. */
function unchanged(claim, parts, passes) {
  return {
    claim,
    async run({ url }) {
      const before = changes.count
      const [method, path, headers, content] = parts
      const response = await ask(url + path, { method, headers, content })
      const ran = changes.count > before
      return { passes: passes(response) && !ran, seen: `${summary(response)}${ran ? ', handler ran' : ''}` }
    },
  }
}

const accept = (value) => ({ accept: value })
const valid = JSON.stringify({ city: 'Oslo', celsius: 9 })
const invalid = JSON.stringify({ city: 'Oslo', celsius: 'warm' })
const chosen = (value) => ['GET', '/chosen', accept(value)]

export const rows = [
  {
    title: 'media types declared on an endpoint decide rendering, 406 and 415',
    checks: [
      check('returned rows are rendered as CSV', ['GET', '/report', accept('text/csv')], isCsv),
      check(
        'an endpoint without CSV refuses it',
        ['GET', '/plain', accept('text/csv')],
        ({ status }) => status === 406,
      ),
      {
        claim: 'a listed type of content is accepted, the same type elsewhere is a 415',
        async run({ url }) {
          const headers = { 'content-type': 'application/vnd.acme+json' }
          const listed = await ask(`${url}/report`, { method: 'POST', headers, content: valid })
          const other = await ask(`${url}/plain`, { method: 'POST', headers, content: valid })
          const passes = listed.status === 201 && listed.text.includes('Oslo') && other.status === 415
          return { passes, seen: `${summary(listed)}; ${summary(other)}` }
        },
      },
      unchanged(
        'the 406 comes before the handler',
        ['POST', '/report', { ...JSON_CONTENT, ...accept('image/png') }, valid],
        ({ status }) => status === 406,
      ),
    ],
  },
  {
    title: '`Accept` to the letter: ranges, q=0, charset, 406',
    checks: [
      check('text/* is CSV', chosen('text/*'), isCsv),
      check('TEXT/CSV is CSV', chosen('TEXT/CSV'), isCsv),
      check('q=0 refuses', chosen('application/json;q=0, */*'), isCsv),
      check('the more specific range counts', chosen('*/*, application/json;q=0.1'), isCsv),
      check('text/csv;charset=utf-8 is CSV', chosen('text/csv;charset=utf-8'), isCsv),
      check('nothing acceptable is a 406', chosen('image/png'), ({ status }) => status === 406),
    ],
  },
  {
    title: '`Vary: Accept` set automatically',
    checks: [
      check('on JSON', chosen('application/json'), (r) => isJson(r) && varies(r), field('vary')),
      check('on CSV', chosen('text/csv'), (r) => isCsv(r) && varies(r), field('vary')),
      check('on the 406', chosen('image/png'), (r) => r.status === 406 && varies(r), field('vary')),
    ],
  },
  {
    title: 'errors as RFC 9457 problems, negotiated',
    checks: [
      check('a thrown 404', ['GET', '/missing', accept('application/json')], isProblem),
      {
        claim: 'a thrown 404 as HTML and as text, for those who prefer these',
        async run({ url }) {
          const html = await ask(`${url}/missing`, { headers: accept('text/html, */*;q=0.1') })
          const text = await ask(`${url}/missing`, { headers: accept('text/plain, */*;q=0.1') })
          const passes =
            [html, text].every(({ status }) => status === 404) &&
            html.type === 'text/html' &&
            text.type === 'text/plain'
          return { passes, seen: `${html.status} ${html.type}; ${text.status} ${text.type}` }
        },
      },
      check('an unknown path', ['GET', '/nothing', accept('application/json')], isProblem),
      check(
        'invalid content',
        ['POST', '/validated?copies=2', { ...JSON_CONTENT, ...accept('application/json') }, invalid],
        (r) => isInvalid(r) && isProblem(r),
      ),
    ],
  },
  {
    title: 'returned async iterables are streamed, in the requested type',
    checks: [
      check('as JSON', ['GET', '/stream', accept('application/json')], isStreamOf(JSON.parse)),
      check('as NDJSON', ['GET', '/stream', accept('application/x-ndjson')], isStreamOf(parseLines)),
      check('as CSV', ['GET', '/stream', accept('text/csv')], isCsv),
      {
        claim: 'the first row is sent before the second is made',
        async run({ url }) {
          restartStream()
          const response = await ask(`${url}/stream`, {
            headers: accept('application/json, application/x-ndjson;q=0.9'),
            onData: (text) => text.includes('"id":1') && firstRowSeen(),
          })
          const first = response.chunks[0] ?? ''
          return {
            passes: first.includes('"id":1') && !first.includes('"id":2'),
            seen: `first: ${first.slice(0, 40)}`,
          }
        },
      },
      check(
        'an error after the first row breaks the response',
        ['GET', '/broken', accept('application/json, application/x-ndjson;q=0.9')],
        ({ isBroken, text }) => isBroken && text.includes('"id":1'),
        ({ status, text, isBroken }) =>
          `${status} ${text.slice(0, 40)} ${isBroken ? 'broken off' : 'complete'}`,
      ),
    ],
  },
  {
    title: '405 with `Allow`, OPTIONS, `Accept-Post`',
    checks: [
      check('DELETE is a 405', ['DELETE', '/plain'], ({ status }) => status === 405),
      check(
        'with Allow',
        ['DELETE', '/plain'],
        ({ status, fields }) =>
          status === 405 && ['GET', 'POST'].every((name) => fields.allow?.includes(name)),
        field('allow'),
      ),
      check(
        'OPTIONS has Allow',
        ['OPTIONS', '/plain'],
        ({ status, fields }) => status < 300 && /GET.*POST/.test(fields.allow ?? ''),
        field('allow'),
      ),
      check(
        'a 415 names the types',
        ['POST', '/plain', { 'content-type': 'application/xml' }, '<a/>'],
        ({ status, fields }) => status === 415 && /json/.test(fields['accept-post'] ?? fields.accept ?? ''),
        field('accept-post'),
      ),
    ],
  },
  {
    title: 'validation by schema',
    checks: [
      check(
        'invalid content is refused, with its place',
        ['POST', '/validated?copies=2', JSON_CONTENT, invalid],
        (response) => isInvalid(response) && response.text.includes('celsius'),
      ),
      check(
        'a number of the query is a number',
        ['POST', '/validated?copies=2', JSON_CONTENT, valid],
        ({ text }) => text.includes('"copies":2'),
      ),
      check(
        'query and content are reported together',
        ['POST', '/validated?copies=many', JSON_CONTENT, invalid],
        (response) =>
          isInvalid(response) && ['celsius', 'copies'].every((name) => response.text.includes(name)),
      ),
      check(
        'a member that the response does not declare is not sent',
        ['POST', '/validated?copies=2', JSON_CONTENT, valid],
        ({ text }) => text.includes('"city"') && !text.includes('secret'),
      ),
      {
        claim: 'by any library with the Standard Schema interface',
        async run({ url }) {
          const post = (city) =>
            ask(`${url}/standard`, {
              method: 'POST',
              headers: JSON_CONTENT,
              content: JSON.stringify({ city }),
            })
          const [good, bad] = [await post('Oslo'), await post(7)]
          const passes = good.status < 300 && isInvalid(bad) && bad.text.includes('city')
          return { passes, seen: `${summary(good)}; ${summary(bad)}` }
        },
      },
    ],
  },
  {
    title: 'preconditions: 304, 412, 428',
    checks: [
      {
        claim: 'If-None-Match with the ETag is a 304',
        run: ({ url }) => revalidate(url, (etag) => etag),
      },
      {
        claim: 'also in a list',
        run: ({ url }) => revalidate(url, (etag) => `"other", ${etag}`),
      },
      unchanged(
        'a stale If-Match is a 412 before the handler',
        ['PUT', '/tagged', { ...JSON_CONTENT, 'if-match': '"stale"' }, valid],
        ({ status }) => status === 412,
      ),
      unchanged(
        'a change without If-Match is a 428 before the handler',
        ['PUT', '/tagged', JSON_CONTENT, valid],
        ({ status }) => status === 428,
      ),
    ],
  },
  {
    title: 'OpenAPI that equals the behaviour',
    checks: [
      {
        claim: 'a document with the declared content of a request',
        async run(peer) {
          const operation = (await documentOf(peer))?.paths?.['/validated']?.post
          const names = operation && JSON.stringify(operation)
          return {
            passes: ['"copies"', '"requestBody"'].every((name) => names?.includes(name)),
            seen: names ? 'documented' : 'no document',
          }
        },
      },
      {
        claim: 'the media types that are answered are those that are documented',
        async run(peer) {
          const responses = (await documentOf(peer))?.paths?.['/report']?.get?.responses
          const documented = Object.keys(responses?.[200]?.content ?? {})
          const answered = []
          for (const type of ['application/json', 'text/csv']) {
            const response = await ask(`${peer.url}/report`, { headers: accept(type) })
            if (response.status === 200 && response.type === type) answered.push(type)
          }
          const passes = documented.length > 0 && documented.join() === answered.join()
          return {
            passes,
            seen: `documented: ${documented.join(', ') || '–'}; answered: ${answered.join(', ')}`,
          }
        },
      },
      {
        claim: 'the statuses of refused requests are documented',
        async run(peer) {
          const document = await documentOf(peer)
          const seen = []
          for (const [method, path, headers] of [
            ['get', '/report', accept('image/png')],
            ['post', '/plain', { 'content-type': 'application/xml' }],
            ['post', '/validated', JSON_CONTENT],
          ]) {
            const content = method === 'post' ? invalid : undefined
            const { status } = await ask(peer.url + path, { method: method.toUpperCase(), headers, content })
            const responses = Object.keys(document?.paths?.[path]?.[method]?.responses ?? {})
            const known = responses.some(
              (key) => key === String(status) || key === '4XX' || key === 'default',
            )
            seen.push({ status, known })
          }
          const words = seen.map(({ status, known }) => `${status} ${known ? 'documented' : 'undocumented'}`)
          return { passes: seen.every(({ status, known }) => status >= 400 && known), seen: words.join(', ') }
        },
      },
    ],
  },
  {
    title: 'answers a web `Request`, as on Deno, Bun and edge workers',
    checks: [
      {
        claim: 'fetch(request) of the app returns the response',
        async run({ app }) {
          if (typeof app?.fetch !== 'function') return { passes: false, seen: 'no such method' }
          const response = await app.fetch(new Request('http://localhost/plain'))
          return { passes: response.status === 200, seen: `${response.status}` }
        },
      },
    ],
  },
]

function isStreamOf(parse) {
  return ({ status, text, type }) => {
    if (status !== 200 || type !== (parse === JSON.parse ? 'application/json' : 'application/x-ndjson'))
      return false
    try {
      return JSON.stringify(parse(text).map(({ id }) => id)) === '[1,2,3]'
    } catch {
      return false
    }
  }
}

function parseLines(text) {
  return text.trimEnd().split('\n').map(JSON.parse)
}

async function revalidate(url, fieldFor) {
  const { fields } = await ask(`${url}/tagged`)
  if (!fields.etag) return { passes: false, seen: 'no ETag' }
  const { status } = await ask(`${url}/tagged`, { headers: { 'if-none-match': fieldFor(fields.etag) } })
  return { passes: status === 304, seen: `${status}` }
}

async function documentOf({ url, document }) {
  if (!document) return undefined
  const { text } = await ask(url + document)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
