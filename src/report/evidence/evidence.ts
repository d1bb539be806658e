/** An application as a report needs it: the figures, and the one bottleneck. */
import type { EventLog, EventLogReading } from '../../ports/eventLogs.ts';
import type { Evidence } from '../model/evidence.ts';
import { bottleneckOf } from './bottleneck.ts';
import type { SparkApplication, Stage } from './model.ts';

const mostScans = 50;

/** How the log was read, beside what it says. */
export interface LogRead {
  readonly end: EventLogReading['end'];
  readonly longLines: number;
  readonly brokenLines: number;
  readonly log: Pick<EventLog, 'inProgress' | 'lacksParts'>;
}

export function evidenceOf(application: SparkApplication, read: LogRead): Evidence {
  const { wallMs, runMs, driverOnlyMs } = application;
  const idleMs = driverOnlyMs.before + driverOnlyMs.between + driverOnlyMs.after;
  const busyMs = Math.max(0, wallMs - idleMs);
  return {
    application: application.id ?? null,
    name: application.name ?? null,
    attempt: Number(application.attempt ?? 0) || 0,
    sparkVersion: application.sparkVersion ?? null,
    outcome: application.outcome,
    failure: application.failure ?? null,
    startedMs: application.startedMs ?? null,
    wallSeconds: wallMs / 1000,
    rowsRead: application.rowsRead,
    rowsFrom: application.rowsFrom,
    scans: application.scans.slice(0, mostScans).map((scan) => ({
      table: scan.table,
      filters: scan.filters,
      key: scan.key,
      rows: scan.rows,
      rowsKept: scan.rowsKept ?? null,
      files: scan.files ?? null,
      skippedFiles: scan.skippedFiles ?? null,
      limited: scan.limited,
      bounds: [...scan.bounds],
    })),
    queriesWithoutScan: application.queriesWithoutScan,
    tasks: application.tasks.succeeded,
    failedTasks: application.tasks.failed,
    skew: skewOf(application.stages),
    spillBytes: application.diskSpillBytes,
    gcShare: shareOf(application.gcMs, runMs),
    driverShare: shareOf(idleMs, wallMs),
    cores: application.cores,
    // Launch and finish are the driver's clock: many short tasks would seem to use more cores than there are.
    coresUsed: busyMs === 0 ? 0 : round(Math.min(application.cores, runMs / busyMs)),
    caveats: caveatsOf(read),
    bottleneck: bottleneckOf(application) ?? null,
  };
}

function caveatsOf({ end, longLines, brokenLines, log }: LogRead): Evidence['caveats'] {
  return [
    ...(end === 'whole' ? [] : (['cut'] as const)),
    ...(log.inProgress ? (['in_progress'] as const) : []),
    ...(log.lacksParts ? (['lacks_parts'] as const) : []),
    ...(longLines + brokenLines > 0 ? (['lines_not_read'] as const) : []),
  ];
}

function skewOf(stages: readonly Stage[]): Evidence['skew'] {
  const [longest] = stages.filter(({ tasks }) => tasks > 1).sort((a, b) => b.runMs - a.runMs);
  if (longest === undefined) return null;
  const ratio = ({ max, median }: { max: number; median: number }) => round(max / Math.max(1, median));
  return { time: ratio(longest.taskMs), records: ratio(longest.taskRecords) };
}

const shareOf = (part: number, whole: number) => (whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole)));

const round = (value: number) => Math.round(value * 100) / 100;
