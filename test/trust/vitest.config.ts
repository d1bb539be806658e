import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from '../../tooling/bundledText.mjs';

/** `npm run test:trust`: campaigns against the built server. `npm run soak`: the same with many more trials. */
const soak = process.env.SOAK === '1';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  plugins: [bundledTextForVite()],
  test: {
    include: ['test/trust/**/*.test.ts'],
    // Most of their time is waiting.
    maxWorkers: 3,
    globalSetup: ['test/temporaryFiles.ts'],
    setupFiles: ['test/restoreEnvironment.ts'],
    testTimeout: soak ? 6 * 3_600_000 : 600_000,
    hookTimeout: 120_000,
  },
});
