/** Serializers of an API's own. */
import { expect, it } from 'vitest'
import { DefaultSerializer } from '../../lib/jsonapi/document/serializer.ts'
import { SerializationException } from '../../lib/jsonapi/errors/serialization-exception.ts'
import { describeLibrary, errorsOf, objects } from '../support/library-api.ts'

class Shouting extends DefaultSerializer {
  override resourceObject(...[instance, context]: Parameters<DefaultSerializer['resourceObject']>) {
    const object = super.resourceObject(instance, context)
    return { ...object, attributes: { ...object.attributes, loud: `${instance.row.name}!` } }
  }
}

class Failing extends DefaultSerializer {
  override resourceObject(...[instance, context]: Parameters<DefaultSerializer['resourceObject']>) {
    if (instance.id === '1') throw new Error('secret')
    if (instance.id === '2') throw new SerializationException(instance.row, 'Ben is not serializable')
    return super.resourceObject(instance, context)
  }
}

describeLibrary(
  'a serializer',
  (serve) => {
    it('makes the resources of its model, also related and included ones (RES-034, RES-285, RES-292)', async () => {
      const { get } = await serve({ apis: { person: { serializer: Shouting } } })
      expect((await get('/api/person/1')).document.data.attributes.loud).toBe('Ada!')
      expect((await get('/api/person')).document.data[2].attributes.loud).toBe('Cleo!')
      expect((await get('/api/article/1/author')).document.data.attributes.loud).toBe('Ada!')
      const { data, included } = (await get('/api/article/1?include=author,tags')).document
      expect(data.attributes.loud).toBeUndefined()
      for (const { type, attributes } of included)
        expect([type, attributes.loud]).toEqual(type === 'person' ? ['person', 'Ada!'] : ['tag', undefined])
    })

    it('gets the fields that are shown (RES-284, RES-286)', async () => {
      const { get } = await serve({ apis: { person: { serializer: Shouting, only: ['name', 'email'] } } })
      expect((await get('/api/person/1?fields[person]=email')).document.data.attributes).toEqual({
        email: 'ada@example.org',
        loud: 'Ada!',
      })
    })

    it('fails: 500 with one error for each resource, and no more than its type and id (RES-102, RES-103, RES-287)', async () => {
      const { get, logger } = await serve({ apis: { person: { serializer: Failing } } })
      expect((await get('/api/person/3')).status).toBe(200)
      expect(errorsOf(await get('/api/person/1'))).toEqual([
        '500 Failed to serialize resource of type person and ID 1',
      ])
      expect(errorsOf(await get('/api/person/2'))).toEqual(['500 Ben is not serializable'])
      expect(errorsOf(await get('/api/person'))).toEqual([
        '500 Failed to serialize resource of type person and ID 1',
        '500 Ben is not serializable',
      ])
      expect(errorsOf(await get('/api/article/1?include=author'))).toEqual([
        '500 Failed to serialize included resource of type person and ID 1',
      ])
      expect(logger.text()).toContain('secret')
    })

    it('fails for primary and for included resources together (RES-103)', async () => {
      const { get } = await serve({
        apis: { person: { serializer: Failing }, article: { serializer: Failing } },
      })
      const filter = objects({ name: 'id', op: 'eq', val: 1 })
      expect(errorsOf(await get(`/api/article?${filter}&include=author`))).toEqual([
        '500 Failed to serialize resource of type article and ID 1',
        '500 Failed to serialize included resource of type person and ID 1',
      ])
    })

    it('of additional attributes fails as well (RES-102)', async () => {
      const additionalAttributes = {
        broken: () => {
          throw new Error('secret')
        },
      }
      const { get } = await serve({ apis: { tag: { additionalAttributes } } })
      expect(errorsOf(await get('/api/tag/1'))).toEqual([
        '500 Failed to serialize resource of type tag and ID 1',
      ])
      expect((await get('/api/tag/1?fields[tag]=name')).status).toBe(200)
    })
  },
  ['sqlite'],
)
