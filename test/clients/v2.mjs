// The TypeScript client of the SDK's second generation, in the mode that is given: `node v2.mjs <auto, legacy or a version>`.
import { match, ok, strictEqual } from 'node:assert';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [mode] = process.argv.slice(2);
const client = new Client(
  { name: 'v2', version: '1' },
  {
    versionNegotiation: { mode: mode === 'auto' || mode === 'legacy' ? mode : { pin: mode } },
    capabilities: { elicitation: { form: {} } },
  },
);
const questions = [];
client.setRequestHandler('elicitation/create', async ({ params }) => {
  questions.push(params.message);
  return { action: 'accept', content: { decision: 'approve' } };
});
const env = JSON.parse(process.env.SANDBOX_ENV);
await client.connect(
  new StdioClientTransport({
    command: 'node',
    args: ['dist/main.js'],
    env: { PATH: process.env.PATH, ...env },
  }),
);
try {
  strictEqual(client.getServerVersion().name, 'audit-load-test');
  ok(client.getInstructions().includes('scaleConfigs'));
  const { tools } = await client.listTools();
  ok(tools.length >= 13);

  const scaled = await call('scaleConfigs', { load: '2x' });
  strictEqual(scaled.status, 'scaled');
  const uploaded = await call('uploadChecks', { reviewId: scaled.reviewId });
  strictEqual(uploaded.status, 'uploaded');
  strictEqual(questions.length, 1);
  match(questions[0], new RegExp(`^Approve the 2x configs for upload \\(review ${scaled.reviewId}\\)`));
  strictEqual((await call('uploadDags', {})).load, 2);

  const wrong = await client.callTool({ name: 'scaleConfigs', arguments: { load: 0 } });
  strictEqual(wrong.isError, true);
  ok(wrong.content[0].text.startsWith('BAD_INPUT:'), wrong.content[0].text);
  const version = client.getNegotiatedProtocolVersion();
  strictEqual(version, mode === 'legacy' ? '2025-11-25' : '2026-07-28');
  process.stdout.write(
    `v2 client, ${mode}: protocol ${version}, ${tools.length} tools, scaled, asked once and uploaded\n`,
  );
} finally {
  await client.close();
}

async function call(name, given) {
  const answer = await client.callTool({ name, arguments: given });
  if (answer.isError) throw new Error(`${name}: ${answer.content[0].text}`);
  return answer.structuredContent;
}
