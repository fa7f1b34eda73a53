/** Clients that take turns: other load on the machine, and the changing speed of its cores, meet all alike. */
import { median } from './median.js'

/** Each turn is some milliseconds. */
const TURNS = 40
/** Before it is measured, a client has sent so many requests, or as many as in so many seconds: the code is compiled then. */
const WARM_UP = { requests: 24_000, seconds: 1 }

/**
 * @param clients by name: those of `Server.connect`.
 * @param requests that each client sends.
 * @param start shifts the order of the first turn; it rotates with each.
 * @returns for each client its turns, `{ cpu, rate }`.
 */
export async function takeTurns(clients, requests, start = 0) {
  const names = [...clients.keys()]
  const count = Math.ceil(requests / TURNS)
  await warmUp([...clients.values()], count)
  const turns = new Map(names.map((name) => [name, []]))
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of rotate(names, start + turn))
      turns.get(name).push(await clients.get(name).measure(count))
  }
  for (const client of clients.values()) client.close()
  return turns
}

/** @returns the CPU per request, as the median of the turns; and the median of its ratios to the floor in the same turn. */
export function cpuOf(turns, floors = turns) {
  const cpu = median(turns.map((turn) => turn.cpu))
  return { cpu, ratio: median(turns.map((turn, index) => turn.cpu / floors[index].cpu)) }
}

/** The same for requests per second. */
export function rateOf(turns, floors) {
  const rate = median(turns.map((turn) => turn.rate))
  return { rate, ratio: median(turns.map((turn, index) => turn.rate / floors[index].rate)) }
}

/** In turns, too, until the last one is warm: a connection that waits for seconds would be closed. */
async function warmUp(clients, count) {
  const seconds = new Map(clients.map((client) => [client, 0]))
  const isCold = (client) => seconds.get(client) < WARM_UP.seconds
  for (let requests = 0; requests < WARM_UP.requests && clients.some(isCold); requests += count) {
    for (const client of clients) seconds.set(client, seconds.get(client) + (await client.run(count)))
  }
}

function rotate(names, turn) {
  const shift = turn % names.length
  return [...names.slice(shift), ...names.slice(0, shift)]
}
