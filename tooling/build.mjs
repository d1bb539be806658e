// Bundles src/main.ts into dist/, or into the directory given as argument. The tools, the AWS SDK and everything else
// that the first answer does not need are chunks of their own, loaded on first use.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledText } from './bundledText.mjs';
import { leanVendors } from './leanVendors.mjs';

const [outdir = 'dist'] = process.argv.slice(2);
const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  // CommonJS packages inside an ESM bundle call require for node: modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [bundledText()],
};

/** The answer to tools/list does not change at run time: its module is evaluated now and replaced by its value. */
const precomputedSurface = {
  name: 'precomputed surface',
  setup({ onLoad }) {
    onLoad({ filter: /src\/interfaces\/mcp\/surface\.ts$/ }, async ({ path }) => {
      const folder = mkdtempSync(join(tmpdir(), 'surface-'));
      const outfile = join(folder, 'surface.mjs');
      try {
        await build({ ...options, entryPoints: [path], outfile });
        const { surface } = await import(pathToFileURL(outfile).href);
        // Text is parsed faster than a literal of its size.
        return { contents: `export const surface = JSON.parse(${JSON.stringify(JSON.stringify(surface))});` };
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
};

const { metafile } = await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outdir,
  splitting: true,
  // Identifiers are not minified: the AWS SDK compares class names at run time, and `keepNames` costs a tenth of
  // scaleConfigs, because it sets the name of every closure each time the closure is created.
  minifyWhitespace: true,
  minifySyntax: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [...options.plugins, precomputedSurface, leanVendors],
  metafile: true,
});
// Old chunks are removed last, so that a failed build leaves the existing server intact.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(outdir, 'chunks')))
  if (!built.has(name)) rmSync(join(outdir, 'chunks', name));
chmodSync(join(outdir, 'main.js'), 0o755);
