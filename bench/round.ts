/** `npm run bench:round`: compares pollCluster and buildReport with `aws emr list-steps` and pandas, in docs/measurements/speed.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { region } from '../sandbox/wire/sts.ts';
import { startWorld, type World } from '../sandbox/world/world.ts';
import { manyChecks } from './manyChecks.ts';
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

/** Time between two polls while the round runs. */
const pollMinutes = 30;

export async function main(args: readonly string[]): Promise<void> {
  const repeats = numberOf(args, '--rounds', 5);
  const sizes = [numberOf(args, '--steps', 1000), numberOf(args, '--large', 10_000)].filter(
    (size) => size > 0,
  );
  const aws = await versionOf('aws', '--version');
  const pandas = await versionOf('python3', '-c', 'import pandas; print(f"pandas {pandas.__version__}")');
  const rows: string[][] = [];
  for (const size of sizes)
    rows.push(...(await rowsOf(size, repeats, aws !== undefined && pandas !== undefined)));
  const missing = [
    aws === undefined && 'aws is not installed: pip install awscli.',
    pandas === undefined && 'pandas is not installed: pip install pandas.',
  ].filter((text) => text !== false);
  writeSection(
    'Reading and reporting a round',
    `\`npm run bench:round\` with ${machineText()}; ${[aws, pandas].filter((text) => text !== undefined).join('; ')}: a round on the embedded AWS, with EMR's quotas (a burst of ten ListSteps calls, then one every two seconds; full before each run), polled every ${pollMinutes} minutes of simulated time while it ran. The fastest of ${repeats}.

${markdownTable(['Steps', 'What', 'Best', 'Median', 'CPU', 'Relative to the script', 'EMR calls', 'Steps seen'], rows)}
${missing.length > 0 ? `\n${missing.join(' ')}\n` : ''}
The script (\`bench/rival_report.py\`) makes one table: counts, waiting and running times with percentiles, the ten slowest; its figures are compared with the report's when both see every step. buildReport also reads the logs of failed steps, finds missing, duplicate and foreign steps, and draws charts and a forecast. EMR lists the newest 1,000 steps of a cluster, so the script sees only a part of a larger round; pollCluster archives the rest while the round runs.`,
  );
}

async function rowsOf(size: number, repeats: number, hasRival: boolean): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-round-'));
  let waitedMs = 0;
  const quotaClock = () => performance.now() + waitedMs;
  const world = await startWorld({ directory, dagsFolder: 'dags', speed: 1, quotaClock });
  /** Refills EMR's request quota. */
  const refillQuota = () => {
    waitedMs += 600_000;
  };
  try {
    await manyChecks(join(directory, 'many'), size);
    // The aws command treats an empty AWS_PROFILE as a name.
    const env = Object.entries({ ...world.env, TARGET_REPO: join(directory, 'many') }).filter(
      ([, value]) => value !== '',
    );
    const context: CommandContext = {
      cwd: join(directory, 'audit-load-test'),
      env: { ...Object.fromEntries(env), AWS_DEFAULT_REGION: region },
    };
    return await measureRound(world, context, { size, repeats, hasRival, refillQuota });
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Row {
  readonly what: string;
  readonly runs: Run[];
  calls: number;
  seen: number;
}

async function measureRound(
  world: World,
  context: CommandContext,
  {
    size,
    repeats,
    hasRival,
    refillQuota,
  }: { size: number; repeats: number; hasRival: boolean; refillQuota(): void },
): Promise<string[][]> {
  const tool = (name: string, ...args: string[]) => measured(ourCommand(name, ...args, '--json'), context);
  const output = async (name: string, ...args: string[]) => JSON.parse((await tool(name, ...args)).out);
  const counted = async (row: Row, work: () => Promise<Run>) => {
    world.front.clearRequests();
    refillQuota();
    const run = await work();
    row.runs.push(run);
    row.calls = world.front.requests().filter(({ service }) => service === 'emr').length;
    return run;
  };
  const { reviewId } = await output(
    'scaleConfigs',
    '--load',
    '2x',
    '--schedule',
    '15m',
    '--scope',
    'schedule',
  );
  await output('uploadChecks', '--reviewId', reviewId, '--approved');
  await output('uploadDags');
  const { clusterId } = world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });

  const poll: Row = {
    what: '**pollCluster**, most calls of the polls after the first',
    runs: [],
    calls: 0,
    seen: 0,
  };
  const polls: Row[] = [];
  for (let done = false; !done; ) {
    world.advance(pollMinutes);
    const one: Row = { ...poll, runs: [] };
    const { out } = await counted(one, () => tool('pollCluster', '--waitSeconds', '0'));
    polls.push(one);
    done = JSON.parse(out).done === true;
  }
  const later = polls.slice(1);
  const laterPolls = {
    ...poll,
    runs: later.flatMap(({ runs }) => runs),
    calls: Math.max(...later.map(({ calls }) => calls)),
    seen: size,
  };
  const script: Row = { what: '`aws emr list-steps` and pandas', runs: [], calls: 0, seen: 0 };
  const ours: Row = { what: '**buildReport**', runs: [], calls: 0, seen: 0 };
  const cold: Row = {
    what: '**buildReport**, without the archive of the polls',
    runs: [],
    calls: 0,
    seen: 0,
  };
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    if (hasRival)
      await counted(script, () =>
        measured(
          [
            'bash',
            '-c',
            'aws emr list-steps --cluster-id "$1" --output json > steps.json && python3 "$2" steps.json rival.md rival.json',
            'bash',
            clusterId,
            join(process.cwd(), 'bench/rival_report.py'),
          ],
          context,
        ),
      );
    const { out } = await counted(ours, () => tool('buildReport'));
    const report = JSON.parse(readFileSync(join(JSON.parse(out).directory, 'report.json'), 'utf8'));
    ours.seen = report.steps.length;
    if (hasRival) script.seen = compared(join(context.cwd, 'rival.json'), report);
  }
  if (size <= 1000)
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      rmSync(join(context.cwd, '.audit-load-test/clusters'), { recursive: true, force: true });
      await counted(cold, () => tool('buildReport'));
      cold.seen = size;
    }
  return [script, ours, cold, laterPolls]
    .filter(({ runs }) => runs.length > 0)
    .map((row) => [
      size.toLocaleString('en-US'),
      row.what,
      ...timeCells(row.runs),
      row === script || row === laterPolls || script.runs.length === 0
        ? '–'
        : `${(fastest(row.runs) / fastest(script.runs)).toFixed(2)} ×`,
      String(row.calls),
      row.seen.toLocaleString('en-US'),
    ]);
}

/** How many steps the script saw. @throws Error if it saw all steps but has other figures than the report */
// biome-ignore lint/suspicious/noExplicitAny: report.json as read from disk
function compared(path: string, report: any): number {
  const figures = JSON.parse(readFileSync(path, 'utf8'));
  if (figures.steps !== report.steps.length) return figures.steps;
  const ours = {
    steps: report.steps.length,
    completed: report.counts.successful,
    runtimeSeconds: report.verdict.runtimeSeconds,
    p50Seconds: report.statistics.p50Seconds,
    p95Seconds: report.statistics.p95Seconds,
    maxSeconds: report.statistics.maxSeconds,
  };
  for (const [name, value] of Object.entries(ours))
    if (Math.abs(figures[name] - value) > 0.002)
      throw new Error(`${name}: the script says ${figures[name]}, the report ${value}`);
  return figures.steps;
}
