/** `npm run bench:scale`: compares scaleConfigs with perl, cat and git status on the same files, in docs/measurements/speed.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkFiles } from '../sandbox/sample/files.ts';
import { serverEnvironment } from '../sandbox/world/environment.ts';
import { scaleIntervals } from '../src/intervals/scale.ts';
import { conditions, digestOf, manyChecks, restore } from './manyChecks.ts';
import {
  type CommandContext,
  fastest,
  machineText,
  measured,
  ourCommand,
  type Run,
  timeCells,
  versionOf,
} from './measured.ts';
import { numberOf } from './options.ts';
import { writeSection } from './speedPage.ts';
import { markdownTable } from './tables.ts';

/** The one-liner one would type: multiplies every number of hours in an INTERVAL, wherever it is. */
const perlExpression = `s/(interval\\s+'?)(\\d+)('?\\s+hours?\\b)/$1.$2*$ENV{LOAD}.$3/gie`;
const everyCheck = "find . -name '*_15m.yml' -print0 | xargs -0";
const perl = `${everyCheck} perl -pi -e "$EXPRESSION"`;

interface Rows {
  readonly [name: string]: Run[];
}

export async function main(args: readonly string[]): Promise<void> {
  const rounds = numberOf(args, '--rounds', 5);
  const count = numberOf(args, '--files', 10_000);
  const large = numberOf(args, '--large', 100_000);
  const perlVersion = await versionOf('perl', '-e', 'print $^V');
  const gitVersion = await versionOf('git', '--version');
  const table = [
    ...(await rowsOf(count, rounds, perlVersion)),
    ...(large > 0 ? await rowsOf(large, 1, perlVersion) : []),
  ];
  const missing = perlVersion === undefined ? '\n\nperl is not installed: apt-get install perl.' : '';
  writeSection(
    'Scaling the configs',
    `\`npm run bench:scale\` with ${machineText()}, ${gitVersion}, perl ${perlVersion ?? 'not installed'}: files with ${conditions} conditions, one window each; ${count.toLocaleString('en-US')} files ${rounds} times${large > 0 ? `, ${large.toLocaleString('en-US')} once` : ''}. scaleConfigs is timed as a whole command, including process start: it reads the YAML and the git baseline, checks for manual edits, and writes each file atomically, the list of changes and the session.

${markdownTable(['Files', 'What', 'Best', 'Median', 'CPU', 'Relative', 'Memory'], table)}${missing}

perl multiplies everything that looks like hours in an \`INTERVAL\`, also in comments and prose, and multiplies again on a second run; the row with \`git restore\` starts from the baseline, as scaleConfigs does. On these files both write the same bytes, which the benchmark verifies. On the sandbox's sample checks they do not: ${await differences(perlVersion)}`,
  );
}

async function rowsOf(count: number, rounds: number, perlVersion: string | undefined): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-scale-'));
  try {
    const repository = join(directory, 'k-repo');
    const folder = await manyChecks(repository, count);
    const runs = await measureRounds({ directory, repository, folder }, rounds, perlVersion !== undefined);
    return tableOf(count, runs);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Tree {
  readonly directory: string;
  readonly repository: string;
  readonly folder: string;
}

async function measureRounds(
  { directory, repository, folder }: Tree,
  rounds: number,
  hasPerl: boolean,
): Promise<Rows> {
  const project = join(directory, 'project');
  await mkdir(project, { recursive: true });
  const ours: CommandContext = {
    cwd: project,
    env: serverEnvironment({ endpoint: 'http://127.0.0.1:9', targetRepo: repository, project }),
  };
  const shell = (script: string, load = 2) =>
    measured(['bash', '-c', script], {
      cwd: folder,
      env: { LOAD: String(load), EXPRESSION: perlExpression },
    });
  const scale = (load: string) =>
    measured(ourCommand('scaleConfigs', '--load', load, '--schedule', '15m', '--scope', 'schedule'), ours);
  const rows = {
    cat: [],
    perl: [],
    perlUp: [],
    first: [],
    up: [],
    again: [],
    status: [],
  } satisfies Rows as Record<'cat' | 'perl' | 'perlUp' | 'first' | 'up' | 'again' | 'status', Run[]>;
  for (let round = 0; round < rounds; round += 1) {
    restore(repository);
    rmSync(join(project, '.audit-load-test'), { recursive: true, force: true });
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

function tableOf(count: number, rows: Rows): string[][] {
  const row = (what: string, name: string, relativeTo?: string) => {
    const runs = rows[name] ?? [];
    const other = relativeTo === undefined ? [] : (rows[relativeTo] ?? []);
    const peak = Math.max(...runs.map((run) => run.peakMegabytes ?? 0));
    return [
      count.toLocaleString('en-US'),
      what,
      ...timeCells(runs),
      other.length === 0 || runs.length === 0 ? '–' : `${(fastest(runs) / fastest(other)).toFixed(1)} ×`,
      peak > 0 ? `${peak.toFixed(0)} MB` : '–',
    ];
  };
  return [
    row('`cat` of the files (the floor)', 'cat'),
    row('`perl -pi -e`, text only', 'perl'),
    row('**scaleConfigs 2x**, relative to perl', 'first', 'perl'),
    row('`git restore` and `perl -pi -e`, one level up', 'perlUp'),
    row('**scaleConfigs 4x** after 2x, relative to both', 'up', 'perlUp'),
    row('`git status`', 'status'),
    row('**scaleConfigs 4x again**, nothing to do, relative to `git status`', 'again', 'status'),
  ];
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
