/** Passwords: a salt for each, hashes by scrypt, compared in constant time. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** 16 MiB of memory for each hash. */
const COST = { N: 2 ** 14, r: 8, p: 5 }

/** The hash of a random password, for names that do not exist. */
const NO_HASH = await hashPassword(randomBytes(32).toString('base64url'))

/** What is stored in place of the password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password.normalize('NFKC'), salt, 32, COST)
  return `${salt.toString('base64url')}.${hash.toString('base64url')}`
}

/** Whether a password is right. Without a stored hash it is not, which takes as long: the time does not tell who is known. */
export async function isPassword(password: string, stored: string = NO_HASH): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split('.')
  const expected = Buffer.from(hash, 'base64url')
  const given = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), 32, COST)
  return timingSafeEqual(given, expected)
}
