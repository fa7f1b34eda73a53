/**
 * Sends a server every request that its document describes, and checks each response against the document.
 *
 *     every operation × every media type of request and response × every status
 */
import { Judge } from './judge.ts'
import { type DocumentedOperation, operationsOf, typesOf } from './operations.ts'
import { provocations } from './provocations.ts'
import { requestFor, type Wanted } from './requests.ts'
import { type Found, filesAsText, Sampler } from './sample.ts'
import { ask, type WireResponse } from './wire.ts'

export interface Subject {
  readonly document: Found
  readonly port: number
  /** Each creates resources and returns path parameters that lead to them. Failures use the last. */
  readonly states: readonly (() => Promise<Record<string, string>>)[]
  /** Makes handlers fail until the returned function is called. */
  readonly breakDown: () => () => void
  /** Optional members that no request has. */
  readonly omitted?: readonly string[]
  /** Header fields of every request: credentials, for example. */
  readonly fields?: Readonly<Record<string, string>>
  /** Header fields that lead to a status of the surroundings, wherever it is described: 401. `accept` is added to. */
  readonly refusals?: Readonly<Record<number, Readonly<Record<string, string>>>>
}

export interface Findings {
  readonly requests: number
  /** Differences between document and server. */
  readonly faults: readonly string[]
  /** Failures that only `default` covers, with their number. */
  readonly byDefault: ReadonlyMap<string, number>
  /** Described responses that no request led to: `GET /pets → 412 as text/html`. */
  readonly unseen: readonly string[]
}

export async function probe(subject: Subject): Promise<Findings> {
  const prober = new Prober(subject)
  for (const operation of operationsOf(subject.document)) await prober.probe(operation)
  return prober.findings()
}

/** The expected kind of response. */
type Expected = 'success' | 'refusal' | 'anything'

export class Prober {
  readonly sampler: Sampler
  readonly judge: Judge
  readonly #subject: Subject
  readonly #faults = new Map<string, number>()
  readonly #byDefault = new Map<string, number>()
  readonly #described = new Set<string>()
  readonly #seen = new Set<string>()
  #requests = 0

  constructor(subject: Subject) {
    this.#subject = subject
    this.sampler = new Sampler(subject.document, subject.omitted)
    this.judge = new Judge(subject.document)
  }

  findings(): Findings {
    return {
      requests: this.#requests,
      faults: [...this.#faults].map(([fault, count]) => `${fault} (${count} ×)`),
      byDefault: this.#byDefault,
      unseen: [...this.#described].filter((combination) => !this.#seen.has(combination)),
    }
  }

  async probe(operation: DocumentedOperation): Promise<void> {
    for (const combination of combinationsOf(operation)) this.#described.add(combination)
    const { states } = this.#subject
    for (const state of states)
      await this.#succeed(operation, state, state === states.at(-1) ? 'success' : 'anything')
    await this.#vary(operation)
    for (const wanted of await provocations(operation, this)) await this.ask(operation, wanted, 'anything')
    for (const [status, fields] of Object.entries(this.#subject.refusals ?? {})) {
      if (!operation.responses[status]) continue
      for (const type of orNone(typesOf(operation, Number(status)))) {
        const accept = [fields.accept, type].filter((one) => one !== undefined).join(', ')
        await this.ask(
          operation,
          { accept: type, fields: fields.accept ? { ...fields, accept } : fields },
          'refusal',
        )
      }
    }
  }

  /** In every media type of request and response, with all and with only the required members. */
  async #succeed(
    operation: DocumentedOperation,
    state: Subject['states'][number],
    expected: Expected,
  ): Promise<void> {
    for (const accept of orNone(typesOf(operation))) {
      for (const type of orNone(Object.keys(operation.contents))) {
        for (const isFull of [false, true])
          await this.ask(operation, { accept, type, isFull }, isPatch(type) ? 'anything' : expected, state)
      }
      if (operation.method === 'GET') await this.#head(operation, accept)
    }
  }

  /** HEAD is GET without its content (RFC 9110 §9.3.2). */
  async #head(operation: DocumentedOperation, accept: string | undefined): Promise<void> {
    const { content } = await this.ask(operation, { accept }, 'success')
    const { fields } = this.#subject
    const request = await requestFor(operation, this.sampler, {
      accept,
      path: await this.#path(),
      ...(fields ? { fields } : {}),
    })
    const answer = await ask(this.#subject.port, { ...request, method: 'HEAD' })
    if (answer.content.length > 0) this.#note(operation, 'HEAD has content')
    for (const fault of this.judge.judge(operation, { ...answer, content }).faults)
      this.#note(operation, `HEAD: ${fault}`)
  }

  /** Valid and invalid content and parameters: document and server have to agree on which they are. */
  async #vary(operation: DocumentedOperation): Promise<void> {
    for (const [type, { schema }] of Object.entries(operation.contents)) {
      const isVague = isForm(type) || isPatch(type) // forms hold text, and patches need the right state
      for (const value of this.sampler.candidates(schema, isForm(type))) {
        const isGood = this.judge.accepts(schema, filesAsText(value))
        await this.ask(operation, { type, value }, isGood ? (isVague ? 'anything' : 'success') : 'refusal')
      }
    }
    if (Object.keys(operation.contents).length > 0)
      await this.ask(operation, { hasNoContent: true }, operation.isContentRequired ? 'refusal' : 'success')
    // an unknown format is ignored
    for (const parameter of operation.parameters.filter(({ name }) => !/^If-|^format$/.test(name))) {
      const key = `${parameter.in} ${parameter.name}`
      for (const text of textsFor(parameter, this.sampler)) {
        const isGood = readings(text, parameter.schema, this.sampler).some((value) =>
          this.judge.accepts(parameter.schema, value),
        )
        const isAddress = parameter.in === 'path' && isGood // there may be no resource
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
  ): Promise<WireResponse> {
    const path = { ...(await state()), ...wanted.path }
    const fields = { ...this.#subject.fields, ...wanted.fields }
    const request = await requestFor(operation, this.sampler, { ...wanted, path, fields })
    const repair = wanted.isBroken ? this.#subject.breakDown() : () => {}
    const answer = await ask(this.#subject.port, request).finally(repair)
    this.#requests++
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
    const { 'content-type': sent } = request.fields
    if (status < 300 && sent) this.#seen.add(`${operation.title} ← ${sent.split(';')[0]}`)
    return answer
  }

  #note({ title }: DocumentedOperation, fault: string): void {
    const whole = `${title}: ${fault}`
    this.#faults.set(whole, (this.#faults.get(whole) ?? 0) + 1)
  }
}

/** All responses that a document describes for an operation, without `default`. */
function combinationsOf(operation: DocumentedOperation): string[] {
  const { title, contents, responses } = operation
  const statuses = Object.keys(responses).filter((status) => status !== 'default')
  return [
    ...Object.keys(contents).map((type) => `${title} ← ${type}`),
    ...statuses.flatMap((status) => {
      const types = typesOf(operation, Number(status))
      return types.length === 0
        ? [`${title} → ${status}`]
        : types.map((type) => `${title} → ${status} as ${type}`)
    }),
  ]
}

/** The values that a text may be parsed to. */
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
