// Bundles a TypeScript file and imports the result, because Node 20 does not run TypeScript.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledText } from '../tooling/bundledText.mjs';

/** Calls `use` with the exports of the TypeScript file; removes the bundle afterwards. */
export async function bundleAndImport(file, use) {
  const folder = mkdtempSync(join(tmpdir(), 'audit-load-test-bundle-'));
  try {
    const outfile = join(folder, `${basename(file, '.ts')}.mjs`);
    await build({
      entryPoints: [file],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      mainFields: ['module', 'main'],
      logLevel: 'warning',
      // CommonJS packages inside an ESM bundle call require for node: modules.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      plugins: [bundledText()],
    });
    return await use(await import(pathToFileURL(outfile).href));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
