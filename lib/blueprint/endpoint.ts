/**
 * An endpoint: one method on one path. While it is compiled, mixins read its options and add steps.
 *
 *     endpoint.mixin('Etag', ['etag'])
 *     endpoint.on('tag/setEtagHeader', setEtagHeader)
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { SecuritySchemes } from '../authentication/security-scheme.ts'
import type { Explanation } from '../negotiation/explanation.ts'
import type { Incoming } from '../negotiation/incoming.ts'
import { type Offer, offer } from '../negotiation/offer.ts'
import type { Outgoing } from '../negotiation/outgoing.ts'
import { checkKnown, given } from '../registry/options.ts'
import type { Path } from '../routing/path.ts'
import type { DocumentedPart } from '../walk/documented-part.ts'
import type { Step } from '../walk/exchange.ts'
import type { Handler } from '../walk/handler.ts'
import type { ErrorHandler } from '../walk/hook.ts'
import { StepList, type StepName, type Walk, type WrapStep } from '../walk/step-list.ts'
import { API_OPTIONS } from '../walk/surrounding-options.ts'
import { unansweredMilliseconds } from '../walk/unanswered.ts'
import type { Phase } from '../walk/walk.ts'
import { BLUEPRINT_OPTIONS, type BlueprintOptions, type Limits, type Logger } from './blueprint-options.ts'
import { ENDPOINT_OPTIONS, type EndpointInfo, type EndpointOptions } from './endpoint-options.ts'

/** A blueprint with the prefix it is mounted at. */
export interface Mount {
  /** Percent-encoded; empty at the root. */
  readonly prefix: string
  /** Runs the surroundings where no endpoint matches, and renders the errors there. */
  readonly fallback: Endpoint
}

/** The declaration of a route. */
export interface RouteDefinition<O extends EndpointOptions = EndpointOptions> {
  /** Upper case. */
  readonly method: string
  /** Below the blueprint's prefix. */
  readonly template: string
  readonly options: O
  readonly handler: Handler<string, O>
  readonly name: string
}

/** The blueprint of an endpoint, as far as its steps need to know it. */
export interface EndpointOwner {
  readonly name: string
  readonly settings: Readonly<BlueprintOptions>
}

/** A mixin with the option keys of endpoints that it owns, and the options of blueprints that it reads. */
interface Mixin {
  readonly name: string
  readonly keys: readonly string[]
  readonly settings: readonly string[]
}

const CORE: Mixin = {
  name: 'Blueprint',
  keys: /* @__PURE__ */ Object.keys(ENDPOINT_OPTIONS),
  settings: /* @__PURE__ */ Object.keys(BLUEPRINT_OPTIONS),
}
/** The offer of blueprints without a content renderer: plain JSON. */
const JSON_OFFER: Offer = /* @__PURE__ */ offer('application/json', undefined, false)
const NO_LIMITS: Limits = {}

export class Endpoint<O extends EndpointOptions = EndpointOptions> implements EndpointInfo {
  readonly name: string
  readonly method: string
  readonly path: string
  /** The parsed path template. */
  readonly route: Path
  readonly options: O
  readonly handler: Handler<string, O>
  readonly owner: EndpointOwner
  /** Its own limits over those of its blueprint. */
  readonly limits: Limits
  /** The status of responses that set no other. */
  status: number
  /** Whether 204 is one of its responses. */
  declares204: boolean
  /** Error handlers by blueprint, the innermost first. */
  errorHandlers: readonly (readonly ErrorHandler[])[] = []
  /** Whether mistakes of the developer are reported. */
  readonly isDevelopment: boolean
  /** The delay of the warning about a response that has not begun; 0 without one. */
  readonly unansweredMilliseconds: number
  /** The logger of its blueprint, else of the nearest one around. */
  logger: Logger = console
  /** Called for failures; of its blueprint, else of the nearest one around. */
  onError: BlueprintOptions['onError'] = undefined
  /** Called for failures as `onError` is, before it; they do not throw. */
  readonly failureObservers: ((error: unknown, request: IncomingMessage) => void)[] = []
  /** The options, and the names, of its blueprint and of those around it, the innermost first. */
  settings: readonly Readonly<BlueprintOptions>[] = []
  blueprintNames: readonly string[] = []
  /** The security schemes of its blueprint and of those around it, by name. */
  schemes: SecuritySchemes = {}
  /** Whether its `security` is enforced: inside an Api. */
  isGuarded = false
  /** Parts that its surroundings add to its documentation. */
  readonly documented: DocumentedPart[] = []
  /** Undefined on the fallback of a mount. */
  mount: Mount | undefined = undefined
  /** The offer that is used without negotiation. */
  defaultOffer: Offer = JSON_OFFER
  /** The media types of its responses; undefined where nothing is negotiated. */
  outgoing: Outgoing | undefined = undefined
  /** The media types of its errors; undefined: problem+json. */
  errorTypes: Outgoing | undefined = undefined
  /** The media types of request content; undefined where any is accepted. */
  incoming: Incoming | undefined = undefined

  readonly #steps = new StepList()
  readonly #wrappers: WrapStep[] = []
  /** The mixins, until the preparation ends. */
  #mixins: Mixin[] = [CORE]
  /** The mixin that adds the next steps, for messages. */
  #mixin = 'the blueprint'
  /** The blueprint whose surroundings are added; undefined while mixins add theirs. */
  #surrounding: string | undefined
  #walk: Walk | undefined

  constructor(definition: RouteDefinition<O>, route: Path, owner: EndpointOwner) {
    this.name = definition.name
    this.method = definition.method
    this.path = route.template
    this.route = route
    this.options = Object.freeze({ ...definition.options })
    this.handler = definition.handler
    this.owner = owner
    const { limits = NO_LIMITS } = owner.settings
    this.limits = definition.options.limits ? { ...limits, ...given(definition.options.limits) } : limits
    this.status = definition.options.status ?? 200
    this.declares204 = definition.options.status === 204
    this.isDevelopment = owner.settings.development ?? process.env.NODE_ENV !== 'production'
    const delay = unansweredMilliseconds(owner.settings)
    this.unansweredMilliseconds = this.isDevelopment ? delay : 0
  }

  /** The name of its blueprint. */
  get blueprint(): string {
    return this.owner.name
  }

  /** Whether it handles requests of a path; false on the fallback of a mount, which has no method. */
  get isRouted(): boolean {
    return this.method !== ''
  }

  /**
   * Names the mixin that adds the steps after this call. Called once in `prepare`, after `super.prepare`.
   *
   * @param keys the option keys of endpoints that it owns.
   * @param settings the options of blueprints that it reads.
   * @throws {TypeError} for a key that another mixin owns.
   */
  mixin(name: string, keys: readonly string[], settings: readonly string[] = []): this {
    if (!Array.isArray(keys))
      throw new TypeError(`The mixin '${name}' gives no list of its options: use [] for none`)
    for (const key of keys) {
      const other = this.#mixins.find((mixin) => mixin.keys.includes(key))?.name
      const isRepeated = this.#surrounding !== undefined && other === name // by a blueprint around
      if (other !== undefined && !isRepeated)
        throw new TypeError(
          `The mixins '${other}' and '${name}' both own the option '${key}' (endpoint '${this.name}')`,
        )
    }
    this.#mixins.push({ name, keys, settings })
    this.#mixin = `the mixin '${name}'`
    return this
  }

  /**
   * Adds a step to a phase of the walk.
   *
   * @throws {TypeError} for an unknown phase, and for a step of the same name.
   */
  on(step: StepName, run: Step): this {
    if (this.#surrounding === undefined) this.#steps.add(step, run, this.#mixin)
    else this.#steps.add(this.#free(step), run, `the blueprint '${this.#surrounding}'`)
    return this
  }

  /** Adds the steps of a blueprint around: each blueprint of a chain may add a step of the same name. @internal */
  surroundedBy(blueprint: string, surround: () => void): void {
    this.#surrounding = blueprint
    surround()
    this.#surrounding = undefined
  }

  /** Adds a function of the user's, named after it; a name that is taken gets a number. @internal */
  onFunction(phase: Phase, { name }: { readonly name: string }, run: Step): void {
    this.#steps.add(this.#free(`${phase}/${name || 'anonymous'}`), run, 'the blueprint')
  }

  /** The name, with a number where it is taken. */
  #free(name: string): string {
    let free = name
    for (let count = 2; this.#steps.has(free); count++) free = `${name}#${count}`
    return free
  }

  /** Adds a step that is the last of its phase. @internal */
  onCore(step: StepName, run: Step): void {
    this.#steps.add(step, run, 'the blueprint', true)
  }

  /** The value of an option: its own, else that of the nearest blueprint around it that has one. */
  nearest<K extends keyof BlueprintOptions>(key: K): BlueprintOptions[K] | undefined {
    const own = (this.options as BlueprintOptions)[key]
    return own === undefined ? this.settings.find((one) => one[key] !== undefined)?.[key] : own
  }

  /** Replaces each step when all are added; a later call wraps around an earlier one. @internal */
  wrapSteps(wrap: WrapStep): void {
    this.#wrappers.push(wrap)
  }

  /** Ends the preparation. @throws {TypeError} for an option that no mixin owns or reads. @internal */
  complete(): void {
    const keys = this.#mixins.map((mixin) => mixin.keys)
    const settings = this.#mixins.map((mixin) => mixin.settings)
    checkKnown(`The blueprint '${this.blueprint}'`, this.owner.settings, settings, API_OPTIONS)
    checkKnown(`The endpoint '${this.name}'`, this.options, keys, API_OPTIONS)
    this.#mixins = []
    for (const wrap of this.#wrappers) this.#steps.wrap(wrap)
    this.#walk = this.#steps.compile()
  }

  /** The steps as the runner calls them; once the preparation has ended. @internal */
  get walk(): Walk {
    return this.#walk as Walk
  }

  get steps(): readonly string[] {
    return this.#steps.names
  }

  /** The offer of a media type that was not negotiated. */
  offerOf: (contentType: string) => Offer = (contentType) => offer(contentType, undefined, false)

  explain(headers: IncomingHttpHeaders | Headers, target?: string): Explanation {
    if (!this.outgoing)
      return { contentType: undefined, offers: [], reason: 'This endpoint does not negotiate media types' }
    const accept = headers instanceof Headers ? headers.get('accept') : headers.accept
    return this.outgoing.explain(accept ?? undefined, target)
  }
}
