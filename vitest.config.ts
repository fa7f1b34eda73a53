import { defineConfig } from 'vitest/config'

const lib = (file: string) => new URL(`lib/${file}`, import.meta.url).pathname

export default defineConfig({
  resolve: {
    alias: [
      { find: /^mazurka$/, replacement: lib('index.ts') },
      { find: /^mazurka\/(.+)$/, replacement: lib('$1.ts') },
      ...(process.env.POLKA === 'next' ? [{ find: /^polka$/, replacement: 'polka-next' }] : []),
    ],
  },
  test: {
    include: ['spec/**/*.spec.ts'],
    coverage: {
      include: ['lib/**'],
      exclude: ['lib/**/*.d.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 95, branches: 90 },
    },
    testTimeout: 20_000,
  },
})
