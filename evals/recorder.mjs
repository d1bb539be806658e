// A proxy between a client and the server that records each tool call and its outcome in a file, as JSON lines:
// `node recorder.mjs <file> <the server's main.js>`.
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file, serverFile] = process.argv.slice(2);
const server = spawn(process.execPath, [serverFile], { stdio: ['pipe', 'pipe', 'inherit'] });
const pending = new Map();

createInterface(process.stdin)
  .on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    if (method === 'tools/call') pending.set(id, { tool: params.name, given: params.arguments ?? {} });
    server.stdin.write(`${line}\n`);
  })
  .on('close', () => server.stdin.end());
createInterface(server.stdout).on('line', (line) => {
  const { id, result } = JSON.parse(line);
  const call = pending.get(id);
  if (call !== undefined && result !== undefined) {
    pending.delete(id);
    const { isError = false, structuredContent: structure = {} } = result;
    appendFileSync(file, `${JSON.stringify({ ...call, failed: isError, reviewId: structure.reviewId })}\n`);
  }
  process.stdout.write(`${line}\n`);
});
server.on('exit', (code) => process.exit(code ?? 1));
