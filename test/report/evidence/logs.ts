/** The event logs of test/fixtures/spark (made by test/spark/run.sh), and ways to change them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { localEventLog } from '../../../src/adapters/eventLogs/localLogs.ts';
import { readEventLog } from '../../../src/adapters/eventLogs/read.ts';
import { createApplicationReader } from '../../../src/report/evidence/application.ts';
import type { SparkApplication } from '../../../src/report/evidence/model.ts';
import type { Evidence } from '../../../src/report/model/evidence.ts';
import { readEvidence } from '../../../src/workflow/evidence/read.ts';

export const sparks = ['spark-3.5', 'spark-4.0'] as const;
export type Spark = (typeof sparks)[number];

/** What an application of test/spark/make_logs.py was made to do. */
export interface Designed {
  readonly rows?: number;
  readonly rowsAtMost?: number;
  readonly rowsAfterFilter?: number | null;
  readonly failed?: boolean;
  readonly failedTasks?: number;
}

/** test/spark/run.sh names the folder of logs that it has just made. */
const made = process.env.SPARK_LOGS;
const folderOf = (spark: Spark) =>
  made === undefined ? join('test', 'fixtures', 'spark', spark) : join(made, spark, 'logs');

/** What Spark's history server says of an application. */
export interface HistoryFigures {
  readonly stages: readonly Readonly<
    Record<
      'id' | 'attempt' | 'tasks' | 'failedTasks' | 'runMs' | 'gcMs' | 'diskSpillBytes' | 'inputRecords',
      number
    >
  >[];
  /** Of each scan in each query: a table that is read twice out of the cache has two. */
  readonly scanRows: readonly number[];
}

export function history(spark: Spark): [string, HistoryFigures][] {
  return Object.entries(JSON.parse(readFileSync(join(folderOf(spark), 'history.json'), 'utf8')));
}

export function designed(spark: Spark): [string, Designed][] {
  const all = JSON.parse(readFileSync(join(folderOf(spark), 'designed.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  return Object.entries(all).filter(([name]) => name !== 'sparkVersion') as [string, Designed][];
}

/** The path of an application's log, a file or the folder of a rolled one. */
export function logPath(spark: Spark, application: string): string {
  const [name = ''] = readdirSync(join(folderOf(spark), application));
  return join(folderOf(spark), application, name);
}

/** The lines of a log that is plain or in gzip. */
export function logLines(spark: Spark, application: string): string[] {
  const bytes = readFileSync(logPath(spark, application));
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
}

export const eventLogs = { onDisk: localEventLog, read: readEventLog };

export async function readPath(path: string) {
  const log = await eventLogs.onDisk(path);
  if (log === undefined) throw new Error(`${path} is no log`);
  return readEvidence(log, eventLogs);
}

/** The evidence of a log of the fixtures. Throws when it could not be read. */
export async function evidenceFrom(spark: Spark, application: string): Promise<Evidence> {
  return evidenceAt(logPath(spark, application));
}

export async function evidenceAt(path: string): Promise<Evidence> {
  const read = await readPath(path);
  if (read.found !== 'evidence') throw new Error(`${path}: ${read.found}`);
  return read.evidence;
}

/** The application itself, with every stage. */
export async function applicationFrom(spark: Spark, application: string): Promise<SparkApplication> {
  const log = await eventLogs.onDisk(logPath(spark, application));
  if (log === undefined) throw new Error(`${application} has no log`);
  const reader = createApplicationReader();
  await eventLogs.read(log, { unpackedBytes: 1e9, lineBytes: 1e8 }, (line) => reader.add(line));
  return reader.result();
}
