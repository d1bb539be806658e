/** pollCluster and buildReport beside `aws emr list-steps` and pandas, for rounds of growing size. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { region } from '../sandbox/wire/sts.ts';
import { startWorld, type World } from '../sandbox/world/world.ts';
import { pointOf, sizesUpTo } from './growth.ts';
import { manyChecks } from './manyChecks.ts';
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

/** Time between two polls while the round runs. A shorter one takes longer: each poll waits for EMR's quota. */
const pollMinutes = 120;

export async function measureReports({ rounds, steps, isBusy }: BenchOptions): Promise<PartResult> {
  const aws = await versionOf('aws', '--version');
  const pandas = await versionOf('python3', '-c', 'import pandas; print(f"pandas {pandas.__version__}")');
  const hasRival = aws !== undefined && pandas !== undefined;
  const sizes: Size[] = [];
  for (const size of sizesUpTo(steps)) {
    sizes.push(await rowsOf(size, rounds, hasRival));
  }
  // EMR lists the newest 1,000 steps: of a larger round the script reads only those.
  const judged = [sizes.findLast(({ size, script }) => script.seen === size), sizes.at(-1)];
  const figures = [...new Set(judged)].flatMap((one) =>
    one === undefined
      ? []
      : ratioFigure(
          hasRival
            ? `the script, which sees ${thousands(one.script.seen)} of ${thousands(one.size)} steps`
            : 'the script',
          ratioOf(one.ours.runs, one.script.runs, isBusy),
          0.025,
        ),
  );
  return {
    outcomes: [
      {
        what: `buildReport, up to ${thousands(steps)} steps known, forecast included`,
        against: 'a script of `aws emr list-steps` and pandas',
        figures,
        target: 'at most 0.02 ×, rounded',
      },
    ],
    growth: { files: [], steps: sizes.map(({ size, ours }) => pointOf(size, ours.runs)) },
    missing: [...(aws === undefined ? ['aws'] : []), ...(pandas === undefined ? ['pandas'] : [])],
    text: `${[aws, pandas].filter((text) => text !== undefined).join('; ')}. A round on the embedded AWS with EMR's quotas (a burst of ten ListSteps calls, then one every two seconds; refilled before each run). pollCluster was called every ${pollMinutes} minutes of simulated time. A round at half the load came before it, so that there is a forecast. buildReport ran ${rounds} times${hasRival ? ', and so did the script' : ''}.

${markdownTable(
  ['Steps', 'What', ...runColumns, 'Relative to the script', 'EMR calls', 'Steps seen'],
  sizes.flatMap((size) => tableRows(size, isBusy)),
)}

The script (\`bench/rival_report.py\`) makes one table: counts, waiting and running times with percentiles, the ten slowest steps. Its figures are compared with the report's when both see every step. buildReport also reads the logs of failed steps, finds missing, duplicate and foreign steps, and draws charts and a forecast. EMR lists the newest 1,000 steps of a cluster, so the script sees only part of a larger round; pollCluster archives the rest while the round runs.`,
  };
}

interface Row {
  readonly what: string;
  readonly runs: Run[];
  calls: number;
  seen: number;
}

interface Size {
  readonly size: number;
  readonly script: Row;
  readonly ours: Row;
  readonly polls: Row;
}

/** What a size is measured with. */
interface Bed {
  readonly world: World;
  readonly context: CommandContext;
  /** Runs with EMR's request quota refilled, and counts the calls. */
  counted(row: Row, work: () => Promise<Run>): Promise<Run>;
}

async function rowsOf(size: number, repeats: number, hasRival: boolean): Promise<Size> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-round-'));
  let waitedMs = 0;
  const quotaClock = () => performance.now() + waitedMs;
  const world = await startWorld({ directory, dagsFolder: 'dags', speed: 1, quotaClock });
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
    const counted = async (row: Row, work: () => Promise<Run>) => {
      world.front.clearRequests();
      waitedMs += 600_000;
      const run = await work();
      row.runs.push(run);
      row.calls = world.front.requests().filter(({ service }) => service === 'emr').length;
      return run;
    };
    return await measureSize({ world, context, counted }, { size, repeats, hasRival });
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measureSize(
  bed: Bed,
  { size, repeats, hasRival }: Readonly<{ size: number; repeats: number; hasRival: boolean }>,
): Promise<Size> {
  const row = (what: string): Row => ({ what, runs: [], calls: 0, seen: 0 });
  const script = row('`aws emr list-steps` and pandas');
  const ours = row('**buildReport**');
  const polls = row('**pollCluster**, most calls of the polls after the first');
  // The forecast needs a level before.
  await playLevel(bed, '2x', row(''));
  await output(bed, 'buildReport');
  await output(bed, 'commitResults', '--keyFindings', 'none');
  const clusterId = await playLevel(bed, '4x', polls);
  polls.seen = size;
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    if (hasRival) await bed.counted(script, () => runScript(bed.context, clusterId));
    const { out } = await bed.counted(ours, () => tool(bed, 'buildReport'));
    const report = JSON.parse(readFileSync(join(JSON.parse(out).directory, 'report.json'), 'utf8'));
    if (!report.comparison?.forecast?.points.length) throw new Error('the report has no forecast');
    ours.seen = report.steps.length;
    if (ours.seen !== size) throw new Error(`the report has ${ours.seen} of ${size} steps`);
    if (hasRival) script.seen = compared(join(bed.context.cwd, 'rival.json'), report);
  }
  return { size, script, ours, polls };
}

const tool = ({ context }: Bed, name: string, ...args: string[]) =>
  measured(ourCommand(name, ...args, '--json'), context);
const output = async (bed: Bed, name: string, ...args: string[]) =>
  JSON.parse((await tool(bed, name, ...args)).out);

/** Everything from scaleConfigs to the last poll. Returns the cluster's id. */
async function playLevel(bed: Bed, load: string, polls: Row): Promise<string> {
  const { world, counted } = bed;
  const level = ['--load', load, '--schedule', '15m', '--scope', 'schedule'];
  const { reviewId } = await output(bed, 'scaleConfigs', ...level);
  const upload = () => output(bed, 'uploadChecks', '--reviewId', reviewId, '--approved');
  // On a busy machine the upload is stopped after 49 s; the next call continues it.
  await upload().catch(upload).catch(upload);
  await output(bed, 'uploadDags');
  const { clusterId } = world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
  const first: Row = { ...polls, runs: [] };
  let most = 0;
  for (let done = false; !done; ) {
    world.advance(pollMinutes);
    const into = first.runs.length === 0 ? first : polls;
    const { out } = await counted(into, () => tool(bed, 'pollCluster', '--waitSeconds', '0'));
    if (into === polls) most = Math.max(most, polls.calls);
    done = JSON.parse(out).done === true;
  }
  polls.calls = most;
  return clusterId;
}

function runScript(context: CommandContext, clusterId: string): Promise<Run> {
  const script =
    'aws emr list-steps --cluster-id "$1" --output json > steps.json && python3 "$2" steps.json rival.md rival.json';
  const rival = join(process.cwd(), 'bench/rival_report.py');
  return measured(['bash', '-c', script, 'bash', clusterId, rival], context);
}

function tableRows({ size, script, ours, polls }: Size, isBusy: boolean): string[][] {
  return [script, ours, polls]
    .filter(({ runs }) => runs.length > 0)
    .map((row) => [
      thousands(size),
      row.what,
      ...runCells(row.runs),
      row === ours ? timesText(ratioOf(ours.runs, script.runs, isBusy)) : '–',
      String(row.calls),
      thousands(row.seen),
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
