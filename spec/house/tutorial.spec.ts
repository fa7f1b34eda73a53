/** The tutorial, followed to the letter: its files are written, its commands run, its answers compared, in order. */
import { afterAll, describe, expect, it, vi } from 'vitest'
import { typeErrorsOf } from '../support/fences.ts'
import { Project } from '../support/project.ts'
import { blocksOf, consoleOf, readPage } from '../support/readme.ts'
import { needsCurl } from '../support/shell.ts'
import { expectAnswer, patternOf } from '../support/shown-answer.ts'

const PAGE = readPage('docs/tutorial.md')

const OPENED = /<http:\/\/localhost:3000(\/[^>]*)>/g

/** The steps by their headings. */
const steps = PAGE.split(/^## (?=\d)/m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }))

const project = new Project()
afterAll(() => project.remove())

/** What started the server, to start it again after a change: that is what `--watch` does. */
let serverCommand: string | undefined
let isChanged = false

async function follow({ text }: { readonly text: string }): Promise<void> {
  for (const block of blocksOf(text)) {
    if (block.language === 'javascript') writeFile(block.text)
    else if (block.language === 'sh') for (const line of block.text.split('\n')) await command(line)
    else if (block.language === 'text') await expectOutput(block.text)
    else if (block.language === 'console')
      for (const { line, expected } of consoleOf(`\`\`\`console\n${block.text}\n\`\`\`\n`))
        await expectPrinted(line, expected)
    else throw new Error(`No way to follow a block of ${block.language}`)
  }
  for (const [, path] of text.matchAll(OPENED)) {
    await startServer()
    const page = await project.run(`curl -sS -i localhost:3000${path}`)
    expect(page, path).toMatch(/^HTTP\/1\.1 200 OK\n[\s\S]*<title>Books/)
  }
}

function writeFile(block: string): void {
  const [, name = '', isChange] = /^\/\/ (\S+\.js)(, changed)?\n/.exec(block) ?? []
  const code = block.slice(block.indexOf('\n') + 1)
  project.write(name, isChange ? changed(project.read(name), code) : `${code}\n`)
  isChanged = true
}

/** A file with the changes of a block, by the rule that the page gives. */
function changed(file: string, change: string): string {
  const [imports, paragraphs] = partsOf(change)
  const [oldImports, all] = partsOf(file)
  const isSame = (one: string) => (other: string) => beginningOf(one) === beginningOf(other)
  for (const [index, paragraph] of paragraphs.entries()) {
    const next = paragraphs.slice(index).find((one) => all.some(isSame(one)))
    const place = next === undefined ? all.length : all.findIndex(isSame(next))
    all.splice(place, next === paragraph ? 1 : 0, paragraph)
  }
  return `${[[...oldImports, ...imports].join('\n'), ...all].join('\n\n')}\n`
}

function partsOf(code: string): [imports: string[], paragraphs: string[]] {
  const isImport = (line: string) => line.startsWith('import ')
  const lines = code.split('\n')
  const rest = lines.filter((line) => !isImport(line)).join('\n')
  return [lines.filter(isImport), rest.trim().split(/\n{2,}/)]
}

/** The text before the first comma. */
function beginningOf(paragraph: string): string {
  return paragraph.slice(0, paragraph.indexOf(',')).replace(/\s+/g, '')
}

async function command(line: string): Promise<void> {
  if (line.startsWith('mkdir ')) return // the project has its folder
  const [, names] = /^npm install (.*)$/.exec(line) ?? []
  if (names) await project.install(...names.split(' '))
  else await project.run(line)
}

async function expectPrinted(line: string, expected: string): Promise<void> {
  if (/\bnode (--watch )?\w+\.js$/.test(line)) {
    serverCommand = line
    isChanged = true
    return startServer()
  }
  await startServer()
  const printed = await project.run(line.replace(/^curl /, 'curl -sS '))
  if (line.startsWith('curl -i')) expectAnswer(printed, expected, line)
  else expect(printed.trimEnd(), line).toMatch(patternOf(expected))
}

/** Starts the server, or starts it again where a file has changed. */
async function startServer(): Promise<void> {
  if (!isChanged || !serverCommand) return
  const words = serverCommand.split(' ')
  await project.start(
    words.at(-1) ?? '',
    words.filter((word) => word.includes('=')),
  )
  isChanged = false
}

/** Waits for each line in the output of the server, in their order. */
async function expectOutput(lines: string): Promise<void> {
  const anywhere = lines.split('\n').join('…')
  await vi.waitFor(() => expect(project.output).toMatch(patternOf(`…${anywhere}…`)))
}

describe('the tutorial', { timeout: 60_000 }, () => {
  it('has eight steps', () => {
    expect(steps.map(({ title }) => title.slice(0, 2))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `${number}.`),
    )
  })

  for (const step of steps) {
    it(`can be followed: ${step.title} (TUT-24)`, async (context) => {
      needsCurl(context)
      await follow(step)
    })
  }

  it('ends with 0 at the end', async () => {
    expect(await project.stop()).toBe(0)
  })

  it('has code that type-checks', { timeout: 120_000 }, () => {
    const modules = new Map(['schemas.js', 'books.js', 'app.js'].map((name) => [name, project.read(name)]))
    const fence = {
      page: 'docs/tutorial.md',
      language: 'js',
      line: 1,
      code: project.read('server.js'),
    } as const
    expect(typeErrorsOf([{ ...fence, modules }])).toEqual([])
  })
})
