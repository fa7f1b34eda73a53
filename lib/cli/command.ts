/** A command: how it is called, and what it does. */

/** Where a command writes. */
export interface Terminal {
  /** What was asked for. */
  write(text: string): void
  /** What went wrong, in a line. */
  complain(line: string): void
  /** Undefined where nobody looks: a pipe, a file. */
  readonly columns: number | undefined
}

/** An option, and what help says of it. */
export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** Stands for the value in help: `NAME`. */
  readonly value?: string
  /** The values there are, where not any will do. */
  readonly values?: readonly string[]
  readonly help: string
}

/** What was typed after the name of a command. */
export interface Given {
  readonly parameters: readonly string[]
  /** The options that were given: text, or true. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

export interface Command {
  /** As typed: `openapi print`. */
  readonly name: string
  readonly summary: string
  /** All of them have to be given. */
  readonly parameters: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** @returns the exit code. @throws {Complaint} for what cannot be done. */
  run(given: Given, terminal: Terminal): Promise<number>
}

/** The exit code of what was typed wrong. */
export const USAGE = 2
/** The exit code of everything else that went wrong. */
export const FAILED = 1

/** What ends a command: a line for whoever typed it, and an exit code. */
export class Complaint extends Error {
  override readonly name = 'Complaint'
  readonly code: number

  constructor(line: string, code: number = FAILED) {
    super(lineOf(line))
    this.code = code
  }
}

/** All of a text in one line. */
export function lineOf(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ')
}

/** What a thrown value says. */
export function messageOf(thrown: unknown): string {
  return lineOf(thrown instanceof Error ? thrown.message : String(thrown))
}

/** The value of an option that takes text. */
export function textOf({ options }: Given, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
