/**
 * `npm run demo:spark`: a load test that really loads. Every step is a Spark application on an Iceberg table of this machine:
 * 1x, 2x and 4x, then 8x beside its forecast, and 8x again with what the report advises for two slow checks.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksPath } from '../sample/targetRepository.ts';
import type { SparkPlaces } from '../spark/places.ts';
import { connect, type DemoOptions, type Narrator, narrator, type ToolAnswer } from './demo.ts';
import { levelTable, type ReadReport } from './sparkTable.ts';
import { startWorld, type World } from './world.ts';

/** EMR would take minutes to deliver a log; here it takes a second. */
const logDeliveryMs = 2500;

export async function runSparkDemo({
  serverFile,
  dagsFolder,
  spark,
  print,
}: DemoOptions & { readonly spark: SparkPlaces }): Promise<void> {
  const began = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-spark-'));
  const world = await startWorld({ directory, dagsFolder, spark });
  const client = await connect(process.execPath, [serverFile], world.env);
  const story = narrator(client, print);
  const demo: Demo = { story, world, reports: new Map() };
  try {
    print('A load test that really loads: every step is a Spark application on this machine, in real time.');
    await story.call('checkSetup', {});
    for (const load of [1, 2, 4]) await playLevel(demo, load);
    story.user('Compare reports from 2x and 4x load tests');
    const { structure: compared } = await story.call('compareReports', { baseline: '2x', candidate: '4x' });

    await playLevel(demo, 8);
    story.chapter('8x again, as the report advises');
    await applyAdvice(demo);
    const again = await runRound(demo);
    await story.call('commitResults', {
      keyFindings: 'the skewed join is salted, the sort has 128 partitions',
    });

    story.chapter('Results');
    print(levelTable(demo.reports, await readReport(again)));
    print(`\n${forecastText(compared, demo.reports.get(8))}`);
    print(
      `\n${Math.round((performance.now() - began) / 1000)} s in all. The reports: ${world.env.REPORTS_DIR}`,
    );
    print(`All files are in ${directory}. Delete it when you are done.`);
  } finally {
    await client.close();
    await world.close();
  }
}

/** The forecast of 8x from 2x and 4x beside what 8x took. */
function forecastText(compared: ToolAnswer['structure'], measured: ReadReport | undefined): string {
  const { points = [] } = (compared.forecast ?? {}) as { points?: Point[] };
  const point = points.find(({ load }) => load === 8);
  const took = `8x took ${Math.round(measured?.verdict.runtimeSeconds ?? 0)} s.`;
  if (point === undefined) return `There was no forecast for 8x. ${took}`;
  const { makespanSeconds, lowSeconds, highSeconds } = point;
  return `From 2x and 4x, 8x was forecast to take ${Math.round(makespanSeconds)} s (${Math.round(lowSeconds)} to ${Math.round(highSeconds)} s). ${took}`;
}

interface Point {
  readonly load: number;
  readonly makespanSeconds: number;
  readonly lowSeconds: number;
  readonly highSeconds: number;
}

interface Demo {
  readonly story: Narrator;
  readonly world: World;
  /** The report of each level, as report.json has it. */
  readonly reports: Map<number, ReadReport>;
}

async function playLevel(demo: Demo, load: number): Promise<void> {
  const { story } = demo;
  story.chapter(`${load}x`);
  story.user(`Start ${load}x load test for daily`);
  const scaled = await story.call('scaleConfigs', { load: `${load}x`, schedule: 'daily' });
  await upload(demo, scaled);
  demo.reports.set(load, await readReport(await runRound(demo)));
  // The round of 8x is repeated before it is committed.
  if (load !== 8) await story.call('commitResults', { keyFindings: `${load}x as measured by Spark` });
}

async function upload({ story }: Demo, reviewed: ToolAnswer): Promise<void> {
  story.user('approved');
  await story.call('uploadChecks', { reviewId: reviewed.structure.reviewId, approved: true });
  await story.call('uploadDags', {});
}

async function runRound({ story, world }: Demo): Promise<ToolAnswer> {
  story.user('(triggers yang_audit_load_test_daily in Airflow)');
  await world.dagRuns.trigger({ dagId: 'yang_audit_load_test_daily', conf: {} });
  let progress = await story.call('pollCluster', {});
  while (progress.structure.done !== true) progress = await story.call('pollCluster', {});
  await new Promise((resolve) => setTimeout(resolve, logDeliveryMs));
  story.user('Test is done, generate report');
  return story.call('buildReport', {});
}

async function readReport(built: ToolAnswer): Promise<ReadReport> {
  return JSON.parse(
    await readFile(join(String(built.structure.directory), 'report.json'), 'utf8'),
  ) as ReadReport;
}

/** A salt divides the key that nine of ten rows share; more partitions make those of the sort fit into memory. */
async function applyAdvice(demo: Demo): Promise<void> {
  const { story, world } = demo;
  story.user('(divides the skewed key by a salt, and raises spark.sql.shuffle.partitions from 8 to 128)');
  await edit(join(world.targetRepo, checksPath, 'check_account_events_daily.yml'), [
    ['FROM audit.db.events e JOIN audit.db.accounts a ON e.account = a.account', saltedJoin],
  ]);
  const config = join(
    String(world.env.DAG_FILE),
    '../cluster_configs/yang_audit_load_test_cluster_daily.json',
  );
  await edit(config, [['"spark.sql.shuffle.partitions": "8"', '"spark.sql.shuffle.partitions": "128"']]);
  story.user('I edited a file');
  await upload(demo, await story.call('reviewConfigs', {}));
}

const saltedJoin = `FROM (SELECT *, id % 16 AS salt FROM audit.db.events) e
    JOIN (SELECT *, explode(sequence(0, 15)) AS salt FROM audit.db.accounts) a
      ON e.account = a.account AND e.salt = a.salt`;

async function edit(path: string, changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
  let text = await readFile(path, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(path, text);
}
