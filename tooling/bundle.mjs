// Turns dist/ into what the plugin and the .mcpb ship: one file that runs with nothing installed beside it, and the
// DAG and cluster configs that a new folder starts from.
//   node tooling/bundle.mjs <folder> [<dist>]   writes <folder>/server, <folder>/dags and <folder>/.env.example
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const [folder, dist = 'dist'] = process.argv.slice(2);
if (folder === undefined || resolve(folder) === process.cwd())
  throw new Error('usage: node tooling/bundle.mjs <folder> [<dist>]');

const { outputFiles } = await build({
  entryPoints: [join(dist, 'main.js')],
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
});

const clusterConfigs = readdirSync('dags/cluster_configs').map((name) => `dags/cluster_configs/${name}`);
const copies = ['.env.example', 'dags/yang_audit_load_test.py', ...clusterConfigs];
const files = new Map([
  ['server/main.js', outputFiles[0].contents],
  // The server is an ES module, whatever a package.json in a folder above says.
  ['server/package.json', '{ "type": "module" }\n'],
  ...copies.map((path) => [path, readFileSync(path)]),
]);

// Files of an earlier bundle that this one does not write are removed.
for (const name of ['server', 'dags']) rmSync(join(folder, name), { recursive: true, force: true });
for (const [path, bytes] of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}
