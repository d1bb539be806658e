import { defineConfig } from 'vitest/config';

/** The contract suite: `bash test/moto/run.sh` starts moto and sets MOTO_ENDPOINT. */
// biome-ignore lint/style/noDefaultExport: vitest reads it so
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/moto/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
