/** Orbit: a store in memory, its source of a JSON:API, and its serializers of atomic operations. */
import {
  JSONAPIAtomicOperationsDocumentSerializer,
  JSONAPIResourceIdentitySerializer,
  type JSONAPIResourceIdentitySerializerSettings,
  JSONAPISerializers,
  JSONAPISource,
  JSONAPIURLBuilder,
  type Resource,
} from '@orbit/jsonapi'
import { MemorySource } from '@orbit/memory'
import {
  type InitializedRecord,
  type OffsetLimitPageSpecifier,
  type PageSpecifier,
  RecordKeyMap,
  type RecordOperation,
  RecordSchema,
} from '@orbit/records'
import { buildSerializerClassFor, buildSerializerSettingsFor, type SerializerClass } from '@orbit/serializers'
import { expect, it } from 'vitest'
import { describeLibrary, type ServeLibrary } from '../support/library-api.ts'

const ATOMIC = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'

const schema = new RecordSchema({
  models: {
    person: {
      keys: { key: {} },
      attributes: { name: { type: 'string' }, email: { type: 'string' } },
      relationships: { author_articles: { kind: 'hasMany', type: 'article', inverse: 'author' } },
    },
    article: {
      keys: { key: {} },
      attributes: { title: { type: 'string' }, body: { type: 'string' } },
      relationships: {
        author: { kind: 'hasOne', type: 'person', inverse: 'author_articles' },
        tags: { kind: 'hasMany', type: 'tag' },
      },
    },
    tag: { keys: { key: {} }, attributes: { name: { type: 'string' } } },
  },
})

/** A resource without a key has its id of the store as `lid`. */
class IdentitySerializer extends JSONAPIResourceIdentitySerializer {
  constructor(settings: JSONAPIResourceIdentitySerializerSettings) {
    super({ ...settings, getResourceKey: () => 'key' })
  }

  override serialize(record: InitializedRecord): Resource {
    const identity: Resource & { lid?: string } = super.serialize(record)
    if (identity.id === undefined) identity.lid = record.id
    return identity
  }
}

/** Pages by number and size, as Orbit leaves to its users. */
class UrlBuilder extends JSONAPIURLBuilder {
  override buildPageParam(page: PageSpecifier) {
    const { offset = 0, limit = 1 } = page as OffsetLimitPageSpecifier
    return { number: offset / limit + 1, size: limit }
  }
}

/** A store and its source. Records that the source has read or written are in the store. */
async function connect(serve: ServeLibrary) {
  const { served } = await serve({
    manager: {
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowToManyReplacement: true,
      allowDeleteFromToManyRelationships: true,
    },
  })
  const keyMap = new RecordKeyMap()
  const memory = new MemorySource({ schema, keyMap })
  const plain = { serializationOptions: { inflectors: [] } }
  const source = new JSONAPISource({
    schema,
    keyMap,
    host: served.url,
    namespace: 'api',
    serializerClassFor: buildSerializerClassFor({
      [JSONAPISerializers.ResourceIdentity]: IdentitySerializer as SerializerClass,
    }),
    URLBuilderClass: UrlBuilder,
    serializerSettingsFor: buildSerializerSettingsFor({
      settingsByType: {
        [JSONAPISerializers.ResourceTypePath]: plain,
        [JSONAPISerializers.ResourceFieldPath]: plain,
      },
    }),
  })
  source.on('transform', (transform) => memory.sync(transform))
  return { source, memory, keyMap }
}

describeLibrary('Orbit', (serve) => {
  it('creates, reads, updates and deletes records', async () => {
    const { source, memory, keyMap } = await connect(serve)
    const person = await source.update<InitializedRecord>((t) =>
      t.addRecord({ type: 'person', attributes: { name: 'Eve' } }),
    )
    expect(keyMap.idToKey('person', 'key', person.id)).toMatch(/^\d+$/)
    const article = await source.update<InitializedRecord>((t) =>
      t.addRecord({
        type: 'article',
        attributes: { title: 'Orbits' },
        relationships: { author: { data: { type: 'person', id: person.id } } },
      }),
    )
    await source.update((t) => t.replaceAttribute(article, 'title', 'Ellipses'))
    const other = (await connect(serve)).source
    const read = await other.query<InitializedRecord[]>((q) =>
      q.findRecords('article').filter({ attribute: 'title', value: 'Ellipses' }),
    )
    expect(read.map(({ attributes }) => attributes?.title)).toEqual(['Ellipses'])
    const articles = await source.query<InitializedRecord[]>(
      (q) => q.findRelatedRecords(person, 'author_articles'),
      { include: ['tags'] },
    )
    expect(articles.map(({ id }) => id)).toEqual([article.id])
    expect(memory.cache.query((q) => q.findRelatedRecords(person, 'author_articles'))).toHaveLength(1)
    await source.update((t) => [t.removeRecord(article), t.removeRecord(person)])
    expect(
      await other.query((q) => q.findRecords('article').filter({ attribute: 'title', value: 'Ellipses' })),
    ).toEqual([])
  })

  it('sorts, pages and includes', async () => {
    const { source, memory } = await connect(serve)
    const found = await source.query<InitializedRecord[]>(
      (q) => q.findRecords('article').sort('-title').page({ offset: 0, limit: 2 }),
      { include: ['author', 'tags'] },
    )
    expect(found.map(({ attributes }) => attributes?.title)).toEqual(['Notes', 'Looms'])
    const names = memory.cache.query<InitializedRecord[]>((q) => q.findRecords('person').sort('name'))
    expect(names.map(({ attributes }) => attributes?.name)).toEqual(['Ada', 'Ben'])
  })

  it('adds, replaces and removes members of relationships', async () => {
    const { source, memory } = await connect(serve)
    const tags = await source.query<InitializedRecord[]>((q) => q.findRecords('tag').sort('id'))
    const people = await source.query<InitializedRecord[]>((q) => q.findRecords('person').sort('id'))
    const [article] = await source.query<InitializedRecord[]>((q) =>
      q.findRecords('article').filter({ attribute: 'title', value: 'Anonymous' }),
    )
    const [history, machines] = tags
    const [ada] = people
    if (!article || !history || !machines || !ada) throw new Error('the library has no such rows')
    await source.update((t) => [
      t.addToRelatedRecords(article, 'tags', history),
      t.addToRelatedRecords(article, 'tags', machines),
      t.removeFromRelatedRecords(article, 'tags', history),
      t.replaceRelatedRecord(article, 'author', ada),
    ])
    const tagsOf = async () => {
      const read = await source.query<InitializedRecord[]>((q) => q.findRelatedRecords(article, 'tags'))
      return read.map(({ attributes }) => attributes?.name)
    }
    expect(await tagsOf()).toEqual(['machines'])
    await source.update((t) => t.replaceRelatedRecords(article, 'tags', [history]))
    expect(await tagsOf()).toEqual(['history'])
    expect(memory.cache.getRelatedRecordSync(article, 'author')?.id).toBe(ada.id)
    await source.update((t) => [
      t.replaceRelatedRecord(article, 'author', null),
      t.replaceRelatedRecords(article, 'tags', []),
    ])
    expect(await source.query((q) => q.findRelatedRecord(article, 'author'))).toBeNull()
  })

  it('sends changes as atomic operations, later ones with the lid of earlier ones (FJ-100)', async () => {
    const { source, keyMap } = await connect(serve)
    const { requestProcessor: processor, transformBuilder: t } = source
    const serializer = new JSONAPIAtomicOperationsDocumentSerializer({
      schema,
      keyMap,
      serializerFor: processor.serializerFor,
    })
    const person = { type: 'person', id: 'a', attributes: { name: 'Eve' } }
    const article = {
      type: 'article',
      id: 'b',
      attributes: { title: 'Orbits' },
      relationships: { author: { data: { type: 'person', id: 'a' } } },
    }
    const operations: RecordOperation[] = [
      t.addRecord(person).toOperation(),
      t.addRecord(article).toOperation(),
      t.updateRecord({ ...article, attributes: { title: 'Ellipses' } }).toOperation(),
      t.replaceRelatedRecord(article, 'author', null).toOperation(),
      t.replaceRelatedRecords(person, 'author_articles', [article]).toOperation(),
      t.removeRecord(person).toOperation(),
    ]
    const { response, document } = await processor.fetch(processor.urlBuilder.resourceURL('operations'), {
      method: 'POST',
      headers: { 'Content-Type': ATOMIC, Accept: ATOMIC },
      json: serializer.serialize({ operations }),
    })
    const { 'atomic:results': results } = document as unknown as { 'atomic:results': { data?: Resource }[] }
    expect(response.status).toBe(200)
    const keys = results.map(
      ({ data }) => data && [data.type, data.attributes?.name ?? data.attributes?.title],
    )
    expect(keys).toEqual([['person', 'Eve'], ['article', 'Orbits'], ...Array(4).fill(undefined)])
    const [found] = await source.query<InitializedRecord[]>(
      (q) => q.findRecords('article').filter({ attribute: 'title', value: 'Ellipses' }),
      { include: ['author'] },
    )
    expect(found?.relationships?.author?.data).toBeNull()
  })
})
