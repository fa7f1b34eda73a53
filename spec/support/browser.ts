/** A headless browser, for pages that need JavaScript. */
import chromium from '@sparticuz/chromium'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import type { TestContext } from 'vitest'

/** A page with its errors and requests. */
interface Visit {
  readonly page: Page
  /** Errors in the console, and uncaught ones. */
  readonly faults: string[]
  /** The URLs of all requests. */
  readonly asked: string[]
}

let launched: Promise<Browser | undefined> | undefined
let why: unknown

/** Starts the browser once. Without one, skips the spec with a warning; on CI that is an error. */
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
    args: [...chromium.args.filter((arg) => arg !== '--disable-web-security'), '--no-sandbox'], // CORS as users have it
    headless: 'shell',
  })
}

/** Opens a page and records its errors and requests. */
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
