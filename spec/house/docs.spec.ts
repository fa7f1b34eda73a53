/** Documentation that compiles: every `ts` and `js` fence of README and guide, each by itself. */
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fencesOf, typeErrorsOf } from '../support/fences.ts'
import { linksOf, ROOT, readPage } from '../support/readme.ts'

const guide = readdirSync(`${ROOT}docs`)
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const pages = ['README.md', ...guide]
const ancestors = readdirSync(`${ROOT}docs/ancestors`).map((name) => `docs/ancestors/${name}`)

/** Ids of the headings of a page, as GitHub makes them. */
function headingsOf(page: string): Set<string> {
  const headings = [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text)
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** The compiler reads lib/ and the schema libraries. */
const TIMEOUT = { timeout: 120_000 }

describe('the fences of README and guide', () => {
  const fences = pages.flatMap((page) => fencesOf(page, readPage(page)))

  it('type-check, each by itself', TIMEOUT, () => {
    expect(fences.length).toBeGreaterThan(30)
    expect(typeErrorsOf(fences)).toEqual([])
  })
})

describe('a page of the guide', () => {
  it('links to files that exist, as those for contributors do', () => {
    const broken = [...guide, ...ancestors, 'CONTRIBUTING.md'].flatMap((page) =>
      linksOf(readPage(page))
        .filter((link) => !existsSync(join(ROOT, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  it('links to headings that exist', () => {
    const broken = pages.flatMap((page) =>
      [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)]
        .filter(([, file, heading = '']) => {
          const target = file ? join(dirname(page), file) : page
          return !existsSync(join(ROOT, target)) || !headingsOf(target).has(heading)
        })
        .map(([link]) => `${page}: ${link}`),
    )
    expect(broken).toEqual([])
  })

  it('has a title and a heading', () => {
    expect(guide.filter((page) => !/^---\ntitle: .+\n---\n\n# .+\n/.test(readPage(page)))).toEqual([])
  })
})

describe('the pages on ancestors', () => {
  it('are for contributors, who find them in CONTRIBUTING.md', () => {
    const contributing = linksOf(readPage('CONTRIBUTING.md'))
    expect(ancestors.filter((page) => !contributing.includes(page))).toEqual([])
    expect(readPage('README.md') + readPage('typedoc.json')).not.toContain('ancestors')
  })
})

describe('the type check of fences', () => {
  const errorsOf = (...lines: string[]) => typeErrorsOf(fencesOf('docs/page.md', lines.join('\n')))

  it('reports an error with its page and line', TIMEOUT, () => {
    expect(
      errorsOf('# A page', '', '```ts', "import { abort } from 'mazurka'", "abort('404')", '```'),
    ).toEqual([
      "docs/page.md:5: error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ])
  })

  it('is strict: optional members and items of arrays may be undefined', TIMEOUT, () => {
    const errors = errorsOf(
      '```ts',
      'const first: string = [0].map(String)[0]',
      'const exact: { name?: string } = { name: undefined }',
      'const implicit = (value) => value',
      '```',
    )
    expect(errors.map((error) => /^docs\/page.md:(\d+): error (TS\d+)/.exec(error)?.slice(1))).toEqual([
      ['2', 'TS2322'],
      ['3', 'TS2375'],
      ['4', 'TS7006'],
    ])
  })

  it('reads given code in a comment above, of one line or more, and finds errors there', TIMEOUT, () => {
    const fence = ['```ts', 'console.log(count.toFixed(), name)', '```']
    expect(errorsOf('<!-- given: const count = 1; const name = 2 -->', ...fence)).toEqual([])
    expect(errorsOf('<!-- given:', 'const count = 1', 'const name = missing', '-->', '', ...fence)).toEqual([
      "docs/page.md:3: error TS2304: Cannot find name 'missing'.",
    ])
    expect(errorsOf('<!-- given: const count = 1, name = 2 -->', ...fence, 'Again:', ...fence)).toEqual([
      "docs/page.md:7: error TS2304: Cannot find name 'count'.",
      "docs/page.md:7: error TS2304: Cannot find name 'name'.",
    ])
  })

  it('reads a given module by its name', TIMEOUT, () => {
    const fence = ['```ts', "import { pet } from './pets.ts'", 'pet.toFixed()', '```']
    expect(errorsOf('<!-- given ./pets.ts: export const pet = 1 -->', ...fence)).toEqual([])
    expect(errorsOf("<!-- given ./pets.ts: export const pet: number = '' -->", ...fence)).toEqual([
      "docs/page.md:1: error TS2322: Type 'string' is not assignable to type 'number'.",
    ])
  })

  it('checks js fences too', TIMEOUT, () => {
    expect(errorsOf('```js', "import { abort } from 'mazurka'", "abort('404')", '```')).toEqual([
      expect.stringContaining('docs/page.md:3: error TS2345'),
    ])
  })

  it('shows no fence the declarations and augmentations of another', TIMEOUT, () => {
    const augmentation = [
      '```ts',
      "import type { Converters } from 'mazurka'",
      "declare module 'mazurka' {",
      '  interface Converters { colour: number }',
      '}',
      "const colour: Converters['colour'] = 1",
      '```',
    ]
    const other = [
      '```ts',
      "import type { Converters } from 'mazurka'",
      "type Colour = Converters['colour']",
      '```',
    ]
    expect(errorsOf(...augmentation, ...other)).toEqual([
      "docs/page.md:10: error TS2339: Property 'colour' does not exist on type 'Converters'.",
    ])
  })

  it('shows no fence the members that the imports of another add to types', TIMEOUT, () => {
    const fence = (...imports: string[]) => [
      '```ts',
      "import type { HandlerRequest } from 'mazurka'",
      ...imports,
      "export type Log = HandlerRequest['log']",
      '```',
    ]
    expect(errorsOf(...fence("import type {} from 'mazurka/api'"), ...fence())).toEqual([
      expect.stringMatching(/^docs\/page\.md:8: error TS2339: Property 'log' does not exist/),
    ])
  })

  it('leaves out fences of other languages', () => {
    expect(fencesOf('docs/page.md', '```sh\nnpm start\n```\n```\ntext\n```')).toEqual([])
  })

  it('throws for a given comment without a fence below it', () => {
    expect(() => fencesOf('docs/page.md', '# A page\n\n<!-- given: const a = 1 -->\n\nText.')).toThrow(
      "docs/page.md:3: no ts or js fence below this 'given' comment",
    )
    expect(() => fencesOf('docs/page.md', '<!-- given: const a = 1 -->\n```sh\nls\n```')).toThrow(
      'docs/page.md:1',
    )
  })
})
