// Plays the scenarios with a real model. EVAL_COMMAND is a shell command that reads the user's message on stdin; in it,
// {config} is an MCP config file:
//   EVAL_COMMAND='claude -p --mcp-config {config} --strict-mcp-config --allowedTools mcp__audit-load-test' \
//     node evals/run.mjs [scenario...]
// EVAL_CONTINUE is the command for the second and later turns; by default EVAL_COMMAND with --continue.
import { join } from 'node:path';
import { bundleAndImport } from '../bench/bundleAndImport.mjs';

process.exitCode = await bundleAndImport(join(import.meta.dirname, 'model.ts'), ({ main }) =>
  main(process.argv.slice(2), process.env),
);
