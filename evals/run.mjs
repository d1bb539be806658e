// Plays the scenarios with a real model: bundles evals/model.ts, because Node 20 reads no TypeScript, and runs it.
// EVAL_COMMAND is a shell command that reads the person's words on stdin; in it, {config} is an MCP config file, as in
//   EVAL_COMMAND='claude -p --mcp-config {config} --strict-mcp-config --allowedTools mcp__audit-load-test' \
//     node evals/run.mjs [scenario...]
// EVAL_CONTINUE is the command for the second and later turns; EVAL_COMMAND with --continue when left out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'audit-load-test-evals-'));
try {
  const outfile = join(folder, 'model.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'model.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2), process.env);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
