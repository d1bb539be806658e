/** Builds of the product, or of parts of it, with a bug that a campaign must find. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundledText } from '../../tooling/bundledText.mjs';

/** What a build has been robbed of: a file, and texts in it that are replaced. */
export interface Seed {
  readonly file: string;
  readonly replaced: readonly (readonly [from: string, to: string])[];
}

function seeded(seeds: readonly Seed[]): Plugin {
  return {
    name: 'seeded',
    setup({ onLoad }) {
      for (const { file, replaced } of seeds)
        onLoad({ filter: new RegExp(`${file.replaceAll('.', '\\.')}$`) }, ({ path }) => {
          let contents = readFileSync(path, 'utf8');
          for (const [from, to] of replaced) {
            if (!contents.includes(from)) throw new Error(`${file} does not contain ${from}`);
            contents = contents.replace(from, to);
          }
          return { contents, loader: 'ts' };
        });
    },
  };
}

/** Returns the path of the bundle. @throws Error when a seed does not fit the code any more */
export async function buildSeeded(entry: string, seeds: readonly Seed[]): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'seeded-'));
  await build({
    entryPoints: [entry],
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);",
    },
    logLevel: 'error',
    plugins: [bundledText(), seeded(seeds)],
  });
  return join(outdir, basename(entry).replace(/\.ts$/, '.mjs'));
}
