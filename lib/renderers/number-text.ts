/**
 * The text of a number, the same as that of `String`.
 *
 * V8 keeps the texts that `String` returns in a cache in old space. In a table each number is another one, so they only
 * fill the old space. Texts of integers and of decimals of up to three places are joined of parts instead, which is
 * faster too; `JSON.stringify` returns those of other numbers, without the cache.
 */

/** Larger numbers are not joined. */
const MAX = 1e9

interface Parts {
  /** `0` to `999`. */
  readonly whole: readonly string[]
  /** `000` to `999`. */
  readonly padded: readonly string[]
  /** Thousandths: ``, `.001`, … `.01`, … `.999`. */
  readonly fraction: readonly string[]
}

/** Created by the first number. */
let parts: Parts | undefined

export function numberText(value: number): string {
  if (value < 0) return `-${numberText(-value)}`
  if (!(value < MAX)) return String(value)
  parts ??= createParts()
  const whole = Math.floor(value)
  if (whole === value) return integerText(parts, whole)
  const thousandths = Math.round(value * 1000)
  // a decimal of up to 15 digits is the shortest text of its number
  if (thousandths / 1000 !== value) return JSON.stringify(value)
  return integerText(parts, whole) + parts.fraction[thousandths - whole * 1000]
}

function integerText({ whole, padded }: Parts, value: number): string {
  if (value < 1000) return whole[value] as string
  const thousands = Math.floor(value / 1000)
  const rest = padded[value - thousands * 1000] as string
  if (thousands < 1000) return whole[thousands] + rest
  const millions = Math.floor(thousands / 1000)
  return `${whole[millions]}${padded[thousands - millions * 1000]}${rest}`
}

function createParts(): Parts {
  const whole = Array.from({ length: 1000 }, (_, index) => String(index))
  const padded = whole.map((text) => text.padStart(3, '0'))
  return { whole, padded, fraction: padded.map((text) => `.${text}`.replace(/\.?0+$/, '')) }
}
