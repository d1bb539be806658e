// Stands in for a model to test the runner: makes the ideal calls of one turn of a scenario. Use it in EVAL_COMMAND:
// `node <checkout>/evals/idealModel.mjs {config}`.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const { command, args, env } = JSON.parse(readFileSync(process.argv[2], 'utf8')).mcpServers[
  'audit-load-test'
];
const { EVAL_SCENARIO, EVAL_TURN } = process.env;
const { talk } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'scenarios', `${EVAL_SCENARIO}.json`), 'utf8'),
);
let prompt = '';
for await (const chunk of process.stdin) prompt += chunk;

const server = spawn(command, args, {
  env: { PATH: process.env.PATH, ...env },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface(server.stdout)[Symbol.asyncIterator]();
let lastId = 0;
async function request(method, params) {
  lastId += 1;
  server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params })}\n`);
  for (;;) {
    const message = JSON.parse((await answers.next()).value);
    if (message.id === lastId) return message.result;
  }
}

await request('initialize', {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'ideal', version: '1' },
});
server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);

const last = (pattern) => [...prompt.matchAll(pattern)].at(-1)?.[1];
const known = { clusterId: last(/\b(j-[A-Z0-9]{8,})/g), reviewId: last(/"reviewId":"([0-9a-f]{16})"/g) };
let turn = -1;
for (const { person, call, with: given = {} } of talk) {
  if (person !== undefined) turn += 1;
  if (call === undefined || turn !== Number(EVAL_TURN)) continue;
  if (Object.values(given).includes('$reviewId') && known.reviewId === undefined)
    known.reviewId = (
      await request('tools/call', { name: 'reviewConfigs', arguments: {} })
    ).structuredContent.reviewId;
  const filled = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, known[String(value).slice(1)] ?? value]),
  );
  const { structuredContent } = await request('tools/call', { name: call, arguments: filled });
  known.reviewId = structuredContent?.reviewId ?? known.reviewId;
}
server.stdin.end();
