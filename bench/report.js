/** Prints samples as tables, and writes them between the markers of the README. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { isPinned } from './cores.js'
import { median } from './median.js'

const README = new URL('README.md', import.meta.url)

/** A spread of more than this part of the median is marked as not stable. */
const STABLE = 0.15
const UNSTABLE_MARK = '†'

export function jobsReport({ rounds, jobs, servers, samples, again }) {
  const names = Object.keys(servers)
  const keys = Object.keys(jobs)
  const floors = new Set(['node-http', ...names.map((name) => servers[name].floor)])
  const packages = new Set(names.flatMap((name) => servers[name].packages ?? []))
  const head = ['', ...keys.map((key) => `${key}: ${jobs[key].title}`)]
  const table = (ratio, absolute, unit) => [
    head,
    ...names.map((name) => [
      servers[name].title,
      ...keys.map((key) => {
        const values = samples[name][key]
        if (values.length === 0) return ''
        if (!floors.has(name)) return spread(values.map((value) => value[ratio]))
        const figures = values.map((value) => value[absolute])
        return `1 = ${rounded(median(figures))} ${unit}${markOf(figures)}`
      }),
    ]),
  ]
  return {
    title: [
      `${conditions(rounds)}; ${[...packages].map(nameAndVersion).join(', ')}.`,
      repetitions(again),
      ...(floors.has('immediate')
        ? ['Servers on Polka 1 are compared with the floor in setImmediate, which they use, too.']
        : []),
    ].join(' '),
    tables: {
      'CPU per request, as a multiple of the floor': table('cpuRatio', 'cpu', 'µs'),
      'Requests per second, as a multiple of the floor': table('rateRatio', 'rate', '/s'),
    },
    samples,
  }
}

export function againstReport({ rounds, jobs, servers, samples, again }) {
  const column = (name, key, value, digits) =>
    spread(
      samples[name][key].map((sample) => sample[value]),
      digits,
    )
  return {
    title: `${conditions(rounds)}; old: ${servers.old.title}, new: ${servers.new.title}. ${repetitions(again)}`,
    tables: {
      'CPU microseconds per request': [
        ['', 'old', 'new', 'new / old, within a round'],
        ...Object.keys(jobs).map((key) => [
          `${key}: ${jobs[key].title}`,
          column('old', key, 'cpu', 1),
          column('new', key, 'cpu', 1),
          column('new', key, 'cpuRatio', 3),
        ]),
      ],
    },
    samples,
  }
}

export function surroundingsReport({ rounds, variants, samples, again }) {
  const cpu = (name) => median(samples[name].map((sample) => sample.cpu))
  const packages = ['mazurka', 'fastify', '@fastify/cors', '@fastify/helmet', '@fastify/rate-limit']
  return {
    title: `${conditions(rounds)}; ${versionsOf(packages)}. ${repetitions(again)}`,
    tables: {
      'Around job a': [
        ['', 'CPU µs', 'over nothing around it, µs', 'multiple of the floor'],
        ...Object.entries(variants).map(([name, { title }]) => {
          const bare = name.startsWith('fastify') ? 'fastify-none' : name === 'floor' ? 'floor' : 'none'
          return [
            title,
            spread(
              samples[name].map((sample) => sample.cpu),
              1,
            ),
            (cpu(name) - cpu(bare)).toFixed(1),
            spread(samples[name].map((sample) => sample.ratio)),
          ]
        }),
      ],
    },
    samples,
  }
}

export function jsonApiReport({ rounds, rows, variants, samples, exports, started, again }) {
  const column = (values, digits) => spread(values, digits)
  const packages = ['mazurka', 'kysely', 'libsql']
  return {
    title: `${conditions(rounds)}; ${versionsOf(packages)}. ${repetitions(again)}`,
    tables: {
      'A JSON:API on embedded SQLite': [
        ['', 'CPU µs', 'multiple of the queries by hand'],
        ...Object.entries(variants).map(([name, { title }]) => [
          title,
          column(
            samples[name].map(({ cpu }) => cpu),
            0,
          ),
          column(samples[name].map(({ ratio }) => ratio)),
        ]),
      ],
      [`Export of ${grouped(rows)} rows as CSV`]: [
        ['', ''],
        [
          'peak memory, MB',
          column(
            exports.map(({ peakMegabytes }) => peakMegabytes),
            0,
          ),
        ],
        [
          'delay of the event loop, p99, ms',
          column(
            exports.map(({ delayMilliseconds }) => delayMilliseconds),
            1,
          ),
        ],
        [
          'first byte after, ms',
          column(
            exports.map((one) => one.firstByteMilliseconds),
            0,
          ),
        ],
        [
          'last byte after, ms',
          column(
            exports.map((one) => one.totalMilliseconds),
            0,
          ),
        ],
      ],
      'Start with many tables': [
        ['', 'ms from the database to the first response', 'heap, MB'],
        ...Object.entries(started).map(([title, all]) => [
          title,
          column(
            all.map(({ milliseconds }) => milliseconds),
            0,
          ),
          column(
            all.map(({ megabytes }) => megabytes),
            1,
          ),
        ]),
      ],
    },
    samples: { samples, exports, started },
  }
}

/** @param functions the number of functions that are listed for each job and server. */
export function instructionsReport({ rounds, jobs, servers, samples }, functions) {
  const names = Object.keys(servers)
  const totals = (key, name) => samples[key][name]?.map(({ total }) => total) ?? []
  const cells = (name, write) =>
    Object.keys(jobs).map((key) => (totals(key, name).length === 0 ? '' : write(key, totals(key, name))))
  const head = ['', ...Object.entries(jobs).map(([key, { title }]) => `${key}: ${title}`)]
  const ratioTo = (name) => (key, values) => {
    const floor = median(totals(key, servers[name].floor ?? 'node-http'))
    return spread(values.map((value) => value / floor))
  }
  const listed =
    functions === 0
      ? []
      : Object.entries(samples).flatMap(([key, byServer]) =>
          Object.entries(byServer).map(([name, [first]]) => [
            `The functions that take most in job ${key}: ${servers[name].title}`,
            [
              ['', 'instructions'],
              ...Object.entries(first.functions)
                .slice(0, functions)
                .map(([title, value]) => [title.replace(/ file:.*\//, ' '), value.toFixed(0)]),
            ],
          ]),
        )
  return {
    title: `${conditions(rounds)}; counted by callgrind, without the kernel.`,
    tables: {
      'Instructions of a request': [
        head,
        ...names.map((name) => [servers[name].title, ...cells(name, (_, values) => spread(values, 0))]),
      ],
      'As a multiple of the floor': [
        head,
        ...names.map((name) => [servers[name].title, ...cells(name, ratioTo(name))]),
      ],
      ...Object.fromEntries(listed),
    },
    samples,
  }
}

export function microReport({ rounds, negotiation, routing, again }) {
  const [nothing] = Object.values(negotiation)
  const negotiated = Object.entries(negotiation).map(([name, kinds]) => [
    name,
    ...['mazurka', 'accepts'].flatMap((kind) => [
      spread(kinds[kind], 1),
      (median(kinds[kind]) - median(nothing[kind])).toFixed(1),
    ]),
  ])
  const [fewest] = routing
  /** The samples, and their multiple of those with the fewest paths. */
  const columns = (row, values, digits) =>
    values(row).length === 0
      ? ['', '']
      : [spread(values(row), digits), (median(values(row)) / median(values(fewest))).toFixed(2)]
  const titled = (row, cells) => {
    const on = row.blueprints > 1 ? ` on ${row.blueprints} blueprints` : ''
    return [`${row.paths.toLocaleString('en')} paths × 2 methods${on}`, ...cells]
  }
  const alone = (name) => (row) => row.alone.map((sample) => sample[name])
  const multiple = `× ${fewest.paths} paths`
  return {
    title: `${conditions(rounds)}; CPU microseconds of a whole request. ${repetitions(again)}`,
    tables: {
      Negotiation: [
        ['Accept', 'Mazurka', 'over none', 'node:http with `accepts`', 'over none'],
        ...negotiated,
      ],
      'Route lookup': [
        ['', 'Mazurka', multiple, 'bare Polka', multiple],
        ...routing.map((row) =>
          titled(row, [...columns(row, (one) => one.mazurka, 1), ...columns(row, (one) => one.polka, 1)]),
        ),
      ],
      'The route table alone, nanoseconds of a lookup': [
        ['', 'ten of the paths', multiple, 'all paths in turn', multiple, 'a Map of all paths', multiple],
        ...routing.map((row) =>
          titled(
            row,
            ['ten', 'all', 'map'].flatMap((name) => columns(row, alone(name), 0)),
          ),
        ),
      ],
    },
    samples: { negotiation, routing },
  }
}

export function streamingReport({ rounds, rows, variants, samples, again }) {
  const table = (format) => [
    ['', 'rows/s, thousands', 'CPU µs per row', 'peak memory, MB', 'event loop delay p99, ms'],
    ...Object.keys(variants)
      .filter((name) => name.startsWith(format))
      .map((name) => [
        variants[name],
        spread(
          samples[name].map(({ rate }) => rate / 1000),
          0,
        ),
        spread(samples[name].map(({ cpu }) => cpu)),
        spread(
          samples[name].map(({ peakMegabytes }) => peakMegabytes),
          0,
        ),
        spread(
          samples[name].map(({ delayMilliseconds }) => delayMilliseconds),
          1,
        ),
      ]),
  ]
  return {
    title: `${conditions(rounds)}; ${grouped(rows)} rows from a generator, async unless stated. ${repetitions(again)}`,
    tables: { CSV: table('csv '), NDJSON: table('ndjson '), JSON: table('json ') },
    samples,
  }
}

export function crowdReport({ rounds, streams, seconds, variants, samples }) {
  const columns = {
    'kB per stream': ({ kilobytes }) => kilobytes,
    'at the peak': ({ peakKilobytes }) => peakKilobytes,
    'small GET p50, ms': ({ p50 }) => p50,
    'p99, ms': ({ p99 }) => p99,
    'slowest stream, MB': ({ slowest }) => slowest,
    'fastest stream, MB': ({ fastest }) => fastest,
    'longest wait for data, s': ({ longestWait }) => longestWait,
  }
  return {
    title: `${conditions(rounds)}; ${streams} responses of a million rows at once for ${seconds} s, whose clients read 64 kB and wait half a second.`,
    tables: {
      'Many slow clients': [
        ['', ...Object.keys(columns)],
        ...Object.keys(variants).map((name) => [
          variants[name],
          ...Object.values(columns).map((column) => spread(samples[name].map(column), 1)),
        ]),
      ],
    },
    samples,
  }
}

export function uploadReport({ rounds, bytes, samples }) {
  return {
    title: `${conditions(rounds)}; ${grouped(bytes / 1024 ** 2)} MB of multipart/form-data to a file.`,
    tables: {
      Upload: [
        ['', 'MB/s', 'peak memory, MB'],
        [
          'Mazurka',
          spread(
            samples.map(({ rate }) => rate),
            0,
          ),
          spread(
            samples.map(({ peakMegabytes }) => peakMegabytes),
            0,
          ),
        ],
      ],
    },
    samples,
  }
}

export function documentReport({ rounds, sizes, samples }) {
  const perEndpoint = (samples, name, endpoints) => median(samples.map((sample) => sample[name])) / endpoints
  const columns = (endpoints, name) => {
    const own = perEndpoint(samples[endpoints], name, endpoints)
    const growth = own / perEndpoint(samples[sizes[0]], name, sizes[0])
    const values = samples[endpoints].map((sample) => sample[name])
    return [spread(values, 0), `${(own * 1000).toFixed(0)}, × ${growth.toFixed(2)}`]
  }
  return {
    title: `${conditions(rounds)}; OpenAPI documents in processes of their own.`,
    tables: {
      Document: [
        ['', 'kB of JSON', 'ms, first time', 'µs per endpoint', 'ms, second time', 'µs per endpoint'],
        ...sizes.map((endpoints) => [
          `${endpoints.toLocaleString('en')} endpoints`,
          String(Math.round(samples[endpoints][0].bytes / 1024)),
          ...columns(endpoints, 'first'),
          ...columns(endpoints, 'again'),
        ]),
      ],
    },
    samples,
  }
}

export function startupReport({ rounds, variants, imported, started, described, again }) {
  const [bare, ...names] = Object.keys(imported)
  const over = (name) => imported[name].map((value, round) => value - imported[bare][round])
  const packages = ['mazurka', 'fastify', 'hono', '@hono/node-server']
  return {
    title: `${conditions(rounds)}; milliseconds; ${versionsOf(packages)}. ${repetitions(again)}`,
    tables: {
      Import: [
        ['', 'the whole process', `over ${bare}`],
        [bare, spread(imported[bare], 0), ''],
        ...names.map((name) => [name, spread(imported[name], 0), spread(over(name), 0)]),
      ],
      'From the start of a process to its first response': startTable(variants, started),
      'With a JSON Schema of the query and of the response of each route': startTable(variants, described),
    },
    samples: { imported, started, described },
  }
}

function startTable(variants, groups) {
  return [
    ['', ...groups.flatMap(({ routes }) => [`${grouped(routes)} routes`, 'as a multiple of Fastify'])],
    ...Object.keys(groups[0].samples).map((name) => [
      variants[name],
      ...groups.flatMap(({ samples }) => [
        spread(samples[name], 0),
        spread(samples[name].map((value, round) => value / samples.fastify[round])),
      ]),
    ]),
  ]
}

export function memoryReport({ rounds, requests, connections, points, variants, samples }) {
  const packages = ['mazurka', 'fastify', 'hono', '@hono/node-server']
  const table = (head, columns) => [
    ['', ...head],
    ...Object.entries(variants).map(([name, variant]) => [
      variant,
      ...columns.map(([value, digits]) => spread(samples[name].map(value), digits)),
    ]),
  ]
  return {
    title: `${conditions(rounds)}; after a garbage collection; ${versionsOf(packages)}.`,
    tables: {
      [`After the start, and with ${grouped(connections)} idle connections`]: table(
        ['RSS after the start, MB', 'RSS per connection, kB', 'heap per connection, kB'],
        [
          [({ rss }) => rss / 1024 ** 2, 1],
          [({ connectionRss }) => connectionRss / 1024, 1],
          [({ connectionHeap }) => connectionHeap / 1024, 1],
        ],
      ),
      [`Heap over ${grouped(requests)} mixed requests, MB`]: table(
        points.map((point) => `after ${grouped(point * requests)}`),
        points.map((_, index) => [({ heap }) => heap[index] / 1024 ** 2, 2]),
      ),
    },
    samples,
  }
}

export function print({ title, tables }) {
  console.log(`\n${title}`)
  for (const [caption, rows] of Object.entries(tables)) {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
    const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
    console.log(`\n${caption}\n\n${lines.join('\n')}`)
  }
}

/** Replaces the text between `<!-- NAME node20 -->` and `<!-- end NAME node20 -->`. */
export function writeReadme(reports) {
  let readme = readFileSync(README, 'utf8')
  for (const [name, report] of Object.entries(reports)) {
    const key = `${name} node${process.versions.node.split('.')[0]}`
    const [start, end] = [`<!-- ${key} -->`, `<!-- end ${key} -->`]
    const [from, to] = [readme.indexOf(start), readme.indexOf(end)]
    if (from === -1 || to < from) throw new Error(`README.md has no place for ${key}`)
    readme = `${readme.slice(0, from)}${start}\n${markdown(report)}\n${readme.slice(to)}`
  }
  writeFileSync(README, readme)
}

function markdown({ title, tables }) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  const table = ([caption, [head, ...rows]]) =>
    [`**${caption}**`, '', row(head), row(head.map(() => '---')), ...rows.map(row), ''].join('\n')
  return [title, '', ...Object.entries(tables).map(table)].join('\n')
}

function conditions(rounds) {
  const pinned = isPinned ? 'server and client on a core each' : 'server and client share the cores'
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus()[0].model.trim()} with ${cpus().length} cores`
  return `${date}, commit ${commit()}, Node ${process.versions.node}, ${machine}, ${rounds} rounds, ${pinned}: median (least–most)`
}

/** The commit of this checkout: `10279fd`, and `10279fd-dirty` with changes that are in none. */
function commit() {
  const parameters = ['describe', '--always', '--dirty', '--exclude=*']
  return execFileSync('git', parameters, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
}

/** The rounds that were run again, by job. */
function repetitions(again) {
  const counts = (member) =>
    Object.entries(again)
      .filter(([, job]) => job[member] > 0)
      .map(([key, job]) => `${key} ${job[member]}`)
  const [repeated, deviating] = [counts('repeated'), counts('deviating')]
  if (repeated.length === 0) return 'No round was run again.'
  const rest = deviating.length > 0 ? `; it still deviates in rounds of: ${deviating.join(', ')}` : ''
  return `Rounds run again, because the floor deviated by more than 15 % from its median: ${repeated.join(', ')}${rest}.`
}

function markOf(values) {
  return Math.max(...values) - Math.min(...values) > STABLE * Math.abs(median(values))
    ? ` ${UNSTABLE_MARK}`
    : ''
}

/** Median, least and most, marked where they are far apart: `1.08 (1.05–1.12)`; the median alone when there is one sample. */
function spread(values, digits = 2) {
  const middle = median(values).toFixed(digits)
  if (values.length === 1) return middle
  return `${middle} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})${markOf(values)}`
}

/** Three significant digits; the measurement is not more precise. */
function rounded(value) {
  return String(Number(value.toPrecision(3)))
}

/** `polka 1.0.0-next.28`; a package that is installed under another name has its own. */
function nameAndVersion(name) {
  const { name: own, version } = manifestOf(name)
  return `${own} ${version}`
}

function versionsOf(names) {
  return names.map((name) => `${name} ${versionOf(name)}`).join(', ')
}

/** `10,000` */
function grouped(number) {
  return number.toLocaleString('en')
}

function versionOf(name) {
  return manifestOf(name).version
}

function manifestOf(name) {
  const files =
    name === 'mazurka'
      ? ['../package.json']
      : [`node_modules/${name}/package.json`, `../node_modules/${name}/package.json`]
  const found = files.map((file) => new URL(file, import.meta.url)).find((file) => existsSync(file))
  return JSON.parse(readFileSync(found, 'utf8'))
}
