// Puts together what the plugin and the .mcpb ship: dist/, which runs with nothing installed beside it, and the DAG and
// cluster configs that a new folder starts from.
//   node tooling/bundle.mjs <folder> [<dist>]   writes <folder>/server, <folder>/dags and <folder>/.env.example
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const [folder, dist = 'dist'] = process.argv.slice(2);
if (folder === undefined || resolve(folder) === process.cwd())
  throw new Error('usage: node tooling/bundle.mjs <folder> [<dist>]');

const clusterConfigs = readdirSync('dags/cluster_configs').map((name) => `dags/cluster_configs/${name}`);
const copies = ['.env.example', 'dags/yang_audit_load_test.py', ...clusterConfigs];
// Files of an earlier bundle that this one does not write are removed.
for (const name of ['server', 'dags']) rmSync(join(folder, name), { recursive: true, force: true });
// In chunks: a start reads a tenth of it.
cpSync(dist, join(folder, 'server'), { recursive: true });
// The server is an ES module, whatever a package.json in a folder above says.
writeFileSync(join(folder, 'server/package.json'), '{ "type": "module" }\n');
for (const path of copies) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  cpSync(path, join(folder, path));
}
