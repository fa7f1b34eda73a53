/** Colours of the output, by ANSI escape sequences. */

/** Escape sequences (ECMA-48 §8.3.117, SGR). */
const SGR = { bold: [1, 22], green: [32, 39], yellow: [33, 39], red: [31, 39], cyan: [36, 39] } as const

type Style = keyof typeof SGR

/** Colours a text; leaves it as it is where the terminal takes none. */
export type Paint = (style: Style, text: string) => string

export function painter(hasColors: boolean | undefined): Paint {
  if (!hasColors) return (_, text) => text
  return (style, text) => (text === '' ? text : `\u001b[${SGR[style][0]}m${text}\u001b[${SGR[style][1]}m`)
}

/**
 * Whether a stream takes colours. FORCE_COLOR decides first, unless it is `0` or `false`, which turn them off; then
 * NO_COLOR, whatever it contains, unless it is empty; then a terminal, by its TERM.
 */
export function takesColors(
  { isTTY }: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return !NO_COLOR && isTTY === true && TERM !== 'dumb'
}

/** The style of a method: reading, changing, removing. */
export function methodStyle(method: string): Style {
  if (method === 'GET' || method === 'HEAD' || method === 'QUERY' || method === 'OPTIONS') return 'green'
  return method === 'DELETE' ? 'red' : 'yellow'
}

/** The style of a status; undefined: the handler runs. */
export function statusStyle(status: number | undefined): Style {
  return status === undefined || status < 400 ? 'green' : 'red'
}
