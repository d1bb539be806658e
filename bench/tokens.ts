/** The tokens of the tool list and of one load level, beside four other servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld } from '../sandbox/world/world.ts';
import type { PartResult } from './part.ts';
import { type RawClient, startClient } from './rawClient.ts';
import { otherServers, scriptOf } from './rivals.ts';
import { markdownTable } from './tables.ts';
import { type Counted, countStory, countTools, type ListedTool, total } from './tokenCount.ts';

/** As in test/tokens.test.ts. */
const mostOfTools = 2250;
const mostOfLevel = 3000;

export async function measureTokens(): Promise<PartResult> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-tokens-'));
  try {
    const { tools, story } = await countOurs(directory);
    const others = await countOthers(directory);
    return {
      outcomes: [
        {
          what: 'tokens of `tools/list`; of one level’s results',
          against: 'four other servers',
          figures: [
            {
              text: `${total(tools)} (others: ${others.map((other) => total(other.tools)).join(', ') || 'not measured'})`,
              isMet: total(tools) <= mostOfTools,
            },
            { text: String(total(story)), isMet: total(story) <= mostOfLevel },
          ],
          target: `at most ${mostOfTools}; at most ${mostOfLevel} (first set at 2,036 and 2,869)`,
        },
      ],
      missing: otherServers
        .filter((server) => scriptOf(server) === undefined)
        .map((server) => server.package),
      text: `Tokens of o200k; per tool its name, description and input schema, as a client passes them on. The other servers run with their default settings, so one that groups its tools lists only its default groups. \`test/tokens.test.ts\` limits each of our tools to 200, the list to ${mostOfTools} and the results of one level to ${mostOfLevel}.

${markdownTable(
  ['Server', 'Tools', 'Tokens of tools/list', 'Per tool', 'Largest'],
  [{ name: '**audit-load-test**', tools }, ...others].map(serverRow),
)}

### Our tools

${table('Tool', tools)}

### One load level

The structured results of the 2x chapter of the demo: the part of a result that Claude Code shows to the model.

${table('Result', story)}`,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface CountedServer {
  readonly name: string;
  readonly tools: readonly Counted[];
}

async function countOurs(directory: string): Promise<{ tools: Counted[]; story: Counted[] }> {
  const home = join(directory, 'world');
  const world = await startWorld({ directory: home, dagsFolder: 'dags', speed: 1 });
  const client = await startClient(process.execPath, ['dist/main.js'], world.env);
  try {
    const tools = await listOf(client);
    const story = await countStory({
      async call(name, given) {
        const answer = await client.request('tools/call', { name, arguments: given });
        if (answer.isError === true) throw new Error(`${name}: ${JSON.stringify(answer.content)}`);
        // Paths as on a user's machine, as in test/tokens.test.ts.
        return JSON.parse(JSON.stringify(answer.structuredContent).replaceAll(home, '/home/engineer'));
      },
      // The round is over at the first look, as after `wait` in a background shell.
      trigger: async () => {
        world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
        world.advance(30);
      },
      wait: async (minutes) => world.advance(minutes),
    });
    return { tools, story };
  } finally {
    await client.close();
    await world.close();
  }
}

async function countOthers(directory: string): Promise<CountedServer[]> {
  const counted: CountedServer[] = [];
  for (const server of otherServers) {
    const script = scriptOf(server);
    if (script === undefined) continue;
    const client = await startClient(process.execPath, [script, ...server.args], { HOME: directory });
    counted.push({ name: server.package, tools: await listOf(client) });
    await client.close();
  }
  return counted;
}

async function listOf(client: RawClient): Promise<Counted[]> {
  return countTools((await client.request('tools/list')).tools as ListedTool[]);
}

function table(title: string, counted: readonly Counted[]): string {
  return markdownTable(
    [title, 'Tokens'],
    [...counted, { name: `all ${counted.length}`, tokens: total(counted) }].map(({ name, tokens }) => [
      name,
      String(tokens),
    ]),
  );
}

function serverRow({ name, tools }: CountedServer): string[] {
  const all = total(tools);
  const largest = Math.max(...tools.map(({ tokens }) => tokens));
  return [name, ...[tools.length, all, Math.round(all / tools.length), largest].map(String)];
}
