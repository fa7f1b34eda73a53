/**
 * Path templates of OpenAPI.
 *
 *     /pets/<int:id>/photos/:photo  →  /pets/{id}/photos/{photo}
 */
import type { Path } from '../../routing/path.ts'
import { PATH_PARAMETER } from '../../routing/path-parameter.ts'

export interface PathTemplate {
  readonly template: string
  /** The template without parameter names: equal for paths that differ only in these. */
  readonly key: string
  /** The names of the parameters, in order. */
  readonly names: readonly string[]
}

/** @param names Names of the parameters, in place of the path's own. */
export function templateOf({ template }: Path, names?: readonly string[]): PathTemplate {
  const ownNames: string[] = []
  const pieces: string[] = []
  let end = 0
  for (const match of template.matchAll(PATH_PARAMETER)) {
    pieces.push(encodeURI(template.slice(end, match.index)))
    end = match.index + match[0].length
    ownNames.push(match[2] ?? match[3] ?? '')
  }
  const chosenNames = names ?? ownNames
  const write = (nameOf: (index: number) => string) =>
    pieces.map((piece, index) => `${piece}{${nameOf(index)}}`).join('') + encodeURI(template.slice(end))
  return { template: write((index) => chosenNames[index] ?? ''), key: write(() => ''), names: chosenNames }
}
