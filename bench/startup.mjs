// Time from process start to the answer of the first tools/list, compared with an empty Node process.
// Interleaved, medians: `npm run -s build && node bench/startup.mjs [rounds]`.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const rounds = Number(process.argv[2] ?? 9);
const hello = [
  {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 2, method: 'tools/list' },
];

async function untilToolsList() {
  const start = performance.now();
  const server = spawn(process.execPath, ['dist/main.js'], { stdio: ['pipe', 'pipe', 'ignore'] });
  server.stdin.write(hello.map((message) => `${JSON.stringify(message)}\n`).join(''));
  let durationMs;
  for await (const line of createInterface(server.stdout)) {
    if (JSON.parse(line).result?.tools === undefined) continue;
    durationMs = performance.now() - start;
    break;
  }
  if (durationMs === undefined) throw new Error('dist/main.js did not list its tools');
  server.stdin.end();
  await new Promise((resolve) => server.once('exit', resolve));
  return durationMs;
}

async function emptyNode() {
  const start = performance.now();
  const node = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
  await new Promise((resolve) => node.once('exit', resolve));
  return performance.now() - start;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const ours = [];
const bare = [];
for (let round = 0; round < rounds; round += 1) {
  bare.push(await emptyNode());
  ours.push(await untilToolsList());
}
const [a, b] = [median(ours), median(bare)];
console.log(
  `tools/list ${a.toFixed(0)} ms, node -e 0 ${b.toFixed(0)} ms: ${(a / b).toFixed(2)} × (${rounds} rounds)`,
);
