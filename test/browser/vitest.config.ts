import { defineConfig } from 'vitest/config';
import { bundledTextForVite } from '../../tooling/bundledText.mjs';

/** `npm run test:browser`: tests that need a real Chromium. */
// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  plugins: [bundledTextForVite()],
  test: { include: ['test/browser/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
