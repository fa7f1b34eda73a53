/**
 * A text of its own, to be kept: V8 keeps all of a field for a part of it, 16 kB of X-Forwarded-For for one address.
 *
 * Parts of less than 13 characters are copies already.
 */
export function flatText(text: string): string {
  return text.length < 13 ? text : JSON.parse(JSON.stringify(text))
}
