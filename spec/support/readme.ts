/** Pages of documentation: their fenced blocks, the requests among them, and their links. */
import { readFileSync } from 'node:fs'

export const ROOT: string = new URL('../../', import.meta.url).pathname

interface Block {
  readonly language: string
  readonly text: string
}

/** A request as a curl line, and the response shown below it. */
interface ShownRequest {
  readonly line: string
  /** `http`: the whole response; `text`: the output of the line. */
  readonly form: 'http' | 'text'
  readonly expected: string
}

export function readPage(path: string): string {
  return readFileSync(ROOT + path, 'utf8')
}

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text: text.replace(/\n$/, ''),
  }))
}

/** Each `sh` block of one curl line, with the block that follows. @throws {Error} when none follows. */
export function requestsOf(markdown: string): ShownRequest[] {
  const blocks = blocksOf(markdown)
  return blocks.flatMap(({ language, text: line }, index) => {
    if (language !== 'sh' || !line.startsWith('curl ')) return []
    const next = blocks[index + 1]
    if (next?.language !== 'http' && next?.language !== 'text')
      throw new Error(`No response is shown for ${line}`)
    return [{ line, form: next.language, expected: next.text }]
  })
}

/** Each line after `$ ` of a `console` block, with its output. */
export function consoleOf(markdown: string): { readonly line: string; readonly expected: string }[] {
  return blocksOf(markdown)
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.split(/^\$ /m).slice(1))
    .map((entry) => {
      const [line = '', ...printed] = entry.trimEnd().split('\n')
      return { line, expected: printed.join('\n') }
    })
}

/** The files that a page links to, without fragments. */
export function linksOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path = '']) => path)
}
