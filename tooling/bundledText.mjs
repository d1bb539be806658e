// `import { text } from './client/main.ts?bundle'` gives a script or a style sheet, bundled and minified, as a string.
// The HTML report embeds its script and style this way, in dist/ and in the tests.
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const ending = '?bundle';

async function moduleWithText(file) {
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

/** The esbuild plugin, for build.mjs and for scripts that bundle TypeScript before they run it. */
export function bundledText() {
  return {
    name: 'bundled-text',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\?bundle$/ }, ({ path, resolveDir }) => ({
        // Relative, because chunk names are hashed from it and must not depend on where the project lies.
        path: relative(process.cwd(), resolve(resolveDir, path.slice(0, -ending.length))).replaceAll(
          '\\',
          '/',
        ),
        namespace: 'bundled-text',
      }));
      onLoad({ filter: /./, namespace: 'bundled-text' }, async ({ path }) => ({
        contents: await moduleWithText(path),
        watchFiles: [path],
      }));
    },
  };
}

/** The Vite plugin, for the tests. The id ends in .js, otherwise Vite would process a style sheet itself. */
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
      return id.startsWith(mark) ? moduleWithText(id.slice(mark.length, -'.js'.length)) : undefined;
    },
  };
}
