// Makes of dist/ what the set-ups ship: one file that runs with nothing beside it, and the dags to begin with.
//   node bundle.mjs plugin            writes plugin/server, plugin/dags and plugin/.env.example, which are committed
//   node bundle.mjs plugin --check    changes nothing, and fails where those are not what the sources make
//   node bundle.mjs mcpb <folder>     writes the folder that `mcpb pack` makes an .mcpb of
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const [kind, ...words] = process.argv.slice(2);
const check = words.includes('--check');

const { outputFiles } = await build({
  entryPoints: ['dist/main.js'],
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
const [{ contents: server }] = outputFiles;

const files = new Map([
  ['server/main.js', server],
  // Whatever package.json lies in a folder above, the server is a module.
  ['server/package.json', Buffer.from('{ "type": "module" }\n')],
]);
for (const path of ['.env.example', 'dags/yang_audit_load_test.py', ...clusterConfigs()])
  files.set(path, readFileSync(path));

if (kind === 'plugin') put('plugin', files);
else if (kind === 'mcpb' && words[0] !== undefined) {
  for (const name of ['manifest.json', 'icon.png']) files.set(name, readFileSync(`mcpb/${name}`));
  put(words[0], files);
} else throw new Error('usage: node bundle.mjs plugin [--check] | mcpb <folder>');

function clusterConfigs() {
  return readdirSync('dags/cluster_configs').map((name) => `dags/cluster_configs/${name}`);
}

function put(folder, wanted) {
  const stale = [...wanted].filter(([path, bytes]) => !same(join(folder, path), bytes)).map(([path]) => path);
  if (check) {
    if (stale.length === 0) return;
    process.stderr.write(
      `Not what the sources make: ${stale.join(', ')}. Run npm run build:plugin, and commit ${folder}/.\n`,
    );
    process.exitCode = 1;
    return;
  }
  for (const name of ['server', 'dags']) rmSync(join(folder, name), { recursive: true, force: true });
  for (const [path, bytes] of wanted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
}

function same(path, bytes) {
  return existsSync(path) && Buffer.compare(readFileSync(path), bytes) === 0;
}
