/** The jobs on two builds in one run: another commit, and this checkout. */
import { buildCommit, resolveCommit } from './build.js'
import { measureJobs } from './rounds.js'

/** @returns the samples of `measureJobs` for the servers `old` and `new`; ratios are new to old, within a round. */
export async function measureAgainst({ ref, rounds, jobs }) {
  const commit = resolveCommit(ref)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  const { dist, remove } = buildCommit(commit)
  try {
    const servers = {
      old: { title: `${ref} (${commit.slice(0, 10)})`, file: 'mazurka', env: { MAZURKA_DIST: dist } },
      new: { title: 'this checkout', file: 'mazurka' },
    }
    return await measureJobs({ rounds, jobs, servers, floor: 'old' })
  } finally {
    remove()
  }
}
