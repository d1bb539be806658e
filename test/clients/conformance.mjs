// The conformance suite's generic scenarios, in both eras, against the server behind test/clients/httpEntry.ts:
// `node conformance.mjs <the suite's executable>`. Every other scenario of the suite calls fixtures of its own.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { bundledText } from '../../tooling/bundledText.mjs';

const both = [
  'completion-complete',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-error',
  'server-sse-multiple-streams',
  'resources-list',
  'prompts-list',
  'dns-rebinding-protection',
];
const scenarios = {
  '2025-11-25': ['server-initialize', 'server-session-lifecycle', 'ping', ...both],
  '2026-07-28': [
    ...both,
    'caching',
    'sep-2164-resource-not-found',
    'http-header-validation',
    'input-required-result-unsupported-methods',
    'input-required-result-ignore-extra-params',
  ],
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
  // The suite needs a newer Node than the server, which runs on the one that runs this file.
  const env = { ...process.env, PATH: process.env.SUITE_PATH };
  for (const [version, names] of Object.entries(scenarios)) {
    const passed = names.filter((scenario) => {
      const words = ['server', '--url', url, '--spec-version', version, '--scenario', scenario];
      const options = { encoding: 'utf8', timeout: 30_000, env };
      const { status, stdout, stderr } = spawnSync(suite, [...words, '--output-dir', folder], options);
      if (status !== 0) say(`conformance ${version}: ${scenario} FAILED\n${stdout}${stderr}`);
      return status === 0;
    });
    failed += names.length - passed.length;
    say(`conformance ${version}: ${passed.length} of ${names.length} scenarios passed: ${passed.join(', ')}`);
  }
} finally {
  server.stdin.end();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;

async function firstLine(stream) {
  for await (const line of createInterface(stream)) return line;
  throw new Error('the HTTP entry did not start');
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
