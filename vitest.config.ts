import { configDefaults, defineConfig } from 'vitest/config'

const lib = (file: string) => new URL(`lib/${file}`, import.meta.url).pathname

/** Specs of compilers, browsers, services and other tools: their result is the same on every Node.js and Polka. */
const ONCE = [
  'spec/api/docs.spec.ts',
  'spec/cli/serve.spec.ts',
  'spec/house/docs.spec.ts',
  'spec/house/judges.spec.ts',
  'spec/house/library.spec.ts',
  'spec/house/nginx.spec.ts',
  'spec/house/package.spec.ts',
  'spec/house/proxies.spec.ts',
  'spec/house/rooms.spec.ts',
  'spec/house/tutorial.spec.ts',
  'spec/jsonapi/**', // on another Kysely, too: .ci/run
  'spec/throttling/memory-counters.spec.ts',
  'spec/throttling/store-counters.spec.ts',
]

export default defineConfig({
  resolve: {
    alias: [
      { find: /^mazurka$/, replacement: lib('index.ts') },
      { find: /^mazurka\/(.+)$/, replacement: lib('$1.ts') },
      ...(process.env.POLKA === 'next' ? [{ find: /^polka$/, replacement: 'polka-next' }] : []),
      ...(process.env.KYSELY ? [{ find: /^kysely$/, replacement: process.env.KYSELY }] : []), // a file
    ],
  },
  test: {
    include: ['spec/**/*.spec.ts'],
    exclude: [...configDefaults.exclude, ...(process.env.REPEAT ? ONCE : [])],
    coverage: {
      include: ['lib/**'],
      exclude: ['lib/**/*.d.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 95, branches: 90 },
    },
    testTimeout: 20_000,
  },
})
