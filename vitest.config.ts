import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from './tooling/bundledText.mjs';

export default defineConfig({
  plugins: [bundledTextForVite()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/moto/**', 'test/airflow/**', 'test/browser/**', 'test/large/**', 'test/trust/**'],
    // One more than two cores have: a fifth of the time is waiting for servers and for git.
    maxWorkers: 3,
    // Reloading the product for each of a hundred test files would add a fifth to the run.
    isolate: false,
    globalSetup: 'test/temporaryFiles.ts',
    setupFiles: 'test/restoreEnvironment.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
