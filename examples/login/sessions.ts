/** Sessions by their random ids: one that has ended is of no use to whoever has a copy of its cookie. */
import { randomBytes } from 'node:crypto'

interface Session {
  readonly user: string
  readonly endsAt: number
}

const LIFETIME_MS = 8 * 3_600_000

/** The oldest first. With several processes: a table, or Redis. */
const sessions = new Map<string, Session>()

/** Starts a session. @returns its id, never one that a client has sent. */
export function startSession(user: string): string {
  for (const [id, { endsAt }] of sessions) {
    if (endsAt > Date.now()) break
    sessions.delete(id)
  }
  const id = randomBytes(32).toString('base64url')
  sessions.set(id, { user, endsAt: Date.now() + LIFETIME_MS })
  return id
}

/** The name of the user; undefined for a session that has ended. */
export function userOf(id: string): string | undefined {
  const session = sessions.get(id)
  return session && session.endsAt > Date.now() ? session.user : undefined
}

export function endSession(id: string | undefined): void {
  if (id !== undefined) sessions.delete(id)
}

/** Ends all sessions of a user: after a change of the password, for instance. */
export function endSessionsOf(user: string): void {
  for (const [id, session] of sessions) if (session.user === user) sessions.delete(id)
}
