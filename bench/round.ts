/** `npm run bench:round`: pollCluster and buildReport beside `aws emr list-steps` and pandas, into docs/measurements/speed.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { region } from '../sandbox/wire/sts.ts';
import { startWorld, type World } from '../sandbox/world/world.ts';
import { manyChecks } from './manyChecks.ts';
import {
  fastest,
  machineWords,
  measured,
  ourCommand,
  type Place,
  type Run,
  timeCells,
  versionOf,
} from './measured.ts';
import { numberOf } from './options.ts';
import { writeSection } from './speedPage.ts';
import { markdownTable } from './tables.ts';

/** Between two looks while the round runs. */
const lookMinutes = 30;

export async function main(words: readonly string[]): Promise<void> {
  const repeats = numberOf(words, '--rounds', 5);
  const sizes = [numberOf(words, '--steps', 1000), numberOf(words, '--large', 10_000)].filter(
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
    `\`npm run bench:round\` with ${machineWords()}; ${[aws, pandas].filter((text) => text !== undefined).join('; ')}: a round on the embedded AWS, which has EMR's quotas (ten calls of ListSteps, then one every two seconds; unused before each run), polled every ${lookMinutes} minutes of simulated time while it ran. The fastest of ${repeats}.

${markdownTable(['Steps', 'What', 'Best', 'Median', 'CPU', 'Against the script', 'EMR calls', 'Steps seen'], rows)}
${missing.length > 0 ? `\n${missing.join(' ')}\n` : ''}
The script (\`bench/rival_report.py\`) prints one table: counts, waiting and running times with percentiles, the ten slowest. Its numbers are compared with ours where both see every step. buildReport also reads the failed steps' logs, looks for missing, duplicate or foreign steps, and creates charts and a forecast. EMR returns the newest 1,000 steps of a cluster, so the script sees only part of a larger round; our polls during the run keep the rest.`,
  );
}

async function rowsOf(size: number, repeats: number, hasRival: boolean): Promise<string[][]> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-round-'));
  let waitedMs = 0;
  const quotaClock = () => performance.now() + waitedMs;
  const world = await startWorld({ directory, dagsFolder: 'dags', speed: 1, quotaClock });
  /** Nobody has asked EMR anything for a while. */
  const rest = () => {
    waitedMs += 600_000;
  };
  try {
    await manyChecks(join(directory, 'many'), size);
    // The aws command takes an empty AWS_PROFILE for a name.
    const given = Object.entries({ ...world.env, TARGET_REPO: join(directory, 'many') }).filter(
      ([, value]) => value !== '',
    );
    const place: Place = {
      cwd: join(directory, 'audit-load-test'),
      env: { ...Object.fromEntries(given), AWS_DEFAULT_REGION: region },
    };
    return await measureRound(world, place, { size, repeats, hasRival, rest });
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
  place: Place,
  { size, repeats, hasRival, rest }: { size: number; repeats: number; hasRival: boolean; rest(): void },
): Promise<string[][]> {
  const tool = (name: string, ...words: string[]) => measured(ourCommand(name, ...words, '--json'), place);
  const told = async (name: string, ...words: string[]) => JSON.parse((await tool(name, ...words)).out);
  const counted = async (row: Row, work: () => Promise<Run>) => {
    world.front.clearRequests();
    rest();
    const run = await work();
    row.runs.push(run);
    row.calls = world.front.requests().filter(({ service }) => service === 'emr').length;
    return run;
  };
  const { reviewId } = await told('scaleConfigs', '--load', '2x', '--schedule', '15m', '--scope', 'schedule');
  await told('uploadChecks', '--reviewId', reviewId, '--approved');
  await told('uploadDags');
  const { clusterId } = world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });

  const look: Row = {
    what: '**pollCluster**, a look after the first (the dearest)',
    runs: [],
    calls: 0,
    seen: 0,
  };
  const looks: Row[] = [];
  for (let done = false; !done; ) {
    world.advance(lookMinutes);
    const one: Row = { ...look, runs: [] };
    const { out } = await counted(one, () => tool('pollCluster', '--waitSeconds', '0'));
    looks.push(one);
    done = JSON.parse(out).done === true;
  }
  const later = looks.slice(1);
  const dearest = {
    ...look,
    runs: later.flatMap(({ runs }) => runs),
    calls: Math.max(...later.map(({ calls }) => calls)),
    seen: size,
  };
  const script: Row = { what: '`aws emr list-steps` and pandas', runs: [], calls: 0, seen: 0 };
  const ours: Row = { what: '**buildReport**', runs: [], calls: 0, seen: 0 };
  const cold: Row = { what: '**buildReport**, nothing kept of the looks', runs: [], calls: 0, seen: 0 };
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
          place,
        ),
      );
    const { out } = await counted(ours, () => tool('buildReport'));
    const report = JSON.parse(readFileSync(join(JSON.parse(out).directory, 'report.json'), 'utf8'));
    ours.seen = report.steps.length;
    if (hasRival) script.seen = compared(join(place.cwd, 'rival.json'), report);
  }
  if (size <= 1000)
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      rmSync(join(place.cwd, '.audit-load-test/clusters'), { recursive: true, force: true });
      await counted(cold, () => tool('buildReport'));
      cold.seen = size;
    }
  return [script, ours, cold, dearest]
    .filter(({ runs }) => runs.length > 0)
    .map((row) => [
      size.toLocaleString('en-US'),
      row.what,
      ...timeCells(row.runs),
      row === script || row === dearest || script.runs.length === 0
        ? '–'
        : `${(fastest(row.runs) / fastest(script.runs)).toFixed(2)} ×`,
      String(row.calls),
      row.seen.toLocaleString('en-US'),
    ]);
}

/** How many steps the script saw. @throws Error where it saw all and has other figures than the report */
// biome-ignore lint/suspicious/noExplicitAny: report.json as it lies on disk
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
