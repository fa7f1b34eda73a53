/** Readings in memory, with three to start from. */
export interface Reading {
  readonly id: number
  readonly city: string
  readonly celsius: number
  readonly at: Date
}

const readings: Reading[] = [
  { id: 1, city: 'Kraków', celsius: 21.5, at: new Date('2026-06-01T12:00:00Z') },
  { id: 2, city: 'Oslo', celsius: 9, at: new Date('2026-06-01T12:00:00Z') },
  { id: 3, city: 'Porto', celsius: 24, at: new Date('2026-06-01T12:00:00Z') },
]

export const store = {
  all: (): readonly Reading[] => readings,
  get: (id: number): Reading | undefined => readings.find((reading) => reading.id === id),
  add(reading: Omit<Reading, 'id' | 'at'>): Reading {
    const added = { id: readings.length + 1, at: new Date(), ...reading }
    readings.push(added)
    return added
  },
}
