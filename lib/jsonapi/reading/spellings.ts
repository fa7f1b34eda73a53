/**
 * Spellings of a key that the collation of a column takes for equal, as a foreign key may have another one than its row.
 *
 *     'PL' and 'pl'    'Łódź' and 'Lódz'    'x' and 'x '        (MySQL and MariaDB, NOCASE of SQLite, citext of PostgreSQL)
 */

/** Texts that are equal for the collations of more and more databases. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()), // SQLite knows ASCII alone
  (text) => text.toLowerCase(),
  (text) =>
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/ +(?="|$)/g, ''),
]

/** The spellings of keys as their own rows have them. */
export class Spellings {
  readonly #known: ReadonlySet<string>
  /** By form, the only known spelling of that form; undefined where there are several. Made when a text is not known. */
  #byForm: readonly ReadonlyMap<string, string | undefined>[] | undefined

  /** @param known texts of keys, of `keyText`. */
  constructor(known: Iterable<string>) {
    this.#known = new Set(known)
  }

  /** The known spelling of a key; the text itself where none or several are so close. */
  of(text: string): string {
    if (this.#known.has(text)) return text
    this.#byForm ??= FORMS.map((form) => onlyOnes([...this.#known], form))
    for (const [index, form] of FORMS.entries()) {
      const known = this.#byForm[index]?.get(form(text))
      if (known !== undefined) return known
    }
    return text
  }
}

function onlyOnes(
  texts: readonly string[],
  form: (text: string) => string,
): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>()
  for (const text of texts) found.set(form(text), found.has(form(text)) ? undefined : text)
  return found
}
