/** What the guide says about deployment: the lines for nginx are those that were run, and a cluster stops in order. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { blocksOf, ROOT, readPage } from '../support/readme.ts'

const blocks = blocksOf(readPage('docs/deployment.md'))

describe('the lines for nginx', () => {
  it('are all in the file of the example, in the same order', () => {
    const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/ *# .*/, '').trim())
    const shown = linesOf(blocks.find(({ language }) => language === 'nginx')?.text ?? '').filter(Boolean)
    const run = linesOf(readPage('examples/production/nginx.conf'))
    let at = 0
    const places = shown.map((line) => {
      at = run.indexOf(line, at) + 1
      return [line, at > 0]
    })
    expect(shown.length).toBeGreaterThan(20)
    expect(places.filter(([, isFound]) => !isFound)).toEqual([])
  })
})

const SERVER = `
import { createServer } from 'node:http'
import { production, shutdown } from '${ROOT}lib/server.ts'
const { options, apply } = production()
const server = apply(createServer(options))
shutdown(server, { close: [() => console.log('closed')] })
server.on('request', (request, response) => {
  response.write('begun')
  setTimeout(() => response.end(' and ended'), 2000)
})
server.listen(Number(process.env.PORT), () => console.log('listens'))
`

describe('the script of node:cluster', () => {
  it('ends after its workers, which complete their requests', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cluster-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const script = blocks.find(({ text }) => text.includes('cluster.fork()'))?.text ?? ''
    writeFileSync(join(folder, 'main.mts'), script.replace('./server.js', './server.mts'))
    writeFileSync(join(folder, 'server.mts'), SERVER)
    const port = await freePort()
    const child = spawn(process.execPath, ['--import', 'tsx', join(folder, 'main.mts')], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    onTestFinished(() => {
      if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL')
    })
    const exit = once(child, 'close')
    const lines: string[] = []
    const input = createInterface(child.stdout).on('line', (line) => lines.push(line))
    while (lines.length === 0) await once(input, 'line')
    const response = await fetch(`http://127.0.0.1:${port}/`)
    child.kill('SIGTERM')
    expect(await response.text()).toBe('begun and ended')
    expect(await exit).toEqual([0, null])
    expect(lines.filter((line) => line === 'closed').length).toBe(
      lines.filter((line) => line === 'listens').length,
    )
  }, 60_000)
})
