import { describe, expect, it } from 'vitest'
import { resolveInclude } from '../../../lib/jsonapi/query/include.ts'
import { Resource } from '../../../lib/jsonapi/resource/resource.ts'
import { errorOf } from '../../support/query-errors.ts'
import { resourceOf, resources } from '../../support/query-world.ts'

const include = (paths: readonly string[], maxDepth = 3) =>
  resolveInclude(paths, resourceOf('article'), maxDepth)

describe('include', () => {
  it('is a tree of the relationships on every step of its paths (RES-122)', () => {
    expect(include(['author', 'comments.author', 'comments.article'])).toEqual({
      author: {},
      comments: { author: {}, article: {} },
    })
  })

  it('may name a relationship as a member that all objects have', () => {
    const article = resourceOf('article')
    const { author } = article.model.relations
    if (!author) throw new Error('no author')
    const model = { ...article.model, relations: { constructor: { ...author, name: 'constructor' } } }
    const named = new Resource(model, article.settings, article.lookup)
    expect(Object.entries(resolveInclude(['constructor'], named, 3))).toEqual([['constructor', {}]])
  })

  it('takes a path once, and a longer one with its beginning', () => {
    expect(include(['comments', 'comments.author', 'comments'])).toEqual({ comments: { author: {} } })
    expect(include([])).toEqual({})
  })

  it('leads back only as far as its path: one level for one name (FJ-09)', () => {
    expect(include(['author.articles'])).toEqual({ author: { articles: {} } })
  })

  it.each([
    'nothing',
    'title',
    'author.nothing',
    'author.name',
    'author_id',
    'comments.',
    '.author',
    '__proto__',
    'id',
    ' author',
  ])('refuses %j, which is no path of relationships (RES-129)', (path) => {
    expect(errorOf(() => include([path]))).toEqual({
      status: 400,
      parameter: 'include',
      detail: `no such relationship path ${JSON.stringify(path)}`,
    })
  })

  it('refuses a hidden relationship with the text of an unknown one (FJ-46)', () => {
    const article = resources({ article: { exclude: ['author'] } }).get('article')
    if (!article) throw new Error('no article')
    expect(errorOf(() => resolveInclude(['author'], article, 3)).detail).toBe(
      'no such relationship path "author"',
    )
  })

  it('has a maximum of relationships in a path; 0 allows none (FJ-13)', () => {
    expect(include(['comments.article.author'], 3)).toEqual({ comments: { article: { author: {} } } })
    expect(errorOf(() => include(['comments.article.author'], 2))).toEqual({
      status: 400,
      parameter: 'include',
      detail:
        'The inclusion of related resources is limited to 2 relationships in a path: "comments.article.author"',
    })
    expect(errorOf(() => include(['author'], 0))).toMatchObject({
      parameter: 'include',
      detail: 'The inclusion of related resources is not supported: "author"',
    })
    expect(include([], 0)).toEqual({})
  })
})
