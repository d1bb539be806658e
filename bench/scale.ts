/** scaleConfigs beside perl, cat and git status on the same files. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkFiles } from '../sandbox/sample/files.ts';
import { startEmbeddedAws } from '../sandbox/world/embeddedAws.ts';
import { serverEnvironment } from '../sandbox/world/environment.ts';
import { scaleIntervals } from '../src/intervals/scale.ts';
import { conditions, digestOf, manyChecks, restore } from './manyChecks.ts';
import {
  type CommandContext,
  measured,
  ourCommand,
  type Run,
  runCells,
  runColumns,
  versionOf,
} from './measured.ts';
import { type BenchOptions, type PartResult, ratioFigure, ratioOf, thousands, timesText } from './part.ts';
import { markdownTable } from './tables.ts';

/** The one-liner one would type: multiplies every number of hours in an INTERVAL, wherever it is. */
const perlExpression = `s/(interval\\s+'?)(\\d+)('?\\s+hours?\\b)/$1.$2*$ENV{LOAD}.$3/gie`;
const everyCheck = "find . -name '*_15m.yml' -print0 | xargs -0";
const perl = `${everyCheck} perl -pi -e "$EXPRESSION"`;

type Row = 'cat' | 'perl' | 'perlUp' | 'first' | 'up' | 'again' | 'status';
type Rows = Readonly<Record<Row, Run[]>>;

export async function measureScaling({ rounds, files, isBusy }: BenchOptions): Promise<PartResult> {
  const perlVersion = await versionOf('perl', '-e', 'print $^V');
  const gitVersion = await versionOf('git', '--version');
  const tree = await scalingTree(files);
  try {
    const rows = await measureRounds(tree, rounds, perlVersion !== undefined);
    const table = tableOf(rows, isBusy);
    return {
      outcomes: [
        {
          what: `scaleConfigs, ${thousands(files)} files with ${conditions} conditions each`,
          against: '`perl -pi -e`',
          figures: [ratioFigure('perl', ratioOf(rows.first, rows.perl, isBusy), 3)],
          target: 'at most 3.0 ×',
        },
        {
          what: 'scaleConfigs again, nothing to do',
          against: '`git status`',
          figures: [ratioFigure('git status', ratioOf(rows.again, rows.status, isBusy), 12)],
          target: 'at most 12 ×, process start and hashing every byte included',
        },
      ],
      missing: perlVersion === undefined ? ['perl'] : [],
      text: `${gitVersion}, perl ${perlVersion ?? 'missing'}: ${thousands(files)} files with ${conditions} conditions, each with one time window; ${rounds} rounds. scaleConfigs is timed as a whole command, including process start: it reads the YAML and the git baseline, checks for manual edits, and writes each file atomically, the list of changes and the session.

${table}

perl multiplies everything that looks like hours in an \`INTERVAL\`, also in comments and prose, and multiplies again on a second run; the row with \`git restore\` starts from the baseline, as scaleConfigs does. On these files both write the same bytes, which the benchmark verifies. On the sandbox's sample checks they do not: ${await differences(perlVersion)}`,
    };
  } finally {
    await tree.close();
  }
}

interface ScalingTree {
  readonly repository: string;
  readonly folder: string;
  /** Restores the baseline and forgets the session. */
  reset(): void;
  scale(load: string): Promise<Run>;
  close(): Promise<void>;
}

/** A repository of that many checks, with what scaleConfigs needs: it asks EMR whether a round is running. */
export async function scalingTree(files: number): Promise<ScalingTree> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  const repository = join(directory, 'k-repo');
  const project = join(directory, 'project');
  const folder = await manyChecks(repository, files);
  const aws = await startEmbeddedAws({ quotaClock: 'off' });
  await mkdir(project, { recursive: true });
  const context: CommandContext = {
    cwd: project,
    env: serverEnvironment({ endpoint: aws.endpoint, targetRepo: repository, project }),
  };
  return {
    repository,
    folder,
    async close() {
      await aws.close();
      rmSync(directory, { recursive: true, force: true });
    },
    reset() {
      restore(repository);
      rmSync(join(project, '.audit-load-test'), { recursive: true, force: true });
    },
    scale: (load) =>
      measured(
        ourCommand('scaleConfigs', '--load', load, '--schedule', '15m', '--scope', 'schedule'),
        context,
      ),
  };
}

async function measureRounds(
  { repository, folder, reset, scale }: ScalingTree,
  rounds: number,
  hasPerl: boolean,
): Promise<Rows> {
  const shell = (script: string, load = 2) =>
    measured(['bash', '-c', script], {
      cwd: folder,
      env: { LOAD: String(load), EXPRESSION: perlExpression },
    });
  const rows: Rows = { cat: [], perl: [], perlUp: [], first: [], up: [], again: [], status: [] };
  for (let round = 0; round < rounds; round += 1) {
    reset();
    rows.cat.push(await shell(`${everyCheck} cat >/dev/null`));
    const expected = new Map<string, string>();
    if (hasPerl) {
      rows.perl.push(await shell(perl));
      expected.set('2x', digestOf(folder));
      rows.perlUp.push(await shell(`git restore --source=main -- . && ${perl}`, 4));
      expected.set('4x', digestOf(folder));
      restore(repository);
    }
    rows.first.push(await scale('2x'));
    requireSame(folder, expected.get('2x'));
    rows.up.push(await scale('4x'));
    requireSame(folder, expected.get('4x'));
    rows.status.push(await measured(['git', 'status', '--porcelain'], { cwd: repository, env: {} }));
    rows.again.push(await scale('4x'));
  }
  return rows;
}

function requireSame(folder: string, expected: string | undefined): void {
  if (expected !== undefined && digestOf(folder) !== expected)
    throw new Error('scaleConfigs and perl wrote different files');
}

function tableOf(rows: Rows, isBusy: boolean): string {
  const row = (what: string, name: Row, relativeTo?: Row) => [
    what,
    ...runCells(rows[name]),
    relativeTo === undefined ? '–' : timesText(ratioOf(rows[name], rows[relativeTo], isBusy)),
  ];
  return markdownTable(
    ['What', ...runColumns, 'Relative'],
    [
      row('`cat` of the files (the floor)', 'cat'),
      row('`perl -pi -e`, text only', 'perl'),
      row('**scaleConfigs 2x**, relative to perl', 'first', 'perl'),
      row('`git restore` and `perl -pi -e`, one level up', 'perlUp'),
      row('**scaleConfigs 4x** after 2x, relative to both', 'up', 'perlUp'),
      row('`git status`', 'status'),
      row('**scaleConfigs 4x again**, nothing to do, relative to `git status`', 'again', 'status'),
    ],
  );
}

/** Which of the sample's 15m checks the perl expression scales differently from the product. */
async function differences(perlVersion: string | undefined): Promise<string> {
  if (perlVersion === undefined) return 'not measured.';
  const directory = mkdtempSync(join(tmpdir(), 'bench-sample-'));
  try {
    const sample = [...checkFiles()].filter(([path]) => path.endsWith('_15m.yml'));
    for (const [path, text] of sample) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    await measured(['bash', '-c', perl], { cwd: directory, env: { LOAD: '2', EXPRESSION: perlExpression } });
    const others = sample.filter(
      ([path, text]) =>
        !readFileSync(join(directory, path)).equals(scaleIntervals(Buffer.from(text), 'hour', 2).bytes),
    );
    const names = others.map(([path]) => path.replace(/^.*\//, ''));
    return `${names.length} of ${sample.length} 15m checks differ (${names.join(', ')}).`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
