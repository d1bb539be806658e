// Bundles src/main.ts into dist/, or into the directory that is given: one entry, with the tools, the AWS SDK and
// everything else that the first answer does not need in chunks of their own, loaded on first use.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundledText } from './bundledText.mjs';

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

/** What tools/list answers is known when the product is built: the module that makes it is replaced by its value. */
const listedWhenBuilt = {
  name: 'listed when built',
  setup({ onLoad }) {
    onLoad({ filter: /src\/faces\/surface\.ts$/ }, async ({ path }) => {
      const place = mkdtempSync(join(tmpdir(), 'surface-'));
      const outfile = join(place, 'surface.mjs');
      try {
        await build({ ...options, entryPoints: [path], outfile });
        const { surface } = await import(pathToFileURL(outfile).href);
        return { contents: `export const surface = ${JSON.stringify(surface)};` };
      } finally {
        rmSync(place, { recursive: true });
      }
    });
  },
};

/** The MCP SDK's default JSON Schema validator, which the server replaces by its own. */
const withoutAjv = {
  name: 'without ajv',
  setup({ onLoad }) {
    onLoad({ filter: /\/validation\/ajv-provider\.js$/ }, () => ({
      contents: 'export class AjvJsonSchemaValidator {}',
    }));
  },
};

const { metafile } = await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outdir,
  splitting: true,
  // Names stay as they are: the AWS SDK tells some classes apart by them, and `keepNames` would name every closure
  // anew each time that it is made, a tenth of the time of scaleConfigs.
  minifyWhitespace: true,
  minifySyntax: true,
  chunkNames: 'chunks/[name]-[hash]',
  plugins: [...options.plugins, listedWhenBuilt, withoutAjv],
  metafile: true,
});
// Chunks of earlier builds go last: a build that fails leaves the server as it was.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(join(outdir, 'chunks')))
  if (!built.has(name)) rmSync(join(outdir, 'chunks', name));
chmodSync(join(outdir, 'main.js'), 0o755);
