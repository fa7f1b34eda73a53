/** Both Polkas; POLKA=next makes 1.0.0-next.28 the one that single-Polka specs use. */
import polka052 from 'polka'
import polkaNext from 'polka-next'

// biome-ignore lint/suspicious/noExplicitAny: the two have types that differ in everything but use
export type AnyPolka = (options?: any) => any

export const polkas: readonly { readonly name: string; readonly polka: AnyPolka }[] = [
  { name: 'Polka 0.5.2', polka: polka052 as unknown as AnyPolka },
  { name: 'Polka 1.0.0-next.28', polka: polkaNext as unknown as AnyPolka },
]

export const polka: AnyPolka = (process.env.POLKA === 'next' ? polkas[1] : polkas[0])?.polka as AnyPolka
