/** A table with one column of each kind, and JSON values on their way into it and back. */
import { type Expression, sql } from 'kysely'
import { codecOf } from '../../lib/jsonapi/model/codec.ts'
import { introspect } from '../../lib/jsonapi/model/introspect.ts'
import type { Column } from '../../lib/jsonapi/model/model.ts'
import type { OpenDatabase, OpenOptions, TestDatabase } from './databases.ts'

const COLUMNS = `
  create table sample (
    id {id},
    a_string varchar(5),
    a_text text,
    a_small smallint,
    an_integer integer,
    a_bigint bigint,
    a_number {double},
    a_decimal decimal(10, 2),
    a_large_decimal numeric(38, 0),
    a_boolean {boolean},
    a_date date,
    a_time time,
    a_datetime {datetime},
    an_instant {instant} null,
    a_uuid {uuid},
    a_json {json},
    a_binary {binary}
  )
`

/** Columns of types that one database has. */
const OWN = {
  sqlite: 'an_interval interval, a_decimal_text decimal_text, an_inet inet, a_real numeric',
  postgres: `an_interval interval, an_enum mood, an_inet inet, a_cidr cidr, a_float real, plain_json json, a_list integer[],
    texts text[], some_money money, a_range int4range, a_domain positive, a_zoned_time time with time zone`,
  mysql: `an_enum enum('sad', 'it''s, ok', 'happy'), an_inet inet6, a_float float, a_bit bit(1), bits bit(8),
    a_year year, a_count integer unsigned`,
}

export class ValueTable {
  readonly #opened: OpenDatabase
  readonly #dialect: TestDatabase['dialect']
  readonly columns: Readonly<Record<string, Column>>

  private constructor(
    opened: OpenDatabase,
    dialect: TestDatabase['dialect'],
    columns: ValueTable['columns'],
  ) {
    this.#opened = opened
    this.#dialect = dialect
    this.columns = columns
  }

  static async open({ open, dialect }: TestDatabase, options?: OpenOptions): Promise<ValueTable> {
    const opened = await open(options)
    if (dialect === 'postgres') {
      await opened.run(`create type mood as enum ('sad', 'it''s, ok', 'happy');
        create domain positive as integer default 7 check (value > 0)`)
    }
    await opened.run(COLUMNS.replace(/\n {2}\)\n$/, `,\n    ${OWN[dialect]}\n)`))
    const { sample } = await introspect(opened.db)
    return new ValueTable(opened, dialect, sample?.columns ?? {})
  }

  column(name: string): Column {
    const column = this.columns[name]
    if (!column) throw new Error(`the table has no column '${name}'`)
    return column
  }

  parse(name: string, value: unknown): unknown {
    const column = this.column(name)
    return codecOf(column).parse(value, column, this.#dialect)
  }

  parseText(name: string, text: string): unknown {
    const column = this.column(name)
    return codecOf(column).parseText(text, column, this.#dialect)
  }

  /** A parameter with a JSON value, as it is compared with the column. */
  parameter(name: string, value: unknown): Expression<unknown> {
    const column = this.column(name)
    const { bind, compare } = codecOf(column)
    return compare(bind(this.parse(name, value), column, this.#dialect), column, this.#dialect)
  }

  /** The JSON value that is read after another was written. */
  async roundTrip(name: string, value: unknown): Promise<unknown> {
    const column = this.column(name)
    const bound = codecOf(column).bind(this.parse(name, value), column, this.#dialect)
    return this.read(name, bound)
  }

  /** The JSON value of a column that SQL has written. */
  async read(name: string, written: Expression<unknown>): Promise<unknown> {
    await sql`delete from sample`.execute(this.#opened.db)
    await sql`insert into sample (${sql.ref(name)}) values (${written})`.execute(this.#opened.db)
    const [value] = await this.list(name)
    return value
  }

  /** The JSON values of the rows in which a column compares with a value. */
  async where(name: string, operator: string, value: unknown): Promise<unknown[]> {
    const column = this.column(name)
    const operand = codecOf(column).compare(sql.ref(name), column, this.#dialect)
    return this.list(name, sql`where ${operand} ${sql.raw(operator)} ${this.parameter(name, value)}`)
  }

  /** Rows with these values, in place of those before. */
  async fill(name: string, values: readonly unknown[]): Promise<void> {
    await sql`delete from sample`.execute(this.#opened.db)
    const column = this.column(name)
    for (const value of values) {
      const bound = codecOf(column).bind(this.parse(name, value), column, this.#dialect)
      await sql`insert into sample (${sql.ref(name)}) values (${bound})`.execute(this.#opened.db)
    }
  }

  /** The JSON values of a column, in its order. */
  async list(name: string, condition = sql``): Promise<unknown[]> {
    const column = this.column(name)
    const { select, serialize, compare } = codecOf(column)
    const reference = sql.ref(name)
    const order = column.kind === 'json' ? sql`` : sql`order by ${compare(reference, column, this.#dialect)}`
    const { rows } = await sql<{ value: unknown }>`
      select ${select(reference, column, this.#dialect)} as value from sample ${condition} ${order}`.execute(
      this.#opened.db,
    )
    return rows.map(({ value }) => serialize(value, column, this.#dialect))
  }
}
