// Runs one bench: bundles bench/<name>.ts, because Node 20 reads no TypeScript, and imports what came out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledText } from '../tooling/bundledText.mjs';

const [name = '', ...rest] = process.argv.slice(2);
if (!/^[a-z][A-Za-z]*$/.test(name)) throw new Error('usage: node bench/run.mjs <name of a file in bench/>');
const folder = mkdtempSync(join(tmpdir(), 'audit-load-test-bench-'));
try {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    // What is CommonJS among the packages asks for Node's own modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [bundledText()],
  });
  const { main } = await import(pathToFileURL(outfile).href);
  await main(rest);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
