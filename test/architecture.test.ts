/** The house: who may import whom, how large a room may grow, and where a decision may not come from. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tools } from '../src/tools/index.ts';
import {
  decisionsFromSentences,
  detachedDocstrings,
  fileCycles,
  folderCycles,
  forbiddenImports,
  fullFolders,
  type ImportRules,
  longFiles,
  longRuns,
  namesExportedTwice,
  staleRules,
} from './architecture/rules.ts';
import { importsOf, readSources, type Sources } from './architecture/sources.ts';

const domain = 'src/domain';

/**
 * Floors, from the top: main, interfaces, tools, workflow, then report, rounds, review and dag, then state and intervals, then
 * domain.
 */
const productImports: ImportRules = {
  'src/main.ts': ['src/interfaces', 'sandbox', domain, 'node:'],
  'src/compose.ts': ['src/adapters', 'src/state', domain, 'node:'],
  'src/environment.ts': ['dotenv', 'src/adapters/disk', 'node:'],
  'src/settings.ts': ['src/settingsRules.ts', domain, 'zod', 'node:'],
  'src/settingsRules.ts': ['node:'],

  'src/interfaces': [domain, 'zod', 'node:'],
  'src/interfaces/cli': ['src/interfaces', 'src/tools', 'src/workflow', domain, 'node:'],
  'src/interfaces/cli/docs.ts': ['src/interfaces', 'src/tools', 'src/adapters/disk', domain, 'node:'],
  'src/interfaces/cli/progressBar.ts': ['ora'],
  'src/interfaces/cli/explain.ts': [
    'src/interfaces',
    'src/workflow/evidence/explain.ts',
    'src/report/failures',
    domain,
    'node:',
  ],
  'src/interfaces/mcp': ['src/interfaces', 'src/tools', domain, 'node:'],
  'src/interfaces/mcp/server.ts': ['src/interfaces', '@modelcontextprotocol/server', domain],
  'src/interfaces/mcp/start.ts': ['src/interfaces', 'zod'],
  'src/interfaces/mcp/stdio.ts': ['src/interfaces', '@modelcontextprotocol/server'],
  'src/interfaces/mcp/question.ts': [
    'src/interfaces',
    'src/tools',
    '@modelcontextprotocol/server',
    domain,
    'node:',
  ],
  'src/interfaces/mcp/toolCall.ts': [
    'src/interfaces',
    'src/tools',
    '@modelcontextprotocol/server',
    domain,
    'node:',
  ],
  'src/interfaces/mcp/resources.ts': ['src/interfaces', 'src/tools', 'src/workflow', 'src/review', domain],
  'src/interfaces/view': [],

  'src/tools': [
    'src/workflow',
    'src/report',
    'src/rounds',
    'src/review',
    'src/dag',
    'src/intervals/scale.ts',
    domain,
    'zod',
  ],
  'src/tools/index.ts': [],

  'src/workflow': [
    'src/workflow/baseline',
    'src/report',
    'src/rounds',
    'src/review',
    'src/dag',
    'src/state',
    domain,
  ],
  'src/workflow/baseline': ['src/review', 'src/state', 'src/domain'],
  'src/workflow/commits': ['src/workflow', 'src/domain', 'src/review', 'src/state'],

  'src/review': ['src/intervals/scale.ts', domain, 'diff'],
  'src/rounds': [domain],
  'src/dag': [domain],
  'src/dag/clusterConfig': ['src/dag/clusterConfig', domain, 'zod'],

  'src/report': ['src/report', domain],
  'src/report/build.ts': ['src/report', 'src/dag/clusterConfig', domain],
  'src/report/model': [domain, 'zod'],
  'src/report/statistics': [],
  'src/report/steps': ['src/report/model', 'src/report/statistics', 'src/report/failures', domain],
  'src/report/failures': ['src/report/model', 'src/report/failures', domain],
  'src/report/evidence': ['src/report/model', 'src/report/statistics', 'src/report/evidence', domain],
  'src/report/verdict': ['src/report/model', 'src/report/statistics', 'src/report/steps', domain],
  'src/report/toFit': [
    'src/report/model',
    'src/report/statistics',
    'src/report/steps',
    'src/report/failures',
    'src/dag/clusterConfig',
    domain,
  ],
  'src/report/suggestions': [
    'src/report/model',
    'src/report/steps',
    'src/report/failures',
    'src/report/toFit',
    'src/dag/clusterConfig',
    domain,
  ],
  'src/report/forecast': [
    'src/report/model',
    'src/report/statistics',
    'src/report/steps',
    'src/report/verdict',
    domain,
  ],
  'src/report/comparison': [
    'src/report/model',
    'src/report/evidence',
    'src/report/statistics',
    'src/report/steps',
    'src/report/verdict',
    'src/report/forecast',
    domain,
  ],
  'src/report/summary': [
    'src/report/model',
    'src/report/evidence',
    'src/report/steps',
    'src/report/failures',
    'src/report/verdict',
    'src/report/forecast',
    'src/report/toFit',
    domain,
  ],
  'src/report/render/record.ts': ['src/report/render', 'src/report/summary', domain],
  'src/report/render': ['src/report/model', 'src/report/render', domain],
  'src/report/render/charts': [
    'src/report/model',
    'src/report/statistics',
    'src/report/steps',
    'src/report/forecast',
    'src/report/comparison',
    domain,
  ],
  'src/report/render/sections': ['src/report', domain],
  'src/report/render/html': ['src/report', domain, 'node:crypto'],
  'src/report/render/html/client': ['src/report/render/charts', 'src/report/steps', domain],

  'src/state': [domain, 'zod', 'node:'],
  'src/intervals': ['src/intervals', domain],
  'src/intervals/sql': [domain],
  'src/intervals/yaml': [domain, 'yaml'],
  'src/domain': ['zod', 'node:crypto'],
  'src/domain/version.ts': ['package.json'],
  'src/ports': [],

  'src/adapters': [domain, 'node:'],
  'src/adapters/disk': ['src/adapters/disk', domain, 'node:'],
  'src/adapters/files/prices.ts': ['src/adapters/disk', 'docs/prices.example.json', domain, 'zod', 'node:'],
  'src/adapters/aws/awsClient.ts': [
    domain,
    '@aws-sdk/client-s3',
    '@aws-sdk/client-emr',
    '@aws-sdk/client-sts',
    'node:',
  ],
  'src/adapters/aws/limits.ts': ['src/adapters/waiting.ts', domain],
  'src/adapters/aws/logins.ts': ['src/adapters/disk', '@aws-sdk/credential-provider-ini', domain, 'node:'],
  'src/adapters/s3': ['src/adapters', domain, 'node:'],
  'src/adapters/emr': ['src/adapters', domain, 'node:'],
  'src/adapters/eventLogs': ['src/adapters', domain, 'node:'],
  'src/adapters/eventLogs/zstd.ts': ['src/adapters', 'fzstd'],
  'src/adapters/airflow': [domain, 'zod', 'node:'],
  'src/adapters/git': ['src/adapters', domain, 'node:'],
  'src/adapters/git/git.ts': ['src/adapters/waiting.ts', 'simple-git', domain],
  'src/adapters/git/backups.ts': ['src/adapters', domain, 'diff', 'node:'],
  'src/adapters/files': ['src/adapters', domain, 'zod', 'node:'],
};

const sandboxImports: ImportRules = {
  sandbox: ['sandbox', 'node:'],
  'sandbox/world/demo.ts': ['@modelcontextprotocol/sdk', 'node:'],
  'sandbox/s3/body.ts': ['sandbox', 'fast-xml-parser'],
  'sandbox/world/world.ts': ['sandbox', 'docs/prices.example.json', 'node:'],
};

const product = readSources('src');
const sandbox = readSources('sandbox');
const house: Sources = new Map([...product, ...sandbox]);

/** A tree with a violation in it: a rule that cannot fail guards nothing. */
function seeded(...files: readonly (readonly [string, string])[]): Sources {
  return new Map(files);
}

describe('imports', () => {
  test('are found as values, as types, lazily and with a query', () => {
    const sources = seeded([
      'src/a.ts',
      [
        "import { b } from './b.ts';",
        "import { type C } from './c.ts';",
        "import type { D } from 'd';",
        "export * from './e.ts';",
        "import { text } from './f.css?bundle';",
        "const g = await import('./g.ts');",
      ].join('\n'),
    ]);
    expect(importsOf(sources, 'src/a.ts')).toEqual([
      { target: 'src/b.ts', typesOnly: false },
      { target: 'src/c.ts', typesOnly: true },
      { target: 'd', typesOnly: true },
      { target: 'src/e.ts', typesOnly: false },
      { target: 'src/f.css', typesOnly: false },
      { target: 'src/g.ts', typesOnly: false },
    ]);
    expect(importsOf(product, 'src/main.ts').map(({ target }) => target)).toEqual(
      expect.arrayContaining(['src/compose.ts', 'src/interfaces/mcp/start.ts', 'node:path']),
    );
  });

  test('of a file that does not exist are an error', () => {
    expect(() => importsOf(product, 'src/tools/moved.ts')).toThrow('src/tools/moved.ts does not exist');
  });

  test('stay within what each room may import', () => {
    expect(forbiddenImports(product, productImports)).toEqual([]);
    const upwards = seeded(['src/report/model/model.ts', "import { judge } from '../verdict/verdict.ts';\n"]);
    expect(forbiddenImports(upwards, productImports)).toEqual([
      'src/report/model/model.ts imports src/report/verdict/verdict.ts',
    ]);
    const vendor = seeded(['src/adapters/s3/s3.ts', "import { S3Client } from '@aws-sdk/client-s3';\n"]);
    expect(forbiddenImports(vendor, productImports)).toEqual([
      'src/adapters/s3/s3.ts imports @aws-sdk/client-s3',
    ]);
    expect(forbiddenImports(seeded(['src/attic/old.ts', '']), productImports)).toEqual([
      'src/attic/old.ts is in a room without a rule',
    ]);
  });

  test('lead out of domain to nothing of ours, types included', () => {
    const leaving = (sources: Sources) =>
      [...sources.keys()]
        .filter((path) => path.startsWith(`${domain}/`))
        .flatMap((path) => importsOf(sources, path))
        .map(({ target }) => target)
        .filter((target) => target.startsWith('src/') && !target.startsWith(`${domain}/`));
    expect(leaving(product)).toEqual([]);
    const upwards = seeded(['src/domain/a.ts', "import type { Step } from '../ports/aws.ts';\n"]);
    expect(leaving(upwards)).toEqual(['src/ports/aws.ts']);
  });

  test('of the sandbox never lead into the product', () => {
    expect(forbiddenImports(sandbox, sandboxImports)).toEqual([]);
    const leak = seeded(['sandbox/world/world.ts', "import { settings } from '../../src/settings.ts';\n"]);
    expect(forbiddenImports(leak, sandboxImports)).toEqual([
      'sandbox/world/world.ts imports src/settings.ts',
    ]);
  });

  test('have rules about places that exist', () => {
    expect(staleRules(house, { ...productImports, ...sandboxImports })).toEqual([]);
    expect(staleRules(house, { 'src/checks': ['src/gone'] })).toEqual(['src/checks', 'src/gone']);
  });

  test('form no cycle between files, types included', () => {
    expect(fileCycles(house)).toEqual([]);
    const cycle = seeded(
      ['src/a.ts', "import type { B } from './b.ts';\n"],
      ['src/b.ts', "import { a } from './a.ts';\n"],
    );
    expect(fileCycles(cycle)).toEqual(['src/a.ts <-> src/b.ts']);
  });

  test('form no cycle of values between folders', () => {
    expect(folderCycles(house)).toEqual([]);
    const cycle = seeded(
      ['src/a/one.ts', "import { b } from '../b/one.ts';\n"],
      ['src/b/one.ts', ''],
      ['src/b/two.ts', "import { a } from '../a/one.ts';\n"],
    );
    expect(folderCycles(cycle)).toEqual(['src/a <-> src/b']);
  });
});

describe('size', () => {
  test('no folder holds more than 12 files; a tool has two, and three more are shared by all tools', () => {
    const exceptions = { 'src/tools': 2 * tools.length + 3 };
    expect(fullFolders(house, 12, exceptions)).toEqual([]);
    const full = seeded(...Array.from({ length: 13 }, (_, index) => [`src/hall/${index}.ts`, ''] as const));
    expect(fullFolders(full, 12, exceptions)).toEqual(['src/hall holds 13 files']);
  });

  test('no file has over 300 lines', () => {
    expect(longFiles(house, 300)).toEqual([]);
    expect(longFiles(seeded(['src/long.ts', 'a;\n'.repeat(301)]), 300)).toEqual([
      'src/long.ts has 301 lines',
    ]);
  });
});

describe('names', () => {
  test('are exported once', () => {
    expect(namesExportedTwice(product)).toEqual([]);
    const twice = seeded(
      ['src/a.ts', 'export const name = 1;\n'],
      ['src/b.ts', 'export function name() {}\n'],
    );
    expect(namesExportedTwice(twice)).toEqual(['name: src/a.ts, src/b.ts']);
  });

  test('say what a file holds', () => {
    const vague = /(?:^|[a-z])(?:utils?|helpers?|manager|misc|common)\.ts$/i;
    expect([...house.keys()].filter((path) => vague.test(basename(path)))).toEqual([]);
  });

  test('are never a default export', () => {
    expect([...house].filter(([, text]) => /^export default/m.test(text))).toEqual([]);
  });

  test('of zod come as a whole, so that the build can leave out what is not used', () => {
    expect([...product].filter(([, text]) => /^import \{[^}]*\} from 'zod'/m.test(text))).toEqual([]);
  });
});

describe('a tool', () => {
  const shared = ['tool.ts', 'index.ts', 'text.ts'];
  const names = readdirSync('src/tools')
    .filter((name) => /^[a-zA-Z]+\.ts$/.test(name) && !shared.includes(name))
    .map((name) => name.slice(0, -3));

  test('is one file, and its name is the file’s, the export’s and the tool’s', async () => {
    expect(names.toSorted()).toEqual(tools.map((tool) => tool.name).toSorted());
    for (const name of names) {
      const module = await import(`../src/tools/${name}.ts`);
      expect(module[name]?.name).toBe(name);
    }
  });

  test('has what it says beside it, and a test file of its name', () => {
    const texts = readdirSync('src/tools').filter((name) => name.endsWith('.text.ts'));
    expect(texts.map((name) => name.replace('.text.ts', '')).filter((name) => !names.includes(name))).toEqual(
      [],
    );
    const tested = readdirSync('test/tools');
    expect(names.filter((name) => !tested.includes(`${name}.test.ts`))).toEqual([]);
  });

  test('runs a named function of at most 40 lines', () => {
    expect(longRuns(product, names, 40)).toEqual([]);
    const tool = (lines: number) =>
      seeded([
        'src/tools/a.ts',
        `const a = {\n  run: runA,\n};\nasync function runA() {\n${'  b();\n'.repeat(lines)}}\n`,
      ]);
    expect(longRuns(tool(38), ['a'], 40)).toEqual([]);
    expect(longRuns(tool(40), ['a'], 40)).toEqual(['src/tools/a.ts: runA has 42 lines']);
    expect(longRuns(seeded(['src/tools/a.ts', '  async run() {}\n']), ['a'], 40)).toEqual([
      'src/tools/a.ts: run is not a named function',
    ]);
  });
});

test('a docstring stands at its declaration, or at the head of its file', () => {
  expect(detachedDocstrings(house)).toEqual([]);
  const merged = seeded([
    'src/a.ts',
    "import { b } from './b.ts';\n\nconst a = b;\n\n/** Of a file that was merged. */\n\nconst c = a;\n",
  ]);
  expect(detachedDocstrings(merged)).toEqual(['src/a.ts:5']);
});

test('nothing is decided by reading a sentence of ours back', () => {
  expect(decisionsFromSentences(product)).toEqual([]);
  const reading = seeded([
    'src/a.ts',
    "if (verdict.sentence.startsWith('Fits')) go();\nif (/ok/.test(summary)) go();\n",
  ]);
  expect(decisionsFromSentences(reading)).toHaveLength(2);
});

describe('the process', () => {
  test('gives its environment and arguments to few files, each for a reason', () => {
    const readers: Readonly<Record<string, string>> = {
      'src/main.ts': 'the entry',
      'src/adapters/aws/logins.ts': 'AWS_PROFILE and the files of the AWS SDK, to name why a login fails',
      'src/adapters/git/git.ts': 'git gets PATH, HOME and little else',
    };
    const found = [...product].flatMap(([path, text]) => (/process\.(?:env|argv)/.test(text) ? path : []));
    expect(found.toSorted()).toEqual(Object.keys(readers).toSorted());
  });

  test('reaches the disk through one door', () => {
    const doors = [...product].flatMap(([path, text]) => (/'node:fs(?:\/promises)?'/.test(text) ? path : []));
    expect(doors.filter((path) => !path.startsWith('src/adapters/disk/'))).toEqual([]);
    expect(doors).not.toEqual([]);
  });

  test('prints from the log and the entry only', () => {
    const printers = [...product].flatMap(([path, text]) =>
      /process\.std(?:out|err)\.write|\bconsole\./.test(text) ? path : [],
    );
    expect(printers).toEqual(['src/interfaces/log.ts', 'src/main.ts']);
  });
});
