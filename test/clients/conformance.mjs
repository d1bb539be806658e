// The conformance suite's generic scenarios against the server behind test/clients/httpEntry.ts:
// `node conformance.mjs <the suite's executable>`. Every other scenario of the suite calls fixtures of its own.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bundledText } from '../../tooling/bundledText.mjs';

const always = [
  'server-initialize',
  'ping',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-error',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];
const whenDeclared = {
  resources: ['resources-list'],
  prompts: ['prompts-list'],
  logging: ['logging-set-level'],
};

const [suite] = process.argv.slice(2);
// Beside the packages that it imports, and where git does not look.
const entry = 'node_modules/.cache/audit-load-test/httpEntry.mjs';
await build({
  entryPoints: ['test/clients/httpEntry.ts'],
  outfile: entry,
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
  plugins: [bundledText()],
});
const server = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
let failed = 0;
try {
  const url = await firstLine(server.stdout);
  const { capabilities } = await initialize(url);
  const scenarios = [...always];
  for (const [capability, names] of Object.entries(whenDeclared))
    if (capabilities[capability] !== undefined) scenarios.push(...names);
    else say(`conformance: ${names.join(', ')} skipped: the server declares no ${capability}`);
  for (const scenario of scenarios) {
    const words = ['server', '--url', url, '--scenario', scenario, '--output-dir', folder];
    const { status, stdout, stderr } = spawnSync(suite, words, { encoding: 'utf8', timeout: 30_000 });
    say(`conformance: ${scenario} ${status === 0 ? 'passed' : 'FAILED'}`);
    if (status !== 0) {
      failed += 1;
      say(`${stdout}${stderr}`);
    }
  }
  say(`conformance: ${scenarios.length - failed} of ${scenarios.length} scenarios passed`);
} finally {
  server.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function firstLine(stream) {
  for await (const line of createInterface(stream)) return line;
  throw new Error('the HTTP entry did not start');
}

async function initialize(url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'ask', version: '1' } },
    }),
  });
  const text = await response.text();
  return JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text).result;
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
