import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from './bundledText.mjs';

export default defineConfig({
  plugins: [bundledTextForVite()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/moto/**', 'test/airflow/**', 'test/browser/**', 'test/large/**'],
    maxWorkers: 2,
    // Loading the product anew for each of a hundred files takes a fifth of the run.
    isolate: false,
    globalSetup: 'test/temporaryFiles.ts',
    setupFiles: 'test/restoreEnvironment.ts',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
