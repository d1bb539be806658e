import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tools } from '../src/tools/index.ts';

/**
 * Who may import whom, for values (`import type` is free): rooms, files (with their ending), packages, and `node:`.
 * A file's own rule stands before its room's.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['compose.ts', 'faces', 'settings.ts', 'environment.ts', 'sandbox', 'node:'],
  'compose.ts': ['adapters', 'state', 'settings.ts', 'node:'],
  'environment.ts': ['dotenv', 'node:'],
  'settings.ts': ['zod', 'node:os', 'node:path'],
  'version.ts': ['../package.json'],
  'errors.ts': [],
  'nearest.ts': [],
  'foreignText.ts': [],
  'ports.ts': [],

  'faces/mcp.ts': ['faces', 'tools', '@modelcontextprotocol/sdk', 'node:'],
  'faces/progressBar.ts': ['ora'],
  'faces/approve.ts': ['faces', 'facts'],
  'faces/schemas.ts': ['zod'],
  'faces/prompts.ts': ['checks/schedules.ts'],
  'faces/completions.ts': ['faces', 'checks/schedules.ts'],
  'faces/resources.ts': ['faces', 'facts', 'tools', 'checks/levelSummary.ts'],
  faces: ['faces', 'tools', 'node:'],

  'tools/index.ts': ['tools'],
  tools: [
    'tools/tool.ts',
    'tools/words',
    'tools/*.text.ts',
    'tools/text.ts',
    'facts',
    'checks',
    'rounds',
    'report',
    'state/session.ts',
    'state/stamps.ts',
    'zod',
  ],
  facts: ['facts', 'checks', 'rounds', 'report', 'state'],

  rounds: ['rounds', 'checks', 'report', 'state'],
  checks: ['checks', 'zod', 'yaml', 'diff', 'node:crypto'],
  report: ['report', 'checks', 'zod', 'node:crypto'],
  'state/events.ts': ['checks/schedules.ts', 'zod'],
  'state/session.ts': [],
  'state/stamps.ts': [],
  'state/entryFile.ts': ['state', 'node:crypto'],
  state: ['state', 'node:'],

  'adapters/git.ts': ['simple-git'],
  'adapters/awsClient.ts': [
    'adapters',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-emr',
    '@aws-sdk/client-sts',
    'node:',
  ],
  'adapters/backups.ts': ['diff', 'node:'],
  adapters: ['adapters', 'checks/schedules.ts', 'zod', 'node:'],

  'sandbox/demoClient.ts': ['sandbox', '@modelcontextprotocol/sdk', 'node:'],
  'sandbox/world.ts': ['sandbox', '../docs/prices.example.json', 'node:'],
  sandbox: ['sandbox', 'node:'],
};

/** Without a dependency of their own, and free for every room but the sandbox. */
const freeForAll = ['errors.ts', 'foreignText.ts', 'nearest.ts', 'version.ts'];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .toSorted();
const sources = new Map(files.map((path) => [path, readFileSync(join('src', path), 'utf8')]));

function room(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}

/** What a file imports for its values: paths below src, or packages as they are named. */
function importsOf(path: string): string[] {
  const source = sources.get(path) ?? '';
  const statements = source.matchAll(/^(?:import|export)\s(?!type\b)(?:[^'";]*?\sfrom\s)?'([^']+)'/gm);
  const dynamic = source.matchAll(/(?<!typeof )\bimport\('([^']+)'\)/g);
  return [...statements, ...dynamic].map(([, name = '']) =>
    name.startsWith('.') ? join(dirname(path), name) : name,
  );
}

function isAllowed(rule: string, imported: string): boolean {
  if (rule === 'tools/*.text.ts') return /^tools\/\w+\.text\.ts$/.test(imported);
  return rule === 'node:'
    ? imported.startsWith('node:')
    : imported === rule || imported.startsWith(`${rule}/`);
}

test('the scan sees what is imported', () => {
  expect(importsOf('main.ts')).toEqual(
    expect.arrayContaining(['environment.ts', 'compose.ts', 'faces/mcp.ts', 'sandbox/demo.ts', 'node:path']),
  );
  expect(importsOf('adapters/awsClient.ts')).toContain('@aws-sdk/client-s3');
  expect(importsOf('faces/mcp.ts')).not.toContain('ports.ts');
  expect(importsOf('checks/clusterConfig/requestShape.ts')).toEqual([]);
});

test('every file imports what its room may', () => {
  const forbidden = files.flatMap((path) => {
    const rules = mayImport[path] ?? mayImport[room(path)];
    if (rules === undefined) return [`${path} is in a room without a rule`];
    const free = room(path) === 'sandbox' ? [] : freeForAll;
    return importsOf(path)
      .filter((imported) => ![...rules, ...free].some((rule) => isAllowed(rule, imported)))
      .map((imported) => `${path} imports ${imported}`);
  });
  expect(forbidden).toEqual([]);
});

test('every rule is about something that is there', () => {
  const places = new Set(files.flatMap((path) => [path, room(path)]));
  expect(Object.keys(mayImport).filter((place) => !places.has(place))).toEqual([]);
});

describe('the environment and the arguments of the process', () => {
  const readers: Readonly<Record<string, string>> = {
    'main.ts': 'the entry',
    'adapters/git.ts': 'git gets PATH, HOME and little else',
    'sandbox/targetRepository.ts': 'git is found by PATH',
  };
  test('are read by few, each for a reason', () => {
    const found = files.filter((path) => /process\.(?:env|argv)/.test(sources.get(path) ?? ''));
    expect(found).toEqual(Object.keys(readers).toSorted());
  });
});

test('nothing prints but the faces and the entry', () => {
  const printers = files.filter((path) =>
    /process\.std(?:out|err)\.write|\bconsole\./.test(sources.get(path) ?? ''),
  );
  expect(printers.filter((path) => room(path) !== 'sandbox')).toEqual(['faces/log.ts', 'main.ts']);
});

test('no file has over 300 lines', () => {
  // ports.ts holds types alone: the one list of what the tools need from outside.
  const long = files.filter((path) => (sources.get(path) ?? '').split('\n').length > 301);
  expect(long.filter((path) => path !== 'ports.ts')).toEqual([]);
});

test('nothing is exported without a name', () => {
  expect(files.filter((path) => /^export default/m.test(sources.get(path) ?? ''))).toEqual([]);
});

test('zod is imported whole, so that the build can leave out what is not used', () => {
  const picked = files.filter((path) => /^import \{[^}]*\} from 'zod'/m.test(sources.get(path) ?? ''));
  expect(picked).toEqual([]);
});

test('half of the files are under 90 lines', () => {
  const lengths = files.map((path) => (sources.get(path) ?? '').split('\n').length).toSorted((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(90);
});

test('names say what a file holds', () => {
  const vague = /(?:^|[a-z])(?:utils?|helpers?|manager|misc|common)\.ts$/i;
  expect(files.filter((path) => vague.test(basename(path)))).toEqual([]);
});

test('a file in src/tools is one tool, and its name is the file’s, the export’s and the tool’s', async () => {
  const names = readdirSync('src/tools')
    .filter((name) => name.endsWith('.ts') && !/(?:^|\.)text\.ts$|^(?:tool|index)\.ts$/.test(name))
    .map((name) => name.slice(0, -3));
  expect(names.toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
  for (const name of names) {
    const module = await import(`../src/tools/${name}.ts`);
    expect(module[name]?.name).toBe(name);
    expect(
      Object.values(module).filter((value) => tools.includes(value as (typeof tools)[number])),
    ).toHaveLength(1);
  }
});

test('each tool has a test file of its name', () => {
  const tested = readdirSync('test/tools');
  expect(tools.map((tool) => `${tool.name}.test.ts`).filter((name) => !tested.includes(name))).toEqual([]);
});
