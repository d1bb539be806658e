import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from './bundledText.mjs';

export default defineConfig({
  plugins: [bundledTextForVite()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/moto/**', 'test/airflow/**', 'test/browser/**', 'test/large/**'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
