/** The page on a production build, followed: its files are written and built, and what it builds is started. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { typeErrorsOf } from '../support/fences.ts'
import { Project } from '../support/project.ts'
import { blocksOf, consoleOf, ROOT, readPage } from '../support/readme.ts'
import { needsCurl } from '../support/shell.ts'

const blocks = blocksOf(readPage('docs/build.md'))
const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => text.split('\n'))
const requests = consoleOf(readPage('docs/build.md')).filter(({ line }) => line.startsWith('curl '))
const SETTINGS = ['API_KEY=0123456789abcdef', 'LOG_LEVEL=error']

const project = new Project()
afterAll(() => project.remove())

/** A program of a package that is installed here. */
const program = (command: string) => command.replace(/^npx |^(?=tsc\b)/, `${ROOT}node_modules/.bin/`)

/** Starts a file, and asks for what the page shows. */
async function expectServed(file: string): Promise<void> {
  await project.start(file, SETTINGS)
  expect(requests.length).toBe(2)
  for (const { line, expected } of requests) {
    expect(await project.run(line.replace('curl ', 'curl -sS ')), line).toBe(expected)
  }
}

describe('a production build', { timeout: 60_000 }, () => {
  it('has files and commands from an empty folder on', async () => {
    await project.install('mazurka', 'polka', 'zod', 'pino', 'helmet')
    for (const line of commands.filter((text) => text.startsWith('npm init') || text.startsWith('npm pkg')))
      await project.run(line)
    for (const { text } of blocks) {
      const [comment, name] = /^(?:\/\/|#) (\S+)\n/.exec(text) ?? []
      if (comment && name) project.write(name, text.slice(name.endsWith('.json') ? 0 : comment.length))
    }
    const { type, private: isPrivate, scripts } = JSON.parse(project.read('package.json'))
    expect([type, isPrivate]).toEqual(['module', true])
    expect(scripts).toMatchObject({ build: 'tsc', start: 'node --enable-source-maps dist/main.js' })
    await project.run(`${program(scripts.build)} --noCheck --typeRoots ${ROOT}node_modules/@types`)
    expect(existsSync(join(project.folder, 'dist/main.js.map'))).toBe(true)
  })

  it('has code that type-checks', { timeout: 120_000 }, () => {
    const modules = new Map(['settings.ts', 'app.ts'].map((name) => [name, project.read(`src/${name}`)]))
    const fence = {
      page: 'docs/build.md',
      language: 'ts',
      line: 1,
      code: project.read('src/main.ts'),
    } as const
    expect(typeErrorsOf([{ ...fence, modules }])).toEqual([])
  })

  it('does not start without a setting, and names it', async () => {
    const shown = consoleOf(readPage('docs/build.md')).find(({ line }) => line === 'npm start')?.expected
    const start = (variables: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ['dist/main.js'], {
        cwd: project.folder,
        env: { PATH: process.env.PATH, ...variables },
      })
    await expect(start({ PORT: '' })).rejects.toMatchObject({ code: 1, stderr: `${shown}\n` })
    const wrong = start({ API_KEY: 'hunter2', LOG_LEVEL: 'hunter2', PORT: 'hunter2' })
    const { stderr } = (await wrong.catch((error) => error)) as { stderr: string }
    for (const name of ['API_KEY', 'LOG_LEVEL', 'PORT']) expect(stderr).toContain(`at ${name}\n`)
    expect(stderr).not.toContain('hunter2')
  })

  it('serves, is healthy by the command of its image, and ends with 0', async (context) => {
    needsCurl(context)
    await expectServed('dist/main.js')
    const dockerfile = project.read('Dockerfile')
    const [, health = '[]'] = /HEALTHCHECK[^[]*CMD (\[.*\])/.exec(dockerfile) ?? []
    const [, flag, code = ''] = JSON.parse(health) as string[]
    const port = await project.run('echo localhost:3000 | cut -d: -f2')
    const check = (variables: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, [flag ?? '', code], { env: variables })
    await check({ PORT: port.trim() })
    await expect(check({ PORT: '1' })).rejects.toMatchObject({ code: 1 })
    expect(JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]').at(-1)).toBe('dist/main.js')
    expect(await project.stop()).toBe(0)
  })

  it.skipIf(Number(process.versions.node.split('.')[0]) < 22)('runs without a build', async (context) => {
    needsCurl(context)
    await expectServed('src/main.ts')
  })

  it('is one file, with its own files alone or with all packages', async (context) => {
    needsCurl(context)
    const bundles = commands.filter((line) => line.startsWith('npx esbuild'))
    expect(bundles.length).toBe(2)
    for (const line of bundles) {
      await project.run(`${program(line)} --log-level=warning`)
      await expectServed('dist/main.js')
    }
    await project.run(
      'cp dist/main.js . && mv node_modules/helmet . && rm -r node_modules && mkdir node_modules && mv helmet node_modules/',
    )
    await expectServed('main.js')
  })
})
