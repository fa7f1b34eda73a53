/**
 * The names of the relations of a table.
 *
 *     to-one        the column of the key without `_id`     article.author_id → article.author
 *     one-to-one    back: the table of the key              profile.person_id → person.profile
 *     to-many       back: the table of the key, in plural   comment.article_id → article.comments
 *     many-to-many  the related table, in plural            article_tag → article.tags, tag.articles
 *
 * A name that several relations of a table would have goes to none of them: the key's name stands in front, or that of the
 * join table: `author_articles`, `editor_articles`. The key named as the table that it refers to keeps the plain name. A name
 * that an attribute has gets the key's name and the table: `author_person`.
 *
 * The order of precedence: names that the developer chose, columns that are no foreign keys, to-one relations, others.
 */
import { memberNameOf, pluralOf, type TakenNames } from './member-name.ts'
import type { Relation } from './model.ts'
import type { ForeignKey } from './table-facts.ts'

/** A relation without its name. */
export interface RelationDraft {
  /** The name of the model that has it. */
  readonly owner: string
  readonly relation: Omit<Relation, 'name' | 'inverse'>
  /** The developer's name. */
  readonly chosen: string | undefined
  readonly plain: string
  /** For a plain name that is taken. */
  readonly long: string
  /** Whether it keeps its plain name where others have the same. */
  readonly isFirst?: boolean
}

/** The name of a foreign key: its column without `_id` or `Id`; of several columns and of `id`, the table it refers to. */
function nameOfKey({ columns, table }: ForeignKey): string {
  const [column = '', ...more] = columns
  return more.length > 0 || /^(id|type)$/i.test(column)
    ? table
    : column.replace(/(?<=.)_id$|(?<=[a-z\d])Id$/i, '') || table
}

/** The names of a relation by its key, and of the one that leads back. */
export function namesByKey(table: string, key: ForeignKey, isUnique: boolean) {
  const name = nameOfKey(key)
  const back = isUnique ? table : pluralOf(table)
  return {
    one: { plain: name, long: `${name}_${key.table}` },
    back: { plain: back, long: `${name}_${back}`, isFirst: name === key.table },
  }
}

/** The names of a relation through a join table. */
export function namesThrough(join: string, near: ForeignKey, far: ForeignKey) {
  const plain = pluralOf(far.table)
  return { plain, long: `${near.table === far.table ? nameOfKey(far) : join}_${plain}` }
}

/** The names of the relations of one table. @param taken has the chosen ones already. */
export function relationNames(
  drafts: readonly RelationDraft[],
  taken: TakenNames,
): ReadonlyMap<RelationDraft, string> {
  const names = new Map<RelationDraft, string>()
  const inOrder = [...drafts].sort((a, b) => Number(b.relation.isOwner) - Number(a.relation.isOwner))
  for (const draft of inOrder) names.set(draft, draft.chosen ?? taken.take(nameIn(drafts, draft, taken)))
  return names
}

function nameIn(drafts: readonly RelationDraft[], draft: RelationDraft, taken: TakenNames): string {
  const plain = memberNameOf(draft.plain)
  const { isOwner } = draft.relation
  const tier = drafts.filter((other) => other !== draft && other.relation.isOwner === isOwner)
  const rivals = tier.filter((other) => memberNameOf(other.plain) === plain)
  const isPlain = rivals.length === 0 || (draft.isFirst && !rivals.some(({ isFirst }) => isFirst))
  return isPlain && !taken.has(plain) ? plain : memberNameOf(draft.long)
}
