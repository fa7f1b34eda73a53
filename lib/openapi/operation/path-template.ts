/**
 * Paths as OpenAPI writes them.
 *
 *     /pets/<int:id>/photos/:photo  →  /pets/{id}/photos/{photo}
 */
import type { Path } from '../../routing/path.ts'
import { PATH_PARAMETER } from '../../routing/path-parameter.ts'

export interface PathTemplate {
  readonly template: string
  /** What two templates share that differ only in the names of their parameters. */
  readonly key: string
  /** The names of the parameters, in order. */
  readonly names: readonly string[]
}

/** @param names The names of the parameters, where another path of the same key has chosen them. */
export function templateOf({ template }: Path, names?: readonly string[]): PathTemplate {
  const own: string[] = []
  const pieces: string[] = []
  let end = 0
  for (const match of template.matchAll(PATH_PARAMETER)) {
    pieces.push(encodeURI(template.slice(end, match.index)))
    end = match.index + match[0].length
    own.push(match.groups?.name ?? match.groups?.plain ?? '')
  }
  const chosen = names ?? own
  const write = (nameOf: (index: number) => string) =>
    pieces.map((piece, index) => `${piece}{${nameOf(index)}}`).join('') + encodeURI(template.slice(end))
  return { template: write((index) => chosen[index] ?? ''), key: write(() => ''), names: chosen }
}
