/** The links from one page to others, in documents and in the field Link. */
import { linkField, linkTo } from '../../http/link.ts'
import { targetWith } from '../../http/parameters.ts'
import type { Link } from '../document/document.ts'
import type { Page } from '../query/page.ts'

/**
 * The links of a numbered page. Without a total the last page is not known, and a full page has a next one.
 *
 * @param self the URL of the page. @param count of its rows. @param total of the rows of all pages.
 */
export function numberLinks(
  self: string,
  page: Page,
  count: number,
  total: number | undefined,
): Record<string, Link> {
  if (page.kind !== 'number') return { self }
  const { number, size } = page
  const toPage = targetWith(self, 'page[number]')
  const link = (to: number): string => toPage(String(to))
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / size))
  const hasNext = last === undefined ? count === size : number < last
  const previous = Math.min(number - 1, last ?? number)
  return {
    self,
    first: link(1),
    ...(last === undefined ? {} : { last: link(last) }),
    prev: previous > 0 ? link(previous) : null,
    next: hasNext ? link(number + 1) : null,
  }
}

/** The links of a page between cursors; null where there is no other page. */
export function cursorLinks(
  self: string,
  before: string | undefined,
  after: string | undefined,
): Record<string, Link> {
  const link = (name: string, other: string, cursor: string | undefined): Link =>
    cursor === undefined ? null : targetWith(targetWith(self, other)(undefined), name)(cursor)
  return {
    self,
    prev: link('page[before]', 'page[after]', before),
    next: link('page[after]', 'page[before]', after),
  }
}

const RELATIONS = ['first', 'last', 'prev', 'next'] as const

/** The links as the field Link (RFC 8288); no field where the page has no other pages, and none that is too long. */
export function linkFields(links: Readonly<Record<string, Link>>): Record<string, string> {
  const values = RELATIONS.flatMap((rel) => {
    const link = links[rel]
    return typeof link === 'string' ? [linkTo(link, { rel })] : []
  })
  const link = linkField(values)
  return link === undefined ? {} : { link }
}
