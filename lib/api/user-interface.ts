/** The interface of documentation pages: built-in ones and the developer's own. */
import type { Asset } from './asset.ts'

/** Data of the API that a page shows, with URLs relative to the page. */
export interface PageFacts {
  readonly title: string
  /** Base URL of the assets, with a trailing slash. */
  readonly assets: string
  /** URL of the OpenAPI document. */
  readonly document: string
  /** Host and port of the request, for example requests. */
  readonly host: string
}

export interface UserInterface {
  /** Assets by file name; served below the page. */
  readonly assets: Readonly<Record<string, Asset>>
  /** Value of `Content-Security-Policy`. */
  readonly policy: string
  /**
   * HTML of the page.
   *
   * @param document returns the OpenAPI document, for pages that are rendered on the server.
   */
  page(facts: PageFacts, document: () => object): string
}
