/** Builds another commit of this repository in a folder of its own. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** @throws {TypeError} when `ref` names no commit. */
export function resolveCommit(ref) {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).trim()
  } catch {
    throw new TypeError(`--against ${ref}: no such commit`)
  }
}

/**
 * Checks `commit` out as a git worktree in the temporary folder, and builds it.
 *
 * The installed packages of this checkout are shared by a symbolic link where both lock files install the same;
 * otherwise `npm ci` runs there.
 *
 * @returns the folder of the build, and a function that removes everything; it also runs when the process exits.
 */
export function buildCommit(commit) {
  const folder = mkdtempSync(join(tmpdir(), 'mazurka-bench-'))
  const checkout = join(folder, 'checkout')
  const remove = () => {
    process.removeListener('exit', remove)
    rmSync(folder, { recursive: true, force: true })
    git('worktree', 'remove', '--force', checkout)
  }
  process.on('exit', remove)
  console.error(`building ${commit.slice(0, 10)}`)
  git('worktree', 'add', '--detach', '--quiet', checkout, commit)
  if (installedPackages(checkout) === installedPackages(ROOT)) {
    symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'))
  } else run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], checkout)
  run('npm', ['run', 'build'], checkout)
  return { dist: join(checkout, 'dist'), remove }
}

/** The packages of a lock file without the root, whose own version does not matter. */
function installedPackages(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  return JSON.stringify({ ...packages, '': undefined })
}

function git(...parameters) {
  return execFileSync('git', parameters, {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Standard output belongs to the tables and to --json. */
function run(command, parameters, cwd) {
  execFileSync(command, parameters, { cwd, stdio: ['ignore', process.stderr, 'inherit'] })
}
