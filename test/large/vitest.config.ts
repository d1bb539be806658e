import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from '../../tooling/bundledText.mjs';

/** `npm run test:large`: the supported sizes, too slow for every run. */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  plugins: [bundledTextForVite()],
  test: {
    include: ['test/large/**/*.test.ts'],
    globalSetup: 'test/temporaryFiles.ts',
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
