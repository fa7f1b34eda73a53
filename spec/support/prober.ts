/**
 * Asks a server all that its document says can be asked, and holds each answer against the document.
 *
 *     every operation × every type of content and of answer × every status
 */
import { Judge } from './judge.ts'
import { type DocumentedOperation, operationsOf, typesOf } from './operations.ts'
import { provocations } from './provocations.ts'
import { requestFor, type Wanted } from './requests.ts'
import { type Found, Sampler } from './sample.ts'
import { type Answered, ask } from './wire.ts'

export interface Subject {
  readonly document: Found
  readonly port: number
  /** Each makes what can be asked about, and says where: values of path parameters. Failures see the last. */
  readonly states: readonly (() => Promise<Record<string, string>>)[]
  /** Makes handlers fail until it is called off. */
  readonly breakDown: () => () => void
  /** Names of members that are left out wherever they can be. */
  readonly unsaid?: readonly string[]
}

export interface Findings {
  readonly asked: number
  /** Where document and server disagree. */
  readonly faults: readonly string[]
  /** Failures that only `default` covers, with how often they were seen. */
  readonly byDefault: ReadonlyMap<string, number>
  /** What the document says and nothing brought about: `GET /pets → 412 as text/html`. */
  readonly unprovoked: readonly string[]
}

export async function probe(subject: Subject): Promise<Findings> {
  const prober = new Prober(subject)
  for (const operation of operationsOf(subject.document)) await prober.probe(operation)
  return prober.findings()
}

/** What an answer should be. */
type Expected = 'success' | 'refusal' | 'anything'

export class Prober {
  readonly sampler: Sampler
  readonly judge: Judge
  readonly #subject: Subject
  readonly #faults = new Map<string, number>()
  readonly #byDefault = new Map<string, number>()
  readonly #told = new Set<string>()
  readonly #seen = new Set<string>()
  #asked = 0

  constructor(subject: Subject) {
    this.#subject = subject
    this.sampler = new Sampler(subject.document, subject.unsaid)
    this.judge = new Judge(subject.document)
  }

  findings(): Findings {
    return {
      asked: this.#asked,
      faults: [...this.#faults].map(([fault, count]) => `${fault} (${count} ×)`),
      byDefault: this.#byDefault,
      unprovoked: [...this.#told].filter((combination) => !this.#seen.has(combination)),
    }
  }

  async probe(operation: DocumentedOperation): Promise<void> {
    for (const combination of combinationsOf(operation)) this.#told.add(combination)
    const { states } = this.#subject
    for (const state of states)
      await this.#succeed(operation, state, state === states.at(-1) ? 'success' : 'anything')
    await this.#vary(operation)
    for (const wanted of await provocations(operation, this)) await this.ask(operation, wanted, 'anything')
  }

  /** In every type of answer, with every type of content, with as little and as much as can be said. */
  async #succeed(
    operation: DocumentedOperation,
    state: Subject['states'][number],
    expected: Expected,
  ): Promise<void> {
    for (const accept of orNone(typesOf(operation))) {
      for (const type of orNone(Object.keys(operation.taken))) {
        for (const isFull of [false, true])
          await this.ask(operation, { accept, type, isFull }, isPatch(type) ? 'anything' : expected, state)
      }
      if (operation.method === 'GET') await this.#head(operation, accept)
    }
  }

  /** HEAD is GET without its content (RFC 9110 §9.3.2). */
  async #head(operation: DocumentedOperation, accept: string | undefined): Promise<void> {
    const { content } = await this.ask(operation, { accept }, 'success')
    const asked = await requestFor(operation, this.sampler, { accept, path: await this.#path() })
    const answer = await ask(this.#subject.port, { ...asked, method: 'HEAD' })
    if (answer.content.length > 0) this.#note(operation, 'HEAD has content')
    for (const fault of this.judge.judge(operation, { ...answer, content }).faults)
      this.#note(operation, `HEAD: ${fault}`)
  }

  /** Good and bad content and parameters: the document says which they are, and the server has to agree. */
  async #vary(operation: DocumentedOperation): Promise<void> {
    for (const [type, { schema }] of Object.entries(operation.taken)) {
      const isVague = isForm(type) || isPatch(type) // forms hold text, and patches need the right state
      for (const value of this.sampler.candidates(schema, isForm(type))) {
        const isGood = this.judge.takes(schema, value)
        await this.ask(operation, { type, value }, isGood ? (isVague ? 'anything' : 'success') : 'refusal')
      }
    }
    if (Object.keys(operation.taken).length > 0)
      await this.ask(operation, { hasNoContent: true }, operation.isContentRequired ? 'refusal' : 'success')
    for (const parameter of operation.parameters.filter(({ name }) => !/^If-/.test(name))) {
      const key = `${parameter.in} ${parameter.name}`
      for (const text of textsFor(parameter, this.sampler)) {
        const isGood = readings(text, parameter.schema, this.sampler).some((value) =>
          this.judge.takes(parameter.schema, value),
        )
        const isAddress = parameter.in === 'path' && isGood // there may be nothing there
        await this.ask(
          operation,
          { parameters: { [key]: text } },
          isAddress ? 'anything' : isGood ? 'success' : 'refusal',
        )
      }
      if (parameter.in !== 'path')
        await this.ask(operation, { parameters: { [key]: null } }, parameter.required ? 'refusal' : 'success')
    }
  }

  #path(): Promise<Record<string, string>> {
    return (this.#subject.states.at(-1) as Subject['states'][number])()
  }

  async ask(
    operation: DocumentedOperation,
    wanted: Wanted,
    expected: Expected,
    state: Subject['states'][number] = () => this.#path(),
  ): Promise<Answered> {
    const path = { ...(await state()), ...wanted.path }
    const asked = await requestFor(operation, this.sampler, { ...wanted, path })
    const repair = wanted.isBroken ? this.#subject.breakDown() : () => {}
    const answer = await ask(this.#subject.port, asked).finally(repair)
    this.#asked++
    const { faults, isByDefault, type } = this.judge.judge(operation, answer)
    for (const fault of faults) this.#note(operation, `${answer.status} to ${inShort(wanted)}: ${fault}`)
    const { status } = answer
    const isWrong = expected === 'success' ? status >= 300 : expected === 'refusal' && status < 300
    if (isWrong)
      this.#note(
        operation,
        `${status} in place of a ${expected} to ${inShort(wanted)}: ${answer.content.toString().slice(0, 300)}`,
      )
    const combination = `${operation.title} → ${status}`
    if (isByDefault) this.#byDefault.set(combination, (this.#byDefault.get(combination) ?? 0) + 1)
    this.#seen.add(type === '' ? combination : `${combination} as ${type}`).add(`${combination} as */*`)
    const { 'content-type': sent } = asked.fields
    if (status < 300 && sent) this.#seen.add(`${operation.title} ← ${sent.split(';')[0]}`)
    return answer
  }

  #note({ title }: DocumentedOperation, fault: string): void {
    const whole = `${title}: ${fault}`
    this.#faults.set(whole, (this.#faults.get(whole) ?? 0) + 1)
  }
}

/** All that a document says can happen to an operation; `default` is what else can. */
function combinationsOf(operation: DocumentedOperation): string[] {
  const { title, taken, responses } = operation
  const statuses = Object.keys(responses).filter((status) => status !== 'default')
  return [
    ...Object.keys(taken).map((type) => `${title} ← ${type}`),
    ...statuses.flatMap((status) => {
      const types = typesOf(operation, Number(status))
      return types.length === 0
        ? [`${title} → ${status}`]
        : types.map((type) => `${title} → ${status} as ${type}`)
    }),
  ]
}

/** A text for a parameter, and what it may stand for. */
function readings(text: string, given: Found, sampler: Sampler): unknown[] {
  const schema = sampler.whole(given)
  const types = [schema.type].flat()
  const value = decodeURIComponent(text)
  const number = value.trim() === '' ? [] : [Number(value)].filter(Number.isFinite)
  if (types.includes('array')) {
    const items = value === '' ? [] : value.split(',')
    return [items, items.map((item) => readings(item, schema.items, sampler).at(-1))]
  }
  return [value, ...(types.includes('integer') || types.includes('number') ? number : [])]
}

function textsFor({ in: location, schema }: Found, sampler: Sampler): string[] {
  const values = sampler.candidates(schema).filter((value) => typeof value !== 'object')
  const { minimum, maximum } = sampler.whole(schema)
  const bounds = [minimum, maximum].filter((bound) => bound !== undefined)
  const around = bounds.flatMap((bound) => [bound, bound + 1, bound - 1]).filter(Number.isSafeInteger)
  const texts = [...values, ...around, '-1', '0', '1'].map(String)
  return [...new Set(texts)].filter((text) => text !== '' || location === 'query')
}

export function isForm(type: string): boolean {
  return /form/.test(type)
}

function isPatch(type: string | undefined): boolean {
  return type?.includes('patch+json') ?? false
}

function orNone(types: readonly string[]): (string | undefined)[] {
  return types.length === 0 ? [undefined] : [...types]
}

function inShort({ path: _, ...wanted }: Wanted): string {
  return JSON.stringify(wanted).slice(0, 160)
}
