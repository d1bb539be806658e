// The TypeScript client of the SDK's second generation, which finds out by itself which protocol a server speaks:
// `node v2.mjs <folder with @modelcontextprotocol/client in its node_modules>`.
import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.argv[2], 'anything.js'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Client } = (await load('@modelcontextprotocol/client')).default;
const { StdioClientTransport } = (await load('@modelcontextprotocol/client/stdio')).default;

const client = new Client(
  { name: 'v2', version: '1' },
  { versionNegotiation: { mode: 'auto' }, capabilities: {} },
);
const env = JSON.parse(process.env.SANDBOX_ENV);
const started = performance.now();
await client.connect(
  new StdioClientTransport({
    command: 'node',
    args: ['dist/main.js'],
    env: { PATH: process.env.PATH, ...env },
  }),
);
const connectedMs = performance.now() - started;
try {
  strictEqual(client.getServerVersion().name, 'audit-load-test');
  ok(client.getInstructions().includes('scaleConfigs'));
  const { tools } = await client.listTools();
  ok(tools.length >= 13);

  const scaled = await call('scaleConfigs', { load: '2x' });
  strictEqual(scaled.status, 'scaled');
  const unapproved = await call('uploadChecks', { reviewId: scaled.reviewId });
  strictEqual(unapproved.status, 'awaiting_approval');
  deepStrictEqual(unapproved.callAgain.tool, 'uploadChecks');
  const uploaded = await call('uploadChecks', { reviewId: scaled.reviewId, approved: true });
  strictEqual(uploaded.status, 'uploaded');
  strictEqual((await call('uploadDags', {})).load, 2);

  const wrong = await client.callTool({ name: 'scaleConfigs', arguments: { load: 0 } });
  strictEqual(wrong.isError, true);
  ok(wrong.content[0].text.startsWith('BAD_INPUT:'), wrong.content[0].text);
  process.stdout.write(
    `v2 client, automatic mode: protocol ${client.getNegotiatedProtocolVersion?.() ?? 'unknown'} after ${Math.round(connectedMs)} ms, ${tools.length} tools, scaled and uploaded\n`,
  );
} finally {
  await client.close();
}

async function call(name, given) {
  const answer = await client.callTool({ name, arguments: given });
  if (answer.isError) throw new Error(`${name}: ${answer.content[0].text}`);
  return answer.structuredContent;
}
