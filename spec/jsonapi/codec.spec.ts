/** Values on their way from JSON into a database and back. */
import { sql } from 'kysely'
import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { codecOf } from '../../lib/jsonapi/model/codec.ts'
import { parseDate } from '../../lib/jsonapi/model/date-text.ts'
import { ValueError } from '../../lib/jsonapi/model/value.ts'
import { booleanCodec } from '../../lib/jsonapi/model/value-codec.ts'
import { describeEachDatabase, type OpenOptions } from '../support/databases.ts'
import { ValueTable } from '../support/value-table.ts'

/** Sessions whose settings must not show. */
const SESSIONS: Readonly<Record<string, OpenOptions>> = {
  'Europe/Berlin': {
    session: "set time zone 'Europe/Berlin'; set datestyle = 'German'; set intervalstyle = 'sql_standard'",
  },
  'America/New_York': {
    session: "set time zone 'America/New_York'; set datestyle = 'SQL, DMY'; set bytea_output = 'escape'",
  },
}

describeEachDatabase('a value', (database) => {
  let table: ValueTable
  beforeAll(async () => {
    table = await ValueTable.open(database)
  })

  it.each([
    ['a_string', 'ünï😀'],
    ['a_text', "'; drop table sample; --"],
    ['a_text', 'back\\slash "quoted" %_'],
    ['a_text', ''],
    ['a_small', -32_768],
    ['an_integer', 0],
    ['an_integer', 2_147_483_647],
    ['a_bigint', '9023393775362049'],
    ['a_bigint', '-9223372036854775808'],
    ['a_number', 0.1],
    ['a_number', -1.5e300],
    ['a_decimal', '0.10'],
    ['a_decimal', '-99999999.99'],
    ['a_boolean', true],
    ['a_boolean', false],
    ['a_date', '1975-05-11'],
    ['a_date', '1815-12-10'],
    ['a_time', '23:59:59'],
    ['a_datetime', '2020-01-31T06:00:00Z'],
    ['a_datetime', '1960-06-01T06:00:00.000001Z'],
    ['an_instant', '2020-01-31T06:00:00.250000Z'],
    ['a_uuid', '123e4567-e89b-12d3-a456-426614174000'],
    ['a_binary', 'AAH/'],
    ['a_binary', ''],
    ['a_json', { id: 1, type: 'x', links: [null, true, 1.5], data: { 'a"b': 'ü' } }],
    ['a_json', 'a string'],
    ['a_json', 5],
    ['a_json', false],
    ['a_json', []],
  ])('of %s comes back as it was written: %j (RES-297, RES-301, FJ-153)', async (name, value) => {
    expect(await table.roundTrip(name, value)).toEqual(value)
  })

  it('of null is null in every column', async () => {
    for (const name of Object.keys(table.columns)) {
      if (name !== 'id' && table.column(name).isNullable)
        expect(await table.read(name, sql`null`), name).toBeNull()
    }
  })

  it('of 64 bits is exact, as a string, in attributes and in filters (FJ-142, FJ-143)', async () => {
    await table.fill('a_bigint', ['9023393775362048', '9023393775362049', 5])
    expect(await table.list('a_bigint')).toEqual(['5', '9023393775362048', '9023393775362049'])
    expect(await table.where('a_bigint', '=', '9023393775362049')).toEqual(['9023393775362049'])
    expect(await table.where('a_bigint', '>', '9023393775362048')).toEqual(['9023393775362049'])
  })

  it('of 64 bits within JSON keeps its digits, as a string (FJ-142)', async () => {
    const json =
      '{"id": 9023393775362049, "text": "9023393775362049 \\" 1", "list": [-9023393775362049, 1, 1.5]}'
    expect(await table.read('a_json', sql.lit(json))).toEqual({
      id: '9023393775362049',
      text: '9023393775362049 " 1',
      list: ['-9023393775362049', 1, 1.5],
    })
  })

  it('of a decimal is a string with its scale, from a string or a number (FJ-144, RES-300)', async () => {
    expect(await table.roundTrip('a_decimal', 0.1)).toBe('0.10')
    expect(await table.roundTrip('a_decimal', 7)).toBe('7.00')
    expect(await table.roundTrip('a_decimal', '-0.5')).toBe('-0.50')
    expect(await table.roundTrip('a_large_decimal', '123456789012345678')).toBe('123456789012345678')
    expect(() => table.parse('a_decimal', '0.105')).toThrow('must have at most 2 decimal places')
    expect(() => table.parse('a_decimal', 100_000_000)).toThrow(
      'must have at most 8 digits before the decimal point',
    )
    expect(() => table.parse('a_decimal', '1e5')).toThrow(ValueError)
    expect(() => table.parse('a_decimal', true)).toThrow('must be a decimal number such as "12.50"')
  })

  it('of a decimal is never rounded: it has all its digits, or it is refused (FJ-144)', async () => {
    const digits = '12345678901234567890123456789012345678'
    if (database.dialect === 'sqlite') {
      expect(() => table.parse('a_large_decimal', digits)).toThrow('must have at most 15 digits')
      expect(await table.roundTrip('a_decimal_text', `${digits}.10`)).toBe(`${digits}.10`)
    } else expect(await table.roundTrip('a_large_decimal', digits)).toBe(digits)
  })

  it('of a decimal is compared as a number (FJ-144)', async () => {
    for (const name of database.dialect === 'sqlite' ? ['a_decimal', 'a_decimal_text'] : ['a_decimal']) {
      await table.fill(name, ['9.00', '10.00', '100.50'])
      expect(await table.list(name)).toEqual(['9.00', '10.00', '100.50'])
      expect(await table.where(name, '>', '9.5')).toEqual(['10.00', '100.50'])
      expect(await table.where(name, '=', 10)).toEqual(['10.00'])
    }
  })

  it('of an integer is in the range of its type (FJ-81)', () => {
    expect(() => table.parse('an_integer', 1.5)).toThrow('must be an integer')
    expect(() => table.parse('an_integer', '1')).toThrow('must be an integer')
    expect(() => table.parse('a_bigint', '9223372036854775808')).toThrow(ValueError)
    if (database.dialect === 'sqlite') return
    expect(() => table.parse('a_small', 32_768)).toThrow('must be an integer from -32768 to 32767')
    expect(() => table.parse('an_integer', 2_147_483_648)).toThrow(ValueError)
  })

  it.each(['01', '1e0', ' 1', '1.0', '+1', '-0', '1_0', '0x1', '', '٣', '1\n'])(
    'of the text %j is no integer (FJ-81)',
    (text) => {
      expect(() => table.parseText('id', text)).toThrow(ValueError)
      expect(() => table.parseText('a_bigint', text)).toThrow(ValueError)
      expect(table.parseText('id', '1')).toBe(1)
    },
  )

  it('of a boolean is true or false, in texts also 1 or 0 (FJ-147)', async () => {
    expect(await table.read('a_boolean', database.dialect === 'postgres' ? sql`true` : sql`1`)).toBe(true)
    if (database.dialect === 'sqlite')
      expect(booleanCodec.serialize(1n, { kind: 'boolean' }, 'sqlite')).toBe(true) // of `defaultSafeIntegers`
    await table.fill('a_boolean', [true, false])
    expect(await table.where('a_boolean', '=', true)).toEqual([true])
    expect(table.parseText('a_boolean', 'true')).toEqual(table.parse('a_boolean', true))
    expect(table.parseText('a_boolean', '0')).toEqual(table.parse('a_boolean', false))
    for (const value of [1, 'true', 7])
      expect(() => table.parse('a_boolean', value)).toThrow('must be true or false')
    expect(() => table.parseText('a_boolean', 'yes')).toThrow(ValueError)
  })

  it('of a string has as many characters as its column, counted as the database does', async () => {
    expect(await table.roundTrip('a_string', '😀😀😀😀😀')).toBe('😀😀😀😀😀')
    expect(() => table.parse('a_string', '123456')).toThrow('must have at most 5 characters')
    expect(() => table.parse('a_text', 5)).toThrow('must be a string')
    if (database.dialect === 'mysql') expect(await table.roundTrip('a_text', 'a\0b')).toBe('a\0b')
    else expect(() => table.parse('a_text', 'a\0b')).toThrow('must not have a NUL character')
    expect(() => table.parse('a_text', '\ud83d')).toThrow(ValueError)
  })

  it.each([
    ['a_date', 'really-bad-date'],
    ['a_date', '2021-02-29'],
    ['a_date', '0000-01-01'],
    ['a_date', '2020-13-01'],
    ['a_date', 5],
    ['a_date', '10:00'],
    ['a_time', '24:00:00'],
    ['a_time', '2020-01-31'],
    ['a_datetime', '2020-01-31T10:60:00Z'],
    ['a_datetime', '9999-12-31T23:00:00-02:00'],
    ['a_datetime', "2020-01-31'; --"],
    ['a_datetime', true],
  ])('of %s that is %j is refused before SQL (FJ-37, RES-235)', (name, value) => {
    expect(() => table.parse(name, value)).toThrow(/^must be a (date|time|date and time) such as /)
  })

  it('of an empty date, time or datetime is null (RES-298)', () => {
    for (const name of ['a_date', 'a_time', 'a_datetime', 'an_instant'])
      expect(table.parse(name, '')).toBeNull()
  })

  it('of a date or a time is read leniently (RES-180, RES-298)', async () => {
    expect(await table.roundTrip('a_date', '2nd Jan 1900')).toBe('1900-01-02')
    expect(await table.roundTrip('a_date', '1969-07-20T10:00:00')).toBe('1969-07-20')
    expect(await table.roundTrip('a_time', '1:00')).toBe('01:00:00')
    expect(await table.roundTrip('a_time', '2020-01-31T10:00:00Z')).toBe('10:00:00')
    expect(await table.roundTrip('a_datetime', '2020-01-31 10:00')).toBe('2020-01-31T10:00:00Z')
  })

  it.each(['CURRENT_TIMESTAMP', 'CURRENT_DATE', 'LOCALTIMESTAMP'])(
    'of %s is the time of the server (RES-298)',
    async (text) => {
      const earlier = Date.now()
      const value = String(await table.roundTrip('a_datetime', text))
      expect(Date.parse(value)).toBeGreaterThanOrEqual(earlier)
      expect(Date.parse(value)).toBeLessThanOrEqual(Date.now())
      expect(await table.roundTrip('a_date', text)).toBe(value.slice(0, 10))
    },
  )

  it('of a datetime with an offset is in UTC; one without is UTC; a + may have become a space (FJ-36, FJ-146)', async () => {
    for (const name of ['a_datetime', 'an_instant']) {
      expect(await table.roundTrip(name, '2020-01-31T10:00:00+02:00')).toBe('2020-01-31T08:00:00Z')
      expect(await table.roundTrip(name, '2020-01-31T10:00:00 02:00')).toBe('2020-01-31T08:00:00Z')
      expect(await table.roundTrip(name, '2020-01-31T10:00:00-0530')).toBe('2020-01-31T15:30:00Z')
      expect(await table.roundTrip(name, '2020-01-31T10:00:00')).toBe('2020-01-31T10:00:00Z')
      expect(await table.roundTrip(name, '2020-01-31T10:00:00.1234567Z')).toMatch(
        /^2020-01-31T10:00:00\.123456Z$/,
      )
    }
  })

  it('of a bare date against a datetime is its midnight in UTC (FJ-39)', async () => {
    for (const name of ['a_datetime', 'an_instant']) {
      await table.fill(name, ['2018-11-18T23:59:59Z', '2018-11-19', '2018-11-19T00:00:01Z'])
      expect(await table.where(name, '<=', '2018-11-19')).toEqual([
        '2018-11-18T23:59:59Z',
        '2018-11-19T00:00:00Z',
      ])
      expect(await table.where(name, '=', '2018-11-19T01:00:00+01:00')).toEqual(['2018-11-19T00:00:00Z'])
    }
  })

  it.each(['Europe/Berlin', 'America/New_York'])(
    'of a date is the same in a process in %s (FJ-145)',
    async (zone) => {
      const before = process.env.TZ
      process.env.TZ = zone
      try {
        expect(new Date(2020, 0, 1).getTimezoneOffset()).not.toBe(0)
        await expectStable(await ValueTable.open(database))
      } finally {
        if (before === undefined) delete process.env.TZ
        else process.env.TZ = before
      }
    },
  )

  it('of a UUID is in lower case (RES-297, RES-299)', async () => {
    expect(await table.roundTrip('a_uuid', '123E4567-E89B-12D3-A456-426614174000')).toBe(
      '123e4567-e89b-12d3-a456-426614174000',
    )
    for (const text of ['not-a-uuid', '', '123e4567e89b12d3a456426614174000']) {
      expect(() => table.parseText('a_uuid', text), text).toThrow(ValueError)
    }
  })

  it('of bytes is base64 (RES-300)', () => {
    for (const value of ['a', 'AA=', '****', 5, 'AA==AA=='])
      expect(() => table.parse('a_binary', value)).toThrow('must be base64')
  })

  it('is described by a JSON Schema that it meets', async () => {
    const { Ajv2020 } = await import('ajv/dist/2020.js')
    const { default: formats } = await import('ajv-formats')
    const ajv = new Ajv2020({ strict: false })
    formats.default(ajv)
    const values = {
      a_date: '2020-01-31',
      a_time: '10:00',
      a_datetime: '2020-01-31 10:00:00.5',
      a_decimal: 1.5,
      a_bigint: 5,
    }
    for (const [name, value] of Object.entries(values)) {
      const schema = codecOf(table.column(name)).schema(table.column(name))
      expect(ajv.validate(schema, await table.roundTrip(name, value)), name).toBe(true)
    }
  })
})

describeEachDatabase(
  'dates and times',
  (database) => {
    it.each(Object.keys(SESSIONS))(
      'do not depend on the time zone and the date style of a session in %s (FJ-145, FJ-146)',
      async (zone) => {
        const offset = zone === 'Europe/Berlin' ? '+02:00' : '-05:00'
        const mysql = {
          session: `set time_zone = '${offset}'`,
          mysql2: { timezone: offset, dateStrings: false },
        }
        await expectStable(
          await ValueTable.open(database, database.dialect === 'mysql' ? mysql : SESSIONS[zone]),
        )
      },
    )

    it('do not depend on the type parsers and the options of a driver (FJ-142, FJ-144, FJ-145)', async () => {
      const table = await ValueTable.open(database, {
        pg: {
          types: {
            getTypeParser: (oid, format) => hostileParser(oid) ?? pg.types.getTypeParser(oid, format),
          },
        },
        mysql2: { timezone: '+09:00', decimalNumbers: true, supportBigNumbers: true },
      })
      await expectStable(table)
      expect(await table.roundTrip('a_bigint', '9023393775362049')).toBe('9023393775362049')
      expect(await table.roundTrip('a_decimal', '0.10')).toBe('0.10')
      expect(await table.roundTrip('a_json', { id: 1 })).toEqual({ id: 1 })
    })
  },
  ['postgres', 'mysql'],
)

/** A parser that loses something, for the types that drivers read differently. */
function hostileParser(oid: number): ((text: string) => unknown) | undefined {
  const { INT8, NUMERIC, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, JSONB } = pg.types.builtins
  const types: number[] = [INT8, NUMERIC, DATE, TIME, TIMESTAMP, TIMESTAMPTZ, INTERVAL, JSONB]
  return types.includes(oid) ? (text) => new Date(text) : undefined
}

async function expectStable(table: ValueTable): Promise<void> {
  for (const date of ['1975-05-11', '1890-01-01', '2020-03-29', '2020-11-01', '1969-12-31']) {
    expect(await table.roundTrip('a_date', date)).toBe(date)
    await table.fill('a_date', [date])
    expect(await table.where('a_date', '=', date)).toEqual([date])
  }
  for (const moment of ['2020-03-29T01:30:00Z', '2020-07-01T06:00:00.000123Z', '2020-11-01T05:30:00Z']) {
    for (const name of ['a_datetime', 'an_instant']) {
      expect(await table.roundTrip(name, moment), name).toBe(moment)
      expect(await table.where(name, '=', moment), name).toEqual([moment])
    }
  }
  expect(await table.roundTrip('a_time', '06:00:00')).toBe('06:00:00')
  expect(await table.roundTrip('a_binary', 'AAH/XA==')).toBe('AAH/XA==')
}

describeEachDatabase(
  'a type of its own',
  (database) => {
    let table: ValueTable
    beforeAll(async () => {
      table = await ValueTable.open(database)
    })

    it.each([
      ['an_interval', 60],
      ['an_interval', 90.5],
      ['an_interval', -86_400],
      ['an_enum', "it's, ok"],
      ['an_inet', '192.0.2.1'],
      ['an_inet', '2001:db8::1'],
      ['a_cidr', '10.0.0.0/8'],
      ['a_float', 1.5],
      ['plain_json', { id: 1 }],
      ['a_list', [1, 2, 3]],
      ['a_list', []],
      ['texts', ['a, b', '"c"', '{d}', "e'", 'NULL']],
      ['some_money', '12.50'],
      ['a_range', '[1,5)'],
      ['a_domain', 3],
    ])('has values of %s that come back: %j (RES-183, RES-297, RES-301)', async (name, value) => {
      expect(await table.roundTrip(name, value)).toEqual(value)
    })

    it('is compared by its own rules', async () => {
      await table.fill('an_interval', [5, 60, 3600])
      expect(await table.where('an_interval', '>=', 60)).toEqual([60, 3600])
      await table.fill('plain_json', [{ a: 1, b: 2 }])
      expect(await table.where('plain_json', '=', { b: 2, a: 1 })).toEqual([{ a: 1, b: 2 }])
      await table.fill('some_money', ['9.50', '10.00'])
      expect(await table.where('some_money', '>', '9.75')).toEqual(['10.00'])
    })

    it('refuses values that it does not have', () => {
      expect(() => table.parse('an_enum', 'angry')).toThrow('must be one of "sad", "it\'s, ok", "happy"')
      expect(() => table.parse('an_interval', '60')).toThrow('must be a number of seconds')
      expect(() => table.parse('an_interval', Number.MAX_VALUE)).toThrow(ValueError)
      expect(() => table.parse('an_inet', '192.0.2.256')).toThrow(/^must be an IP address/)
      expect(() => table.parse('an_inet', '192.0.2.1/33')).toThrow(ValueError)
      expect(() => table.parse('a_list', 5)).toThrow('must be an array')
      expect(() => table.parse('a_json', { a: ['\0'] })).toThrow(ValueError)
      expect(table.parse('a_json', '\\ud83d')).toBe('"\\\\ud83d"')
      expect(() => table.parse('a_float', 1e39)).toThrow('must be a number of single precision')
    })

    it('reads infinite and ancient dates, and numbers that JSON does not have', async () => {
      expect(await table.read('a_date', sql`'infinity'`)).toBe('infinity')
      expect(await table.read('a_datetime', sql`'-infinity'`)).toBe('-infinity')
      expect(await table.read('a_date', sql`'0044-03-15 BC'`)).toBe('0044-03-15 BC')
      expect(await table.read('a_number', sql`'NaN'`)).toBe('NaN')
      expect(await table.read('a_zoned_time', sql`'10:00:00+02'`)).toBe('10:00:00+02')
    })
  },
  ['postgres'],
)

describeEachDatabase(
  'a type of its own',
  (database) => {
    let table: ValueTable
    beforeAll(async () => {
      table = await ValueTable.open(database)
    })

    it.each([
      ['an_enum', "it's, ok"],
      ['an_inet', '2001:db8::1'],
      ['a_float', 1.5],
      ['a_bit', true],
      ['bits', 255],
      ['a_year', 2020],
      ['a_count', 4_294_967_295],
    ])('has values of %s that come back: %j (RES-301)', async (name, value) => {
      expect(await table.roundTrip(name, value)).toEqual(value)
    })

    it('refuses values that it does not have', () => {
      expect(() => table.parse('a_count', -1)).toThrow('must be an integer from 0 to 4294967295')
      expect(() => table.parse('bits', 256)).toThrow('must be an integer from 0 to 255')
      expect(() => table.parse('an_instant', '2040-01-01')).toThrow(
        'must be between 1970-01-02 and 2038-01-18',
      )
    })

    it('serves a TINYINT(1) that holds 7 as 7 (FJ-147)', async () => {
      expect(await table.read('a_boolean', sql`7`)).toBe(7)
    })

    it('serves a zero date as null', async () => {
      const lenient = await ValueTable.open(database, { session: "set sql_mode = ''" })
      for (const name of ['a_date', 'a_datetime', 'an_instant']) {
        expect(await lenient.read(name, sql`'0000-00-00'`), name).toBeNull()
      }
    })
  },
  ['mysql'],
)

describeEachDatabase(
  'a type of its own',
  (database) => {
    let table: ValueTable
    beforeAll(async () => {
      table = await ValueTable.open(database)
    })

    it('is an INTEGER of 64 bits: a number while it is exact, else a string (FJ-143)', async () => {
      expect(await table.roundTrip('an_integer', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER)
      expect(await table.roundTrip('an_integer', '9007199254740993')).toBe('9007199254740993')
      expect(await table.where('an_integer', '=', '9007199254740993')).toEqual(['9007199254740993'])
    })

    it('is an INTERVAL in seconds, an address, a decimal without a scale (RES-297)', async () => {
      expect(await table.roundTrip('an_interval', 90.5)).toBe(90.5)
      expect(await table.roundTrip('an_inet', '192.0.2.0/24')).toBe('192.0.2.0/24')
      expect(await table.roundTrip('a_real', 1e-7)).toBe('0.0000001')
      expect(await table.read('a_real', sql`1e20`)).toBe('100000000000000000000')
    })

    it('stores datetimes as CURRENT_TIMESTAMP does, and with a time zone as toISOString', async () => {
      expect(table.parse('a_datetime', '2020-01-31T10:00:00+01:00')).toBe('2020-01-31 09:00:00')
      expect(table.parse('an_instant', '2020-01-31T10:00:00+01:00')).toBe('2020-01-31T09:00:00.000Z')
      expect(table.parse('an_instant', '2020-01-31T10:00:00.5Z')).toBe('2020-01-31T10:00:00.500Z')
      expect(await table.read('a_datetime', sql`'2020-01-31T10:00:00.5+01:00'`)).toBe(
        '2020-01-31T09:00:00.500000Z',
      )
    })

    it('serves values that are no such date, boolean or JSON as they are', async () => {
      expect(await table.read('a_datetime', sql`1580464800`)).toBe(1_580_464_800)
      expect(await table.read('a_date', sql`'soon'`)).toBe('soon')
      expect(await table.read('a_boolean', sql`'true'`)).toBe('true')
      expect(await table.read('a_json', sql`'{'`)).toBe('{')
    })
  },
  ['sqlite'],
)

describe('parseDate', () => {
  it.each([
    ['2020-01-31', { date: '2020-01-31' }],
    ['Jan 31, 2020', { date: '2020-01-31' }],
    ['31st January 2020', { date: '2020-01-31' }],
    ['31 Feb 2020', undefined],
    ['2020-01-31T10:00Z', { date: '2020-01-31', time: '10:00:00' }],
    ['2020-01-31T00:30:00+01:00', { date: '2020-01-30', time: '23:30:00' }],
    ['10:00:00.5', { time: '10:00:00.500000' }],
    ['', undefined],
    ['2020', undefined],
    ['1e3', undefined],
    ['2020-01-31T', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseDate(text)).toEqual(expected)
  })
})

describeEachDatabase(
  'a number in JSON beyond the exact integers',
  (database) => {
    it('keeps all digits of its floating-point number', async () => {
      const table = await ValueTable.open(database)
      for (const value of [1.2345678901234566e25, -1.7976931348623157e308])
        expect(await table.roundTrip('a_json', value)).toBe(value)
    })
  },
  ['sqlite'],
)
