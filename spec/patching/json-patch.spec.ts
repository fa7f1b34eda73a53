import fc from 'fast-check'
import { applyPatch, createPatch } from 'rfc6902'
import { describe, expect, it } from 'vitest'
import { HttpException } from '../../lib/index.ts'
import { jsonPatch, Patch } from '../../lib/json-patch.ts'
import type { IncomingContent } from '../../lib/parsers/content.ts'
import type { ParseContext } from '../../lib/parsers/parser.ts'
import { growthOf, SUPERLINEAR } from '../support/growth.ts'
import { parserApp } from '../support/parser-app.ts'

const PATCH_TYPE = 'application/json-patch+json'

/** The parsed patch, without a server. */
async function patchOf(document: unknown, options = {}): Promise<Patch> {
  const content = { text: async () => JSON.stringify(document) } as IncomingContent
  return jsonPatch(options)(content, {} as ParseContext)
}

/** The patched state, or the status of the error. */
async function outcome(state: unknown, operations: unknown): Promise<unknown> {
  try {
    return (await patchOf(operations)).apply(state)
  } catch (error) {
    if (error instanceof HttpException) return error.status
    throw error
  }
}

const add = (path: string, value: unknown) => ({ op: 'add', path, value })
const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })
const test = (path: string, value: unknown) => ({ op: 'test', path, value })
const remove = (path: string) => ({ op: 'remove', path })
const move = (from: string, path: string) => ({ op: 'move', from, path })
const copy = (from: string, path: string) => ({ op: 'copy', from, path })

describe('jsonPatch', () => {
  it('passes a Patch to the handler, and responds with 400 or 409 to an invalid one', async () => {
    const parse = jsonPatch()
    const { post } = await parserApp(PATCH_TYPE, {
      parser: async (content, context) => {
        const patch = await parse(content, context)
        return [patch instanceof Patch, patch.apply({ a: 1 })]
      },
    })
    expect(await post('[{"op":"add","path":"/b","value":2}]')).toEqual({
      status: 200,
      body: [true, { a: 1, b: 2 }],
    })
    expect(await post('[{"op":"add","path":"/b"}]')).toEqual({
      status: 400,
      detail: 'Operation 0: The operation add has a member value',
    })
    expect(await post('[')).toMatchObject({ status: 400 })
    expect(await post('[{"op":"test","path":"/a","value":{"__proto__":1}}]')).toMatchObject({ status: 400 })
    expect(await post('[{"op":"test","path":"/a","value":2}]')).toEqual({
      status: 409,
      detail: 'Operation 0: The value at the path is different',
    })
  })

  it.each<[document: unknown, reason: string]>([
    [{}, 'A JSON Patch is a list of operations'],
    [null, 'A JSON Patch is a list of operations'],
    [[1], 'Operation 0: An operation is an object'],
    [[[]], 'Operation 0: An operation is an object'],
    [[remove('/a'), {}], 'Operation 1: The member op is one of add, remove, replace, move, copy, test'],
    [
      [{ op: 'toString', path: '/a' }],
      'Operation 0: The member op is one of add, remove, replace, move, copy, test',
    ],
    [
      [{ op: 'Add', path: '/a', value: 1 }],
      'Operation 0: The member op is one of add, remove, replace, move, copy, test',
    ],
    [[{ op: 'replace', path: '/a' }], 'Operation 0: The operation replace has a member value'],
    [[{ op: 'test', path: '/a' }], 'Operation 0: The operation test has a member value'],
    [[{ op: 'move', path: '/a' }], 'Operation 0: The operation move has a member from'],
    [[{ op: 'copy', path: '/a' }], 'Operation 0: The operation copy has a member from'],
    [[{ op: 'remove' }], 'Operation 0: The member path is a JSON Pointer'],
    [[{ op: 'remove', path: 1 }], 'Operation 0: The member path is a JSON Pointer'],
    [[remove('a')], 'Operation 0: The member path is a JSON Pointer'],
    [[remove('#/a')], 'Operation 0: The member path is a JSON Pointer'],
    [[remove('/a~2')], 'Operation 0: The member path is a JSON Pointer'],
    [[remove('/a~')], 'Operation 0: The member path is a JSON Pointer'],
    [[copy('a', '/b')], 'Operation 0: The member from is a JSON Pointer'],
    [[move('/a', '/a/b')], 'Operation 0: A value cannot be moved into itself'],
    [[move('', '/a')], 'Operation 0: A value cannot be moved into itself'],
    [[add('/__proto__/x', 1)], 'Operation 0: A path may not lead through __proto__, constructor, prototype'],
    [
      [add('/a/constructor/prototype/x', 1)],
      'Operation 0: A path may not lead through __proto__, constructor, prototype',
    ],
    [
      [copy('/__proto__', '/a')],
      'Operation 0: A path may not lead through __proto__, constructor, prototype',
    ],
    [[remove('/a'.repeat(101))], 'Operation 0: A path has at most 100 levels'],
    [Array(1001).fill(remove('/a')), 'The JSON Patch has more than 1000 operations'],
  ])('refuses %j with 400: %s (RFC 6902 §4, RFC 5789 §2.2)', async (document, reason) => {
    await expect(patchOf(document)).rejects.toMatchObject({ status: 400, detail: reason })
  })

  it('reports all malformed operations together, each with a JSON Pointer', async () => {
    await expect(patchOf([{}, remove('/a'), remove('b')])).rejects.toMatchObject({
      members: {
        errors: [
          { detail: 'The member op is one of add, remove, replace, move, copy, test', pointer: '#/0' },
          { detail: 'The member path is a JSON Pointer', pointer: '#/2' },
        ],
      },
    })
  })

  it('has limits, which are a TypeError when they are no whole numbers', async () => {
    await expect(patchOf([remove('/a'), remove('/b')], { maxOperations: 1 })).rejects.toMatchObject({
      status: 400,
    })
    await expect(patchOf([add('/a', [[[[]]]])], { maxDepth: 4 })).rejects.toMatchObject({ status: 400 })
    for (const nonsense of [-1, 1.5, Number.NaN]) {
      expect(() => jsonPatch({ maxOperations: nonsense })).toThrow(TypeError)
      expect(() => jsonPatch({ maxDepth: nonsense })).toThrow(TypeError)
    }
  })
})

describe('Patch.apply', () => {
  const cases: [state: unknown, operations: unknown[], result: unknown, why: string][] = [
    [{ foo: 'bar' }, [add('/baz', 'qux')], { foo: 'bar', baz: 'qux' }, 'A.1 adding a member'],
    [{ foo: ['bar', 'baz'] }, [add('/foo/1', 'qux')], { foo: ['bar', 'qux', 'baz'] }, 'A.2 adding an item'],
    [{ baz: 'qux', foo: 'bar' }, [remove('/baz')], { foo: 'bar' }, 'A.3 removing a member'],
    [{ foo: ['bar', 'qux', 'baz'] }, [remove('/foo/1')], { foo: ['bar', 'baz'] }, 'A.4 removing an item'],
    [{ baz: 'qux' }, [replace('/baz', 'boo')], { baz: 'boo' }, 'A.5 replacing a value'],
    [
      { foo: { bar: 1, waldo: 2 }, qux: {} },
      [move('/foo/waldo', '/qux/thud')],
      { foo: { bar: 1 }, qux: { thud: 2 } },
      'A.6 moving a value',
    ],
    [
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [move('/foo/1', '/foo/3')],
      { foo: ['all', 'cows', 'eat', 'grass'] },
      'A.7 moving an item',
    ],
    [
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [test('/baz', 'qux'), test('/foo/1', 2)],
      { baz: 'qux', foo: ['a', 2, 'c'] },
      'A.8 a test that holds',
    ],
    [{ baz: 'qux' }, [test('/baz', 'bar')], 409, 'A.9 a test that fails'],
    [
      { foo: 'bar' },
      [add('/child', { grandchild: {} })],
      { foo: 'bar', child: { grandchild: {} } },
      'A.10 adding an object',
    ],
    [
      { foo: 'bar' },
      [{ ...add('/baz', 'qux'), xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
      'A.11 unknown members',
    ],
    [{ foo: 'bar' }, [add('/baz/bat', 'qux')], 409, 'A.12 adding to a missing parent'],
    [{ '/': 9, '~1': 10 }, [test('/~01', 10)], { '/': 9, '~1': 10 }, 'A.14 escapes'],
    [{ '/': 9, '~1': 10 }, [test('/~01', '10')], 409, 'A.15 strings are not numbers'],
    [
      { foo: ['bar'] },
      [add('/foo/-', ['abc', 'def'])],
      { foo: ['bar', ['abc', 'def']] },
      'A.16 adding at the end',
    ],
    [{ a: 1 }, [], { a: 1 }, 'no operations'],
    [{ a: 1 }, [add('', [1])], [1], 'adding the whole document'],
    [{ a: 1 }, [replace('', null)], null, 'replacing the whole document'],
    [{ a: { b: 1 } }, [move('/a', '')], { b: 1 }, 'replacing the whole document by one of its members'],
    [{ a: 1 }, [copy('', '/b')], { a: 1, b: { a: 1 } }, 'copying the whole document'],
    [{ a: 1 }, [remove('')], 409, 'removing the whole document'],
    [{ a: 1 }, [test('', { a: 1 }), move('', '')], { a: 1 }, 'moving the whole document to itself'],
    [{ a: 1 }, [move('/a', '/a')], { a: 1 }, 'moving a value to itself'],
    [{ a: 1 }, [remove('/b')], 409, 'removing a missing member'],
    [{ a: 1 }, [replace('/b', 1)], 409, 'replacing a missing member'],
    [{ a: 1 }, [move('/b', '/c')], 409, 'moving a missing member'],
    [{ a: 1 }, [copy('/b', '/c')], 409, 'copying a missing member'],
    [{ a: 1 }, [test('/b', null)], 409, 'a missing member is not null'],
    [{ a: null }, [test('/a', null), replace('/a', 1)], { a: 1 }, 'null is a value'],
    [{ a: 1 }, [add('/a/b', 1)], 409, 'a number has no members'],
    [{ a: 'text' }, [test('/a/0', 't')], 409, 'a string has no members'],
    [null, [add('/a', 1)], 409, 'null has no members'],
    [{}, [test('/toString', 1)], 409, 'inherited members do not exist'],
    [{}, [copy('/toString', '/a')], 409, 'inherited members cannot be copied'],
    [{}, [remove('/hasOwnProperty')], 409, 'inherited members cannot be removed'],
    [{}, [add('/toString', 1)], { toString: 1 }, 'an own member may have an inherited name'],
    [[1, 2], [remove('/length')], 409, 'an array has no other members than items'],
    [[1, 2], [replace('/a', 1)], 409, 'items have only indexes'],
    [[1, 2], [replace('/01', 1)], 409, 'indexes have no leading zero (RFC 6901 §4)'],
    [[1, 2], [replace('/-1', 1)], 409, 'indexes have no sign (RFC 6901 §4)'],
    [[1, 2], [replace('/-', 1)], 409, 'the item after the last does not exist'],
    [[1, 2], [add('/2', 3)], [1, 2, 3], 'adding after the last'],
    [[1, 2], [add('/3', 3)], 409, 'adding beyond the end (RFC 6902 §4.1)'],
    [[1, 2], [copy('/0', '/9')], 409, 'copying beyond the end'],
    [[1, 2], [copy('/0', '/-')], [1, 2, 1], 'copying to the end'],
    [[1, 2], [move('/0', '/1')], [2, 1], 'moving to the end'],
    [[1, 2], [move('/0', '/-')], [2, 1], 'moving to the end by its other name'],
    [[1, 2], [move('/0', '/2')], 409, 'after the removal there is no 2 (RFC 6902 §4.4)'],
    [
      [1, [2], [3]],
      [move('/0', '/1/0')],
      [[2], [1, 3]],
      'after the removal, 1 is the former 2 (RFC 6902 §4.4)',
    ],
    [[[1], [2], 3], [move('/2', '/0/0')], [[3, 1], [2]], 'items before the removed one keep their index'],
    [[{ a: 1 }, {}], [move('/0/a', '/1/a')], [{}, { a: 1 }], 'another array than the one it passes'],
    [
      { a: [1, 2], b: [[], []] },
      [move('/a/0', '/b/0/0')],
      { a: [2], b: [[1], []] },
      'another parent, the same place',
    ],
    [[1, {}], [move('/0', '/x/y')], 409, 'moving into a missing item'],
    [{ a: -0 }, [test('/a', 0)], { a: 0 }, 'numbers are compared as numbers (RFC 6902 §4.6)'],
    [
      { a: { b: 1, c: [2] } },
      [test('/a', { c: [2], b: 1 })],
      { a: { b: 1, c: [2] } },
      'the order of members does not matter',
    ],
    [{ a: [1, 2] }, [test('/a', [2, 1])], 409, 'the order of items matters'],
    [
      { at: new Date(0) },
      [test('/at', '1970-01-01T00:00:00.000Z')],
      { at: '1970-01-01T00:00:00.000Z' },
      'a Date is compared as its JSON',
    ],
    [undefined, [add('', { a: 1 })], { a: 1 }, 'an undefined state is null'],
  ]

  it.each(cases)(
    'applies to %j the operations %j with the result %j: %s',
    async (state, operations, result) => {
      expect(await outcome(state, operations)).toEqual(result)
    },
  )

  it('names the operation that cannot be applied, and the reason (RFC 5789 §2.2)', async () => {
    const patch = await patchOf([add('/b', 2), test('/a', 7), remove('/c')])
    expect(() => patch.apply({ a: 1 })).toThrow(
      expect.objectContaining({
        status: 409,
        detail: 'Operation 1: The value at the path is different',
        members: { errors: [{ detail: 'The value at the path is different', pointer: '#/1' }] },
      }),
    )
  })

  it('changes neither the state nor itself, so it can be applied again', async () => {
    const state = { a: { list: [1, 2] }, kept: { x: 1 } }
    const before = structuredClone(state)
    const patch = await patchOf([
      add('/new', { y: [] }),
      add('/new/y/-', 1),
      remove('/a/list/0'),
      copy('/kept', '/c'),
    ])
    const first = patch.apply(state) as typeof state & { c: { x: number } }
    expect(first).toEqual({ a: { list: [2] }, kept: { x: 1 }, new: { y: [1] }, c: { x: 1 } })
    first.kept.x = 9
    expect(first.c.x).toBe(1)
    expect(patch.apply(state)).toEqual({ a: { list: [2] }, kept: { x: 1 }, new: { y: [1] }, c: { x: 1 } })
    expect(state).toEqual(before)
  })

  it('applies the patches that rfc6902 creates, with the same result', async () => {
    const name = fc.constantFrom('a', 'b', '', '/', '~', '~1', '0', '-', 'toString')
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(null, 0, 1, '', 'x', true),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { noNullPrototype: true }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, value, { noNullPrototype: true }),
        fc.dictionary(name, value, { noNullPrototype: true }),
        async (from, to) => {
          const operations = createPatch(from, to)
          expect(await outcome(from, operations)).toEqual(to)
          const other = structuredClone(from)
          applyPatch(other, operations)
          expect(other).toEqual(to)
        },
      ),
    )
  })

  it('changes no prototype', async () => {
    for (const path of [
      '/__proto__/x',
      '/constructor/prototype/x',
      '/a/__proto__',
      '/constructor',
      '/prototype',
    ]) {
      expect(await outcome({ a: {} }, [add(path, 1)]), path).toBe(400)
      expect(await outcome({ a: {} }, [copy('/a', path)]), path).toBe(400)
    }
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it('copies at most 1 MiB: more is a 422 (RFC 5789 §2.2)', async () => {
    const grown = (count: number) =>
      outcome(
        { a: 'x' },
        Array(count)
          .fill([copy('', '/b'), copy('', '/c')])
          .flat(),
      )
    const copied = (count: number) => outcome({ a: 'x'.repeat(100_000) }, Array(count).fill(copy('/a', '/b')))
    expect(await grown(5)).toHaveProperty('b')
    expect(await copied(10)).toHaveProperty('b')
    expect([await grown(12), await copied(11)]).toEqual([422, 422])
    expect([await grown(500), await copied(1000)]).toEqual([422, 422])
  })

  it('nests values only so deep that the stack does not overflow: deeper is a 422', async () => {
    const chain = '/a'.repeat(90)
    const deep = JSON.parse(`${'{"a":'.repeat(90)}{}${'}'.repeat(90)}`)
    const rounds = Array.from({ length: 300 }, () => [
      add('/y', deep),
      move('/x', `/y${chain}/a`),
      move('/y', '/x'),
    ])
    expect(await outcome({ x: {} }, rounds.flat())).toBe(422)
  })

  it('compares no further than the patch reaches: rows and tests together need linear time', async () => {
    const listOf = (count: number) => Array.from({ length: count * 50 }, (_, n) => ({ n }))
    const states = new Map([125, 1000].map((count) => [count, { list: listOf(count) }]))
    const growth = await growthOf(async (count) => {
      const last = count * 50 - 1
      const patch = await patchOf(Array(count).fill(test(`/list/${last}`, { n: last })))
      patch.apply(states.get(count))
    }, 1000)
    expect(growth).toBeLessThan(SUPERLINEAR)
    const reversed = await patchOf([test('/list', listOf(500).reverse())])
    expect(() => reversed.apply(states.get(500))).toThrow(HttpException)
  })

  it('refuses long paths in linear time', async () => {
    const growth = await growthOf(async (count) => {
      for (const piece of ['/', '~0', '~', '/~', '/0', '/-'])
        expect(await outcome([], [remove(`/${piece.repeat(count)}`)])).toBeGreaterThanOrEqual(400)
    }, 200_000)
    expect(growth).toBeLessThan(SUPERLINEAR)
  })
})
