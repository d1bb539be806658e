// `import { text } from './client/main.ts?bundle'`: a script or a style sheet, bundled and minified, as a string. The HTML
// report carries its own script and style; this is how they get into dist/ and, in the same way, into the tests.
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const ending = '?bundle';

async function moduleOf(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return `export const text = ${JSON.stringify(outputFiles[0].text.trim())};`;
}

/** For esbuild: build.mjs and the scripts that bundle TypeScript to run it. */
export function bundledText() {
  return {
    name: 'bundled-text',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\?bundle$/ }, ({ path, resolveDir }) => ({
        // Relative: the names of the chunks hold it, and are to be the same wherever the project lies.
        path: relative(process.cwd(), resolve(resolveDir, path.slice(0, -ending.length))).replaceAll(
          '\\',
          '/',
        ),
        namespace: 'bundled-text',
      }));
      onLoad({ filter: /./, namespace: 'bundled-text' }, async ({ path }) => ({
        contents: await moduleOf(path),
        watchFiles: [path],
      }));
    },
  };
}

/** For Vite, and so for the tests. The name ends in .js, or Vite would take a style sheet into its own hands. */
export function bundledTextForVite() {
  const mark = '\0bundled-text:';
  return {
    name: 'bundled-text',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.endsWith(ending) || !importer) return undefined;
      return `${mark}${resolve(dirname(importer), source.slice(0, -ending.length))}.js`;
    },
    load(id) {
      return id.startsWith(mark) ? moduleOf(id.slice(mark.length, -'.js'.length)) : undefined;
    },
  };
}
