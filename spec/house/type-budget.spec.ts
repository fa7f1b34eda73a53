/** Type instantiations of 300 routes with every option, counted by the compiler. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ROOT } from '../support/readme.ts'

const ROUTES = 300
/** Of the compiler, a route. A plain route with zod schemas and no framework around it takes about 100. */
const MAX_INSTANTIATIONS = 1_500

const folder = join(ROOT, 'node_modules', '.cache', 'type-budget')

afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('stays within a budget of type instantiations for each of 300 routes', () => {
  const cost = instantiations(ROUTES) - instantiations(1)
  expect(cost / (ROUTES - 1)).toBeLessThan(MAX_INSTANTIATIONS)
}, 300_000)

function instantiations(routes: number): number {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'routes.ts'), sourceOf(routes))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', include: ['routes.ts', '../../../lib/**/*.d.ts'] }),
  )
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics'], {
    encoding: 'utf8',
  })
  expect(stdout).not.toContain('error TS')
  return Number(/Instantiations:\s+(\d+)/.exec(stdout)?.[1])
}

function sourceOf(routes: number): string {
  const route = (index: number) => `
const Item${index} = z.object({ id: z.int(), name: z.string(), tags: z.array(z.string()) })
api.put('/items${index}/<int:id>', {
  name: 'put${index}',
  query: z.object({ dry: z.boolean().optional() }),
  body: Item${index},
  response: { 200: Item${index}, 204: null },
  etag: { current: ({ params }) => ({ id: Number(params.id), name: 'x', tags: ['a'] }) },
}, ({ params, query, body, current }) => {
  const id: number = params.id
  return query.dry ? undefined : { ...current, ...body, id }
})`
  return `import { z } from 'zod'
import { RestBlueprint } from '../../../lib/index.ts'
const api = new RestBlueprint('items')
${Array.from({ length: routes }, (_, index) => route(index)).join('\n')}
`
}
