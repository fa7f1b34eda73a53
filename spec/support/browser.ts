/** A browser without a window, for pages that are nothing without one. */
import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import type { TestContext } from 'vitest'

/** What a page did that it should not have. */
interface Visit {
  readonly page: Page
  /** Errors in the console, and those that nothing caught. */
  readonly faults: string[]
  /** All addresses that were asked for. */
  readonly asked: string[]
}

let launched: Promise<Browser | undefined> | undefined
let why: unknown

/** Starts the browser, once. Skips a spec out loud where there is none; on CI that is a failure. */
export async function needsBrowser({ skip }: Pick<TestContext, 'skip'>): Promise<Browser> {
  launched ??= launch().catch((error) => {
    why = error
    return undefined
  })
  const browser = await launched
  if (browser) return browser
  if (process.env.CI) throw new Error('No browser starts, and no page was tried', { cause: why })
  console.warn(`No browser starts, and no page was tried: ${why}`)
  return skip('no browser') as never
}

export async function closeBrowser(): Promise<void> {
  await (await launched)?.close()
  launched = undefined
}

async function launch(): Promise<Browser> {
  return puppeteer.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args, '--no-sandbox'],
    headless: 'shell',
  })
}

/** Opens a page, and takes down what it does. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const page = await browser.newPage()
  const faults: string[] = []
  const asked: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => asked.push(request.url()))
  await page.setViewport({ width: 1200, height: 900 })
  await page.goto(url, { waitUntil: 'networkidle0' })
  return { page, faults, asked }
}
