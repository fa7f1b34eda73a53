/** What users get: the packed package in an empty project, installed, compiled against and run. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** With all it brings along, and Polka. */
const MAX_INSTALLED_KILOBYTES = 4608

describe('the packed package', () => {
  let folder: string
  const run = (command: string, ...parameters: string[]) =>
    execFileSync(command, parameters, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const install = (...packages: string[]) =>
    run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages)

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mazurka-'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }')
    run('npm', 'pack', '--ignore-scripts', '--pack-destination', folder, ROOT)
    install(`./mazurka-${version()}.tgz`, 'polka@0.5.2')
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('takes at most 4.5 MB with its dependencies and Polka', () => {
    const [kilobytes] = run('du', '-sk', 'node_modules').split('\t')
    expect(Number(kilobytes)).toBeLessThanOrEqual(MAX_INSTALLED_KILOBYTES)
  })

  it('compiles the README’s example under strict, and runs it', async () => {
    install(
      ...['typescript', '@types/node', '@types/polka'].map((name) => `${name}@${devDependencies[name]}`),
    )
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? []
    writeFileSync(join(folder, 'index.ts'), example.replace('app.listen(3000)', 'app.listen(0, tell)') + TELL)
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', 'index.ts']
    run('npx', 'tsc', '--ignoreConfig', '--exactOptionalPropertyTypes', ...options)
    const child = spawn(process.execPath, ['index.js'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      const port = await new Promise((resolve) => child.stdout.once('data', resolve))
      const answer = await fetch(`http://127.0.0.1:${Number(port)}/api/temperatures`, {
        headers: { accept: 'text/csv' },
      })
      expect(await answer.text()).toBe('id,city,celsius\r\n1,Kraków,21.5\r\n')
    } finally {
      child.kill()
    }
  }, 120_000)

  it('can be required', () => {
    const code = "console.log(typeof require('mazurka').RestBlueprint)"
    expect(run(process.execPath, '--no-warnings', '-e', code).trim()).toBe('function')
  })
})

const TELL = `
function tell() {
  const address = app.server!.address()
  console.log(typeof address === 'object' ? address?.port : address)
}
`

function version(): string {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version
}
