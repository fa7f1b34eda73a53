/** The walk of a request as far as its method and header fields decide it, for `mazurka explain`. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Endpoint } from '../blueprint/endpoint.ts'
import type { HttpException } from '../exceptions/http-exception.ts'
import { wrap } from '../exceptions/wrap.ts'
import type { MatchedContentType } from '../negotiation/incoming.ts'
import type { Offer } from '../negotiation/offer.ts'
import { errorOffer } from './error-response.ts'
import { Exchange, type Step } from './exchange.ts'
import { awaitable } from './pending.ts'
import type { Phase } from './walk.ts'

/** The decision of the steps that need no content and no state. */
interface DryRun {
  /** The media type of the response, also of an error. */
  readonly offer: Offer
  readonly contentTypeMatch: MatchedContentType | undefined
  /** The error that ends the request; undefined when no step has thrown. */
  readonly error: HttpException | undefined
}

/**
 * Runs the steps of an endpoint from `negotiate` to `required`.
 *
 * @param fields header fields, names in lower case.
 * @param target path and query.
 */
export async function dryRun(
  endpoint: Endpoint,
  fields: Readonly<Record<string, string>>,
  target: string,
): Promise<DryRun> {
  const request = new IncomingMessage(new Socket())
  request.method = endpoint.method
  request.url = target
  request.headers = { ...fields }
  const exchange = new Exchange(request, new ServerResponse(request), endpoint, undefined)
  try {
    for (const step of stepsBeforeContent(endpoint)) {
      await awaitable(step(exchange))
      if (exchange.isOver || exchange.skipTo) break
    }
  } catch (thrown) {
    return { offer: errorOffer(exchange), contentTypeMatch: exchange.contentTypeMatch, error: wrap(thrown) }
  }
  const { offer, contentTypeMatch } = exchange
  return { offer, contentTypeMatch, error: undefined }
}

/** The phases that method and header fields decide. */
const DECIDED: readonly Phase[] = ['negotiate', 'content-type', 'required']

function stepsBeforeContent({ steps, walk }: Endpoint): readonly Step[] {
  return walk.steps.filter((_, index) => DECIDED.includes(steps[index]?.split('/')[0] as Phase))
}
