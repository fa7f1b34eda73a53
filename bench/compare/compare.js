/**
 * Asks all frameworks, each in a process of its own, and prints the table.
 *
 *     npm run compare               # all of them
 *     npm run compare -- --write    # and writes result.md, and the table of the README
 *     node compare/peers/hono.js    # one of them, with everything that was asked and seen
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const PEERS = ['mazurka', 'fastify', 'hono', 'nest', 'express', 'h3', 'elysia', 'restify']
const RESULT = new URL('result.md', import.meta.url)
const README = new URL('../../README.md', import.meta.url)
const MARKED = /(<!-- compare -->\n)[\s\S]*?(<!-- end compare -->)/

const columns = PEERS.map((peer) => {
  console.error(peer)
  const script = new URL(`peers/${peer}.js`, import.meta.url).pathname
  const output = execFileSync(process.execPath, [script, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'], // some print each error
    timeout: 60_000,
  })
  return JSON.parse(output)
})

const rows = columns[0].answers.map(({ row }) => row)
const answer = (column, row) => column.answers.find((each) => each.row === row)
const line = (cells) => `| ${cells.join(' | ')} |`

/** `Fastify 5`; the version that is not published yet is not shown. */
const heading = ({ title, versions: [first] }) =>
  title === 'Mazurka' ? title : `${title} ${first.replace(/^.* /, '').split('.')[0]}`
const table = [
  line(['', ...columns.map(heading)]),
  line(['---', ...columns.map(() => '---')]),
  ...rows.map((row) => line([row, ...columns.map((column) => answer(column, row).verdict)])),
].join('\n')

console.log(table)
if (process.argv.includes('--write')) {
  writeFileSync(RESULT, `${resultOf()}\n`)
  const readme = readFileSync(README, 'utf8')
  if (!MARKED.test(readme)) throw new Error('README.md has no <!-- compare -->')
  writeFileSync(
    README,
    readme.replace(MARKED, (_all, start, end) => `${start}${table}\n${end}`),
  )
}

function resultOf() {
  const versions = columns.map(({ versions: used }) => used.join(', '))
  const evidence = rows.flatMap((row) => [
    `\n## ${row}`,
    ...columns.flatMap((column) => {
      const { verdict, checks } = answer(column, row)
      const lines = checks.map(
        ({ passes, claim, seen }) => `- ${passes ? '✓' : '✗'} ${claim}: \`${seen.trim()}\``,
      )
      return [`\n**${column.title}**: ${verdict}\n`, ...lines]
    }),
  ])
  const date = new Date().toISOString().slice(0, 10)
  return [
    '# Result of the comparison',
    `\nWritten by \`npm run compare -- --write\` on ${date}, Node.js ${process.versions.node}.`,
    'Each framework is used as its documentation recommends, with its official plugins; its script is in [peers/](peers/).\n',
    ...versions.map((each) => `- ${each}`),
    `\n${table}`,
    ...evidence,
  ].join('\n')
}
