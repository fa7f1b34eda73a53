/** Interface of the commands: parameters, options, output and exit codes. */

/** Output of a command. */
export interface Terminal {
  /** Writes to stdout. */
  write(text: string): void
  /** Writes a line to stderr. */
  writeError(line: string): void
  /** Width of the terminal; undefined for a pipe or a file. */
  readonly columns: number | undefined
  /** Whether stdout takes colours: a terminal, without NO_COLOR; or FORCE_COLOR. Default false. */
  readonly hasColors?: boolean
}

/** An option with its help text. */
export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** Placeholder of the value in help: `NAME`. */
  readonly value?: string
  /** Allowed values. Default: any. */
  readonly values?: readonly string[]
  readonly help: string
}

/** The arguments after the name of a command. */
export interface CommandArguments {
  readonly parameters: readonly string[]
  /** The options present: text, or true. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>
}

export interface Command {
  /** The words that are typed for it: `openapi print`. */
  readonly name: string
  readonly summary: string
  /** Required parameters. */
  readonly parameters: readonly string[]
  readonly options: Readonly<Record<string, Option>>
  /** @returns the exit code. @throws {CommandError} when the command fails. */
  run(args: CommandArguments, terminal: Terminal): Promise<number>
}

/** Exit code for invalid arguments. */
export const USAGE = 2
/** Exit code for every other failure. */
export const FAILED = 1

/** An error that ends a command with one line on stderr and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code: number

  constructor(line: string, code: number = FAILED) {
    super(singleLine(line))
    this.code = code
  }
}

/** A text with its line breaks replaced by spaces. */
export function singleLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ')
}

/** Message of a thrown value, in one line. */
export function messageOf(thrown: unknown): string {
  return singleLine(thrown instanceof Error ? thrown.message : String(thrown))
}

/** Value of a string option; undefined when it is absent. */
export function stringOption({ options }: CommandArguments, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}
