/**
 * The steps of an endpoint, sorted into the phases of the walk.
 *
 *     steps.add('validate/readArguments', readArguments)
 *
 * Within a phase: the surroundings, outermost first, then the mixins from the base to the top of the stack, then the
 * order of the calls; a core step is the last of its phase.
 */

import { suggestion } from '../registry/nearest.ts'
import { checkFunction } from '../registry/options.ts'
import type { Exchange, Step } from './exchange.ts'
import { PHASES, type Phase } from './walk.ts'

/** A phase and the name of a step. */
export type StepName = `${Phase}/${string}`

interface NamedStep {
  readonly name: string
  /** Index of its phase. */
  readonly phase: number
  readonly isCore: boolean
  /** The mixin or blueprint that added it, for messages. */
  readonly owner: string
  readonly run: Step
}

/** Replaces a step. @param phase index in {@link PHASES}. */
export type WrapStep = (step: Step, phase: number) => Step

/** The steps as the runner calls them. */
export class Walk {
  readonly steps: readonly Step[]
  /** The index after the steps that every answer needs, refusals too. */
  readonly afterThrottle: number
  readonly #starts: Starts

  constructor(sorted: readonly NamedStep[]) {
    this.steps = sorted.map(({ run }) => run)
    this.#starts = startsOf(sorted.map(({ phase }) => phase))
    this.afterThrottle = this.#startOf('middleware')
  }

  /** The index that follows one: the next, or the start of the later phase that the exchange skips to. */
  takeNext(index: number, exchange: Exchange): number {
    const { skipTo } = exchange
    if (skipTo === undefined) return index + 1
    exchange.skipTo = undefined
    return Math.max(index + 1, this.#startOf(skipTo))
  }

  #startOf(phase: Phase): number {
    return this.#starts.get(phase) as number
  }
}

/** The index of the first step of each phase. */
type Starts = ReadonlyMap<Phase, number>

/** By the phases of the steps, as text: most endpoints have steps in the same phases. */
const startsByPhases = /* @__PURE__ */ new Map<string, Starts>()

/** @param phases of the steps in their order, as indexes in {@link PHASES}. */
function startsOf(phases: readonly number[]): Starts {
  const key = phases.join()
  const starts =
    startsByPhases.get(key) ?? new Map(PHASES.map((phase, index) => [phase, firstFrom(phases, index)]))
  startsByPhases.set(key, starts)
  return starts
}

/** The index of the first step of a phase, or of one after it. */
function firstFrom(phases: readonly number[], phase: number): number {
  const found = phases.findIndex((other) => other >= phase)
  return found < 0 ? phases.length : found
}

export class StepList {
  #steps: NamedStep[] = []

  /**
   * @param owner the mixin that adds the step, for messages.
   * @throws {TypeError} for an unknown phase, a repeated step, and a value that is not a function.
   */
  add(name: string, run: Step, owner: string, isCore = false): void {
    if (typeof name !== 'string')
      throw new TypeError(`${capital(owner)} adds the step ${String(name)}: it is 'phase/name'`)
    const slash = name.indexOf('/')
    const phase = slash < 0 ? name : name.slice(0, slash)
    const index = PHASES.indexOf(phase as Phase)
    if (index < 0) {
      throw new TypeError(
        `${capital(owner)} adds the step '${name}' to an unknown phase${suggestion(phase, PHASES) || `: the phases are ${PHASES.join(', ')}`}`,
      )
    }
    if (slash < 0 || slash === name.length - 1)
      throw new TypeError(`${capital(owner)} adds a step without a name to '${phase}': name it '${phase}/…'`)
    checkFunction(`The step '${name}' of ${owner}`, run)
    const other = this.#steps.find((step) => step.name === name)
    if (other)
      throw new TypeError(`${capital(owner)} adds the step '${name}' a second time, after ${other.owner}`)
    this.#steps.push({ name, phase: index, owner, isCore, run })
  }

  /** Replaces the function of each step. */
  wrap(wrap: WrapStep): void {
    this.#steps = this.#steps.map((step) => ({ ...step, run: wrap(step.run, step.phase) }))
  }

  has(name: string): boolean {
    return this.#steps.some((step) => step.name === name)
  }

  /** The names in the order the steps run. */
  get names(): readonly string[] {
    return this.#sorted.map(({ name }) => name)
  }

  compile(): Walk {
    return new Walk(this.#sorted)
  }

  get #sorted(): NamedStep[] {
    return this.#steps.toSorted((a, b) => a.phase - b.phase || Number(a.isCore) - Number(b.isCore))
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
