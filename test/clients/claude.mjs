// Claude Code without a login, in a home of its own: `node claude.mjs <its executable> <an empty folder>`, in the sandbox.
// It validates and installs the plugin, connects to its server, and plays a short story against a stand-in for the
// model, once in each era of the protocol.
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startStubModel } from './stubModel.mjs';

const [claude, folder] = process.argv.slice(2);
const home = join(folder, 'home');
const work = join(folder, 'work');
for (const path of [home, work]) mkdirSync(path, { recursive: true });
const root = process.cwd();
const sandbox = JSON.parse(process.env.SANDBOX_ENV);

async function run(words, env = {}, cwd = work) {
  const { PATH } = process.env;
  const settings = { PATH, HOME: home, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ...env };
  const pending = promisify(execFile)(claude, words, { cwd, env: settings, timeout: 90_000 });
  pending.child.stdin.end();
  try {
    return (await pending).stdout;
  } catch (error) {
    throw new Error(`claude ${words.join(' ')}: ${error.message}\n${error.stdout}${error.stderr}`);
  }
}

const report = await run(
  ['plugin', 'validate', '--strict', '--json', '.claude-plugin/marketplace.json'],
  {},
  root,
);
strictEqual(JSON.parse(report).success, true, report);
const checked = JSON.parse(
  await run(['plugin', 'validate', '--strict', '--profile', 'directory', '--json', 'plugin'], {}, root),
);
deepStrictEqual([checked.success, checked.directory.findings], [true, []], JSON.stringify(checked));

await run(['plugin', 'marketplace', 'add', root]);
await run(['plugin', 'install', 'audit-load-test@audit-load-test']);
match(await run(['plugin', 'list']), /audit-load-test@audit-load-test[\s\S]*enabled/);
const server = 'plugin:audit-load-test:audit-load-test';
match(await run(['mcp', 'list']), new RegExp(`${server}: node .*/plugin/server/main\\.js - ✔ Connected`));
match(await run(['mcp', 'get', server]), /Status: ✔ Connected/);
say('plugin valid by the rules of the directory, without a finding; installed, listed and connected');

const tool = (name) => `mcp__audit-load-test__${name}`;

/** What the model says next, by what came back; each entry gets the result of the one before. */
const storyAt = (load) => [
  () => ['scaleConfigs', { load }],
  ({ reviewId, status }) => {
    strictEqual(status, 'scaled');
    return ['uploadChecks', { reviewId }];
  },
  ({ status, callAgain, uploaded }) => {
    // Nobody is there to ask: no yes.
    deepStrictEqual([status, uploaded], ['awaiting_approval', 0]);
    return ['uploadChecks', callAgain.arguments];
  },
  ({ status }) => {
    strictEqual(status, 'uploaded');
    return ['scaleConfigs', { load: 1, overwriteEdits: true }];
  },
];

/** Plays the story; returns what Claude Code sent to the server. */
async function play(load, negotiation) {
  const story = storyAt(load);
  const wire = join(folder, `wire-${load}.jsonl`);
  const config = join(folder, 'mcp.json');
  const server = {
    command: 'sh',
    args: ['-c', `tee '${wire}' | exec '${process.execPath}' '${root}/dist/main.js'`],
    env: { ...sandbox, STATE_DIR: join(folder, `state-${load}`) },
  };
  writeFileSync(config, JSON.stringify({ mcpServers: { 'audit-load-test': server } }));
  let problem;
  const model = await startStubModel(({ messages }) => {
    try {
      const turn = model.requests.length;
      const next = story[turn]?.(turn === 0 ? undefined : resultIn(messages.at(-1)));
      if (next === undefined) return { type: 'text', text: 'Done.' };
      return { type: 'tool_use', id: `toolu_${turn}`, name: tool(next[0]), input: next[1] };
    } catch (error) {
      problem = error;
      return { type: 'text', text: 'Stopped.' };
    }
  });
  const words = ['-p', `Start ${load} load test`, '--mcp-config', config, '--strict-mcp-config'];
  const allowed = ['--allowedTools', ['scaleConfigs', 'uploadChecks'].map(tool).join(',')];
  await run([...words, ...allowed, '--output-format', 'json'], {
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'none',
    MCP_PROTOCOL_NEGOTIATION: negotiation,
  });
  model.close();
  if (problem !== undefined) throw problem;
  strictEqual(model.requests.length, story.length + 1);
  return readFileSync(wire, 'utf8').trim().split('\n').map(JSON.parse);
}

const shakesHands = (sent) => sent.some(({ method }) => method === 'initialize');
function sayPlayed(version, sent) {
  const calls = sent.filter(({ method }) => method === 'tools/call');
  say(`${version}: ${calls.length} calls for a stand-in model; nothing uploaded before its yes`);
}

// It asks for the new era first. On a busy machine the answer may come later than it waits; then it shakes hands.
let modern = await play('2x', '');
for (const load of ['3x', '5x']) if (shakesHands(modern)) modern = await play(load, '');
ok(!shakesHands(modern), 'Claude Code fell back to the handshake three times');
for (const { params } of modern)
  if (params !== undefined)
    strictEqual(params._meta['io.modelcontextprotocol/protocolVersion'], '2026-07-28');
sayPlayed('2026-07-28', modern);

const legacy = await play('4x', 'legacy');
strictEqual(legacy[0].params.protocolVersion, '2025-11-25');
sayPlayed('2025-11-25', legacy);

/** The structured result of the last call, which is all that the model gets to see of it. */
function resultIn({ content }) {
  const { content: shown, is_error } = content.find(({ type }) => type === 'tool_result');
  const text = typeof shown === 'string' ? shown : shown.map((part) => part.text).join('');
  ok(is_error !== true, text);
  return JSON.parse(text);
}

function say(line) {
  process.stdout.write(`Claude Code: ${line}\n`);
}
