/** Random patches of states with hidden members, compared with RFC 6902 applied to the state that clients see. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonPatch } from '../../lib/json-patch.ts'
import { jsonSchema } from '../../lib/json-schema.ts'
import { testApp } from '../support/test-app.ts'

// biome-ignore lint/suspicious/noExplicitAny: states of every kind
type Any = any

const MERGE = { 'content-type': 'application/merge-patch+json' }
const PATCH = { 'content-type': 'application/json-patch+json' }
const RUNS = { numRuns: 300, seed: 6902 }

const Toy = z.object({
  name: z.string(),
  n: z.int().optional(),
  sub: z.object({ x: z.int().optional() }).optional(),
})
const Brief = z.object({ name: z.string() })
const sound = z.int().optional()
const Pet = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cat'), name: z.string(), purr: sound, sub: z.object({ x: sound }).optional() }),
  z.object({ kind: z.literal('dog'), bark: sound, sub: z.object({ y: sound }).optional() }),
])
const Thing = z.union([z.object({ wood: z.int(), n: sound }), z.object({ iron: z.int(), rust: sound })])
const Doc = z.object({
  title: z.string(),
  main: Toy.optional(),
  brief: Brief.optional(),
  toys: z.array(Toy).optional(),
  others: z.array(Toy).optional(),
  briefs: z.array(Brief).optional(),
  pair: z.tuple([Brief, Toy]).optional(),
  byName: z.record(z.string(), Toy).optional(),
  extra: z.record(z.string(), z.any()).optional(),
  pet: Pet.optional(),
  pets: z.array(Pet).optional(),
  thing: Thing.optional(),
})
const written = jsonSchema(z.toJSONSchema(Doc, { io: 'input' }))

/** Removes the members that the schema does not know. @throws for a member that the schema refuses. */
const seen = (value: unknown) => Doc.parse(JSON.parse(JSON.stringify(value)))

const name = fc.constantFrom('t', 'u')
const option = { requiredKeys: ['name'] as ['name'] }
const sub = fc.record({ x: fc.nat(1) }, { requiredKeys: [] })
const toy = fc.record({ name, n: fc.nat(1), sub }, option)
const brief = fc.record({ name })
const optional = { requiredKeys: ['kind'] as ['kind'] }
const kinds = {
  purr: fc.nat(1),
  bark: fc.nat(1),
  sub: fc.record({ x: fc.nat(1), y: fc.nat(1) }, { requiredKeys: [] }),
}
const pet = fc.oneof(
  fc.record({ kind: fc.constant('cat'), name, purr: kinds.purr, sub }, { requiredKeys: ['kind', 'name'] }),
  fc.record({ kind: fc.constant('dog'), bark: kinds.bark, sub: fc.record({ y: fc.nat(1) }) }, optional),
)
const thing = fc.oneof(fc.record({ wood: fc.nat(1) }), fc.record({ iron: fc.nat(1) }))
const listOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })

/** The text is unique to its place, and of no type that the schema has for the member. */
const hide = (record: object, place: string, names: readonly string[]) =>
  Object.assign(record, Object.fromEntries(names.map((hidden) => [hidden, `hidden ${place} ${hidden}`])))

/** Hidden members that all places have, and those that are known at other places. */
function hideIn(state: Any): Any {
  const hideInToy = (found: Any, place: string) => {
    hide(found, place, ['hid'])
    if (found.sub) hide(found.sub, `${place}/sub`, ['hid', 'name'])
  }
  const hideInBrief = (found: Any, place: string) => hide(found, place, ['hid', 'n', 'sub'])
  const hideInPet = (found: Any, place: string) => {
    const isCat = found.kind === 'cat'
    hide(found, place, ['hid', ...(isCat ? ['bark'] : ['name', 'purr'])])
    if (found.sub) hide(found.sub, `${place}/sub`, ['hid', isCat ? 'y' : 'x'])
  }
  hide(state, '', ['hid', 'name'])
  if (state.pet) hideInPet(state.pet, 'pet')
  for (const [at, found] of Object.entries(state.pets ?? [])) hideInPet(found, `pets/${at}`)
  if (state.thing)
    hide(state.thing, 'thing', ['hid', ...('wood' in state.thing ? ['iron', 'rust'] : ['wood', 'n'])])
  if (state.main) hideInToy(state.main, 'main')
  if (state.brief) hideInBrief(state.brief, 'brief')
  for (const list of ['toys', 'others', 'byName'])
    for (const [at, found] of Object.entries(state[list] ?? {})) hideInToy(found, `${list}/${at}`)
  for (const [at, found] of Object.entries(state.briefs ?? {})) hideInBrief(found, `briefs/${at}`)
  if (state.pair) hideInBrief(state.pair[0], 'pair/0')
  if (state.pair) hideInToy(state.pair[1], 'pair/1')
  return state
}

const known = fc.record(
  {
    title: name,
    main: toy,
    brief,
    toys: listOf(toy),
    others: listOf(toy),
    briefs: listOf(brief),
    pair: fc.tuple(brief, toy),
    byName: fc.record({ a: toy, b: toy }, { requiredKeys: [] }),
    extra: fc.record({ a: toy, b: listOf(toy) }, { requiredKeys: [] }),
    pet,
    pets: listOf(pet),
    thing,
  },
  { requiredKeys: ['title'], noNullPrototype: true },
)
const state = known.map((value) => hideIn(structuredClone(value)))

const INDEXES = ['0', '1', '2', '-']
const HOLDERS = [
  'main',
  'brief',
  'byName/a',
  'byName/b',
  'extra/a',
  'extra/b/0',
  'pair/0',
  'pair/1',
  'pet',
  'thing',
  ...['toys', 'others', 'briefs', 'pets'].flatMap((list) => INDEXES.map((at) => `${list}/${at}`)),
]
const holder = fc.constantFrom(...HOLDERS)
const place = fc
  .oneof(
    { weight: 6, arbitrary: holder },
    {
      weight: 2,
      arbitrary: fc.constantFrom('toys', 'others', 'briefs', 'pair', 'byName', 'extra', 'extra/b', 'pets'),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom('pet', 'pet', 'pets/0', 'pets/1'),
          fc.constantFrom('kind', 'kind', 'purr', 'bark', 'sub', 'sub/x', 'sub/y'),
        )
        .map((p) => p.join('/')),
    },
    { weight: 2, arbitrary: fc.constantFrom('wood', 'iron', 'rust', 'n').map((name) => `thing/${name}`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(holder, fc.constantFrom('name', 'n', 'sub', 'sub/x', 'hid'))
        .map((p) => p.join('/')),
    },
    { weight: 1, arbitrary: fc.constantFrom('title', 'hid', 'none/none') },
  )
  .map((path) => `/${path}`)
const kind = fc.constantFrom('cat', 'dog')
const value = fc.oneof(toy, brief, sub, listOf(toy), listOf(brief), fc.nat(1), name, kind, pet, thing)
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: place, value }),
  fc.record({ op: fc.constant('remove'), path: place }),
  fc.record({ op: fc.constantFrom('move', 'move', 'copy'), from: place, path: place }),
)

const operations = fc.array(operation, { minLength: 1, maxLength: 4 })

const or = (one: fc.Arbitrary<unknown>) => fc.option(one, { freq: 4 })
const part = fc.record({ name, n: or(fc.nat(1)), sub: or(sub), hid: name }, { requiredKeys: [] })
const change = fc.record(
  {
    title: name,
    main: or(part),
    brief: or(part),
    toys: or(listOf(toy)),
    briefs: or(listOf(brief)),
    byName: fc.record({ a: or(part), b: or(part) }, { requiredKeys: [] }),
    extra: fc.record({ a: or(part), b: or(listOf(toy)) }, { requiredKeys: [] }),
    pet: or(
      fc.record(
        { kind, name, purr: or(kinds.purr), bark: or(kinds.bark), sub: or(kinds.sub), hid: name },
        { requiredKeys: [] },
      ),
    ),
    pets: or(listOf(pet)),
    thing: or(
      fc.record(
        { wood: or(fc.nat(1)), iron: or(fc.nat(1)), rust: or(fc.nat(1)), n: or(fc.nat(1)) },
        { requiredKeys: [] },
      ),
    ),
    hid: name,
  },
  { requiredKeys: [], noNullPrototype: true },
)

class Refusal extends Error {}

function child(parent: Any, token: string): Any {
  const isThere = Array.isArray(parent)
    ? /^\d+$/.test(token) && Number(token) < parent.length
    : typeof parent === 'object' && Object.hasOwn(parent, token)
  if (!isThere) throw new Refusal()
  return parent[token]
}

const tokensOf = (path: string) => path.split('/').slice(1)
const at = (document: Any, path: string) => tokensOf(path).reduce(child, document)

function add(document: Any, path: string, added: unknown): void {
  const tokens = tokensOf(path)
  const last = tokens.pop() as string
  const parent = tokens.reduce(child, document)
  if (typeof parent !== 'object') throw new Refusal()
  if (!Array.isArray(parent)) parent[last] = structuredClone(added)
  else {
    const index = last === '-' ? parent.length : Number(last)
    if (!(index <= parent.length)) throw new Refusal()
    parent.splice(index, 0, structuredClone(added))
  }
}

function remove(document: Any, path: string): Any {
  const removed = at(document, path)
  const last = tokensOf(path).at(-1) as string
  const parent = at(document, path.slice(0, path.lastIndexOf('/')))
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete parent[last]
  return removed
}

/** RFC 6902 §4. @throws {Refusal} */
function applyOne(document: Any, { op, path, from, value }: Any): void {
  if (op === 'add') add(document, path, value)
  else if (op === 'remove') remove(document, path)
  else if (op === 'copy') add(document, path, at(document, from))
  else if (op === 'test') {
    if (!isEqual(at(document, path), value)) throw new Refusal()
  } else if (op === 'move') {
    if (path.startsWith(`${from}/`)) throw new Refusal()
    add(document, path, remove(document, from))
  } else {
    remove(document, path)
    add(document, path, value)
  }
}

const sorted = (value: Any): Any =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? Array.isArray(value)
      ? value.map(sorted)
      : value
    : Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key])]),
      )
const isEqual = (one: unknown, other: unknown) =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

/** The patched document; undefined where the patch cannot be applied. */
function applied(document: Any, operations: readonly Any[]): Any {
  try {
    for (const each of operations) applyOne(document, each)
    return document
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** The operations that can be applied one after the other. */
function fitting(document: Any, operations: readonly Any[]): Any[] {
  return operations.filter((each) => {
    const isFitting = applied(structuredClone(document), [each]) !== undefined
    if (isFitting) applyOne(document, each)
    return isFitting
  })
}

/** RFC 7396 §2. */
function merge(target: Any, patch: Any): Any {
  if (typeof patch !== 'object' || Array.isArray(patch)) return patch
  const merged = typeof target === 'object' && !Array.isArray(target) ? { ...target } : {}
  for (const [key, member] of Object.entries(patch))
    if (member === null) delete merged[key]
    else merged[key] = merge(merged[key], member)
  return merged
}

/** The objects of a union, which have members of other alternatives. */
const UNION = /^\/(?:pet|pets\/\d|thing)(?=\/)/

/** Whether a hidden member may be gone: of another alternative, where the patch may have changed the alternative. */
function mayGo(path: string, changed: readonly string[]): boolean {
  const [union] = UNION.exec(path) ?? []
  return (
    union !== undefined && !path.endsWith('/hid') && changed.some((other) => other.startsWith(`${union}/`))
  )
}

/** Hidden members of objects that no operation moves, replaces or removes, neither themselves nor a value they are in. */
function kept(value: Any, path: string, changed: readonly string[]): [path: string, hidden: string][] {
  if (typeof value === 'string')
    return value.startsWith('hidden ') && !mayGo(path, changed) ? [[path, value]] : []
  if (typeof value !== 'object' || changed.some((other) => `${path}/`.startsWith(`${other}/`))) return []
  return Object.entries(value).flatMap(([key, member]) => kept(member, `${path}/${key}`, changed))
}

/** The path that an operation changes: of an item, that of its list, since other items move. */
const changedBy = (path: string) => path.replace(/\/(\d|-)$/, '')

async function patching(schema: Any, options: Any) {
  let current: Any
  let answer: Any
  const { ask } = await testApp((api) => {
    api.contentParser.parses('application/json-patch+json', jsonPatch())
    const patch = { schema, current: () => current }
    api.patch('/', { patch, response: Doc, ...options }, ({ body, changes }: Any) => {
      answer = { body, changes }
      return body
    })
  })
  return async (state: Any, patch: Any) => {
    current = structuredClone(state)
    const { status, json } = await ask('PATCH /', Array.isArray(patch) ? PATCH : MERGE, patch)
    expect(current).toEqual(state)
    return { status, json, ...answer }
  }
}

const schemas: [string, Any, Any][] = [
  ['zod', Doc, {}],
  ['zod, unknown: drop', Doc, { unknown: 'drop' }],
  ['a JSON Schema', written, {}],
]

describe.each(schemas)('a random patch: %s', (_title, schema, options) => {
  /** The answer to a patch whose result is `expected`; undefined: it cannot be applied. */
  function check(answer: Any, before: Any, expected: Any, changed: readonly string[]): void {
    if (expected === undefined) return expect([400, 409]).toContain(answer.status)
    const valid = Doc.safeParse(expected)
    if (!valid.success) return expect(answer.status).toBe(422)
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual(valid.data)
    expect(seen(answer.body)).toEqual(valid.data)
    expect(seen(merge(before, answer.changes))).toEqual(valid.data)
    expect(JSON.stringify([answer.changes, answer.json])).not.toContain('hidden ')
    for (const [path, hidden] of kept(before, '', changed))
      expect([path, at(answer.body, path)]).toEqual([path, hidden])
  }

  it('of operations changes what clients see as RFC 6902 does, and no other hidden members', async () => {
    const ask = await patching(schema, options)
    let changed = 0
    await fc.assert(
      fc.asyncProperty(state, operations, fc.boolean(), async (before, some, isFitting) => {
        const sent = isFitting ? fitting(seen(before), some) : some
        const paths = sent.flatMap(({ path, from = path }: Any) => [path, from].map(changedBy))
        const answer = await ask(before, sent)
        if (answer.status === 200) changed++
        check(answer, before, applied(seen(before), sent), paths)
      }),
      RUNS,
    )
    expect(changed).toBeGreaterThan(RUNS.numRuns / 5)
  })

  it('that is merged changes what clients see as RFC 7396 does, and no other hidden members', async () => {
    const ask = await patching(schema, options)
    await fc.assert(
      fc.asyncProperty(state, change, async (before, patch) => {
        const changed = Object.keys(patch).map((name) => `/${name}`)
        check(await ask(before, patch), before, merge(seen(before), patch), changed)
      }),
      RUNS,
    )
  })
})
