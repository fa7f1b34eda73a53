/** Both Polkas; POLKA=next makes 1.0.0-next.28 the one that single-Polka specs use. */
import polka052 from 'polka'
import polkaNext from 'polka-next'

// biome-ignore lint/suspicious/noExplicitAny: the two have types that differ in everything but use
export type AnyPolka = (options?: any) => any

const first = polka052 as unknown as AnyPolka

export const polkas: readonly { readonly name: string; readonly polka: AnyPolka }[] = [
  // with POLKA=next the import `polka` is the other one, in examples and everywhere
  { name: 'attach' in first() ? 'Polka 1.0.0-next.28 by itself' : 'Polka 0.5.2', polka: first },
  { name: 'Polka 1.0.0-next.28', polka: polkaNext as unknown as AnyPolka },
]

export const polka: AnyPolka = (process.env.POLKA === 'next' ? polkas[1] : polkas[0])?.polka as AnyPolka
