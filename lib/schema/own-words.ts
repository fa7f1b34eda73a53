/**
 * Words of a message that come from the library or the schema, not from the value.
 *
 *     Invalid input: expected number, received string  →  all of them, whatever the value
 */

/** An issue of any library; arktype has the expected and the actual value as members. */
export interface VendorIssue {
  readonly message: string
  readonly code?: unknown
  readonly type?: unknown
  readonly expected?: unknown
  readonly actual?: unknown
}

/** Words of the default messages of the libraries: a value of these words alone is no secret. */
const VOCABULARY = /* @__PURE__ */ words(`
  string number integer int bigint boolean date time datetime duration null undefined nan array object record map set
  file tuple symbol function never void any unknown value values key keys union literal enum type types
  email url uri uuid guid cuid ulid nanoid emoji ipv4 ipv6 cidr base64 base64url json jwt hex iso domain hostname address
  invalid input expected received required missing must be should have has a an one of or and to at least most than less
  greater more larger smaller equal not with start end include contain match matching pattern characters character items
  item bytes entries properties property long length size too big small option multiple valid unrecognized additional
  unique positive negative finite safe only empty allowed format constant fails unsafe infinity`)

/** Members of an issue that come from the schema. */
const SCHEMA_MEMBERS = [
  ...['expected', 'values', 'maximum', 'minimum', 'divisor', 'prefix', 'suffix', 'includes', 'format'],
  ...['pattern', 'requirement', 'rule'],
]
/** Issues of the developer's own checks, or of several alternatives: their members may contain the value. */
const OWN_CHECKS: readonly unknown[] = ['custom', 'predicate', 'union', 'intersection', 'check', 'raw_check']
/** Vendors whose issues have no members beside the message; `mazurka` is JSON Schema. */
const WITHOUT_MEMBERS = ['joi', 'mazurka']
const LIMIT =
  /(?:[<>=]|(?:greater|larger|less|fewer|more) than|equal to|at least|at most|multiple of) (-?[\d.]+)/g

/** In lower case. @param path the names of members in the message. */
export function ownWords(vendor: string, issue: VendorIssue, path: readonly unknown[]): ReadonlySet<string> {
  const texts = path.map(String)
  if (WITHOUT_MEMBERS.includes(vendor))
    for (const [, limit = ''] of issue.message.matchAll(LIMIT)) texts.push(limit)
  else if (!OWN_CHECKS.includes(issue.code) && !OWN_CHECKS.includes(issue.type))
    texts.push(
      ...SCHEMA_MEMBERS.flatMap((name) => textsOf((issue as unknown as Record<string, unknown>)[name])),
    )
  return texts.length === 0
    ? VOCABULARY
    : new Set([...VOCABULARY, ...texts.flatMap((text) => wordsOf(text.toLowerCase()))])
}

/** The words and numbers of a text; the text itself when it has none. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [text]
}

function textsOf(member: unknown): string[] {
  if (Array.isArray(member)) return member.flatMap(textsOf)
  const isText = ['string', 'number', 'bigint'].includes(typeof member) || member instanceof RegExp
  return isText
    ? [String(member)]
    : typeof member === 'object' && member !== null && 'rule' in member
      ? textsOf(member.rule)
      : []
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
