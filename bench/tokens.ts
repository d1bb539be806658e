/**
 * `npm run bench:tokens`: the tokens of the tool list and of one load level, compared with four other servers. With
 * `-- --others` it installs those in a temp directory, and writes docs/measurements/tokens.md.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorld } from '../sandbox/world/world.ts';
import { type RawClient, startClient } from './rawClient.ts';
import { type Counted, countStory, countTools, type ListedTool, total } from './tokenCount.ts';

const others = [
  { package: '@modelcontextprotocol/server-filesystem@2026.8.31', bin: 'mcp-server-filesystem', args: ['.'] },
  { package: '@playwright/mcp@0.0.83', bin: 'playwright-mcp', args: [] },
  { package: 'chrome-devtools-mcp@1.11.0', bin: 'chrome-devtools-mcp', args: [] },
  // Any token works: the server lists its tools without asking Sentry. It lists its default tools, not all.
  { package: '@sentry/mcp-server@0.39.0', bin: 'sentry-mcp', args: ['--access-token=none'] },
];

export async function main(args: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'audit-load-test-tokens-'));
  try {
    const { tools, story } = await countOurs(directory);
    const withOthers = args.includes('--others');
    const servers = [row('audit-load-test', tools), ...(withOthers ? await countOthers(directory) : [])];
    const page = [
      '## Servers',
      '',
      '| server | tools | tokens of tools/list | per tool | largest |',
      '| --- | --: | --: | --: | --: |',
      ...servers,
      '',
      '## Our tools',
      '',
      ...table('tool', tools),
      '',
      '## One load level',
      '',
      'The structured results of the 2x chapter of the demo: the part of a result that Claude Code shows to the model.',
      '',
      ...table('result', story),
      '',
    ].join('\n');
    console.log(page);
    if (withOthers) writeFileSync('docs/measurements/tokens.md', `${head(new Date())}\n${page}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function head(now: Date): string {
  return `# Tokens that a model reads

Written by \`npm run bench:tokens -- --others\` on ${now.toISOString().slice(0, 10)}; do not edit. Tokens of o200k; per tool its name, description and input schema, as a client passes them on. The other servers are the versions named, with their default settings: a server that groups its tools lists only its default groups. \`test/tokens.test.ts\` limits each of our tools to 200, the list to 2,250 and the results of one level to 3,000.
`;
}

async function countOurs(directory: string): Promise<{ tools: Counted[]; story: Counted[] }> {
  const world = await startWorld({ directory: join(directory, 'world'), dagsFolder: 'dags', speed: 120 });
  const client = await startClient(process.execPath, ['dist/main.js'], world.env);
  try {
    const tools = await listOf(client);
    const story = await countStory({
      async call(name, given) {
        const answer = await client.request('tools/call', { name, arguments: given });
        if (answer.isError === true) throw new Error(`${name}: ${JSON.stringify(answer.content)}`);
        return answer.structuredContent as Record<string, unknown>;
      },
      trigger: async () => world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} }),
      wait: async (minutes) => world.advance(minutes),
    });
    return { tools, story };
  } finally {
    await client.close();
    await world.close();
  }
}

async function countOthers(directory: string): Promise<string[]> {
  execFileSync(
    'npm',
    [
      'install',
      '--prefix',
      directory,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ].concat(others.map((other) => other.package)),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const rows: string[] = [];
  for (const { package: name, bin, args } of others) {
    const client = await startClient(join(directory, 'node_modules/.bin', bin), args, { HOME: directory });
    rows.push(row(name, await listOf(client)));
    await client.close();
  }
  return rows;
}

async function listOf(client: RawClient): Promise<Counted[]> {
  return countTools((await client.request('tools/list')).tools as ListedTool[]);
}

function table(title: string, counted: readonly Counted[]): string[] {
  return [
    `| ${title} | tokens |`,
    '| --- | --: |',
    ...counted.map(({ name, tokens }) => `| ${name} | ${tokens} |`),
    `| all ${counted.length} | ${total(counted)} |`,
  ];
}

function row(name: string, tools: readonly Counted[]): string {
  const all = total(tools);
  const largest = Math.max(...tools.map(({ tokens }) => tokens));
  return `| ${name} | ${tools.length} | ${all} | ${Math.round(all / tools.length)} | ${largest} |`;
}
