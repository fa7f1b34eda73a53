import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seal, unseal } from '../../lib/pagination/cursor.ts'

const SECRET = 'a secret of the server'

describe('seal and unseal', () => {
  it('return the sealed value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string({ minLength: 1 }), (value, secret) => {
        const text = seal(value, secret)
        expect(text).toMatch(/^[\w-]+$/)
        expect(unseal(text, secret)).toEqual({ value: JSON.parse(JSON.stringify(value)) })
      }),
    )
  })

  it('reject a cursor with any changed character', () => {
    const text = seal({ after: 41 }, SECRET)
    const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let index = 0; index < text.length; index++)
      for (const character of characters) {
        const changed = text.slice(0, index) + character + text.slice(index + 1)
        if (changed !== text) expect(unseal(changed, SECRET), changed).toBeUndefined()
      }
  })

  it('reject another encoding of the same bytes', () => {
    const text = seal('??>>', SECRET)
    const base64 = Buffer.from(text, 'base64url').toString('base64')
    for (const other of [`${text}=`, `${text}\n`, ` ${text}`, `${text}!`, `${base64}==`]) {
      expect(unseal(other, SECRET), other).toBeUndefined()
    }
  })

  it('reject another secret, another version and truncated cursors', () => {
    const text = seal({ after: 41 }, SECRET)
    expect(unseal(text, `${SECRET} `)).toBeUndefined()
    const bytes = Buffer.from(text, 'base64url')
    bytes[0] = 2
    expect(unseal(bytes.toString('base64url'), SECRET)).toBeUndefined()
    for (let length = 0; length < text.length; length++)
      expect(unseal(text.slice(0, length), SECRET)).toBeUndefined()
  })

  it('throw for no text of a client', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(unseal(text, SECRET)).toBeUndefined()
      }),
    )
    expect(unseal('A'.repeat(1_000_000), SECRET)).toBeUndefined()
  })

  it('throw a TypeError for a value that is too long or no JSON, and for an empty secret', () => {
    expect(() => seal('x'.repeat(4096), SECRET)).toThrow(/at most 4096 characters/)
    expect(unseal(seal('x'.repeat(3000), SECRET), SECRET)).toEqual({ value: 'x'.repeat(3000) })
    expect(() => seal(undefined, SECRET)).toThrow(TypeError)
    expect(() => seal(1, '')).toThrow(TypeError)
    expect(() => unseal(seal(1, SECRET), '')).toThrow(TypeError)
  })
})
