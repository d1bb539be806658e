/** What `audit-load-test explain` says of Spark event logs on disk. */
import { ToolError } from '../../domain/errors.ts';
import { percent, plural } from '../../domain/text.ts';
import type { EventLogs } from '../../ports/eventLogs.ts';
import { byteText } from '../../report/evidence/bottleneck.ts';
import { caveatText, unreadText } from '../../report/evidence/text.ts';
import type { Bottleneck, Evidence } from '../../report/model/evidence.ts';
import { readEvidence, type UnreadLog } from './read.ts';

export interface ExplainedEventLog
  extends Pick<
    Evidence,
    | 'application'
    | 'sparkVersion'
    | 'outcome'
    | 'failure'
    | 'rowsRead'
    | 'rowsFrom'
    | 'tasks'
    | 'failedTasks'
    | 'skew'
    | 'spillBytes'
    | 'gcShare'
    | 'driverShare'
    | 'coresUsed'
    | 'caveats'
  > {
  readonly file: string;
  readonly wallSeconds: number;
  readonly filters: readonly string[];
  readonly bottleneck?: Bottleneck;
}

/** An event log that was not read, and why. */
export interface UnreadEventLog {
  readonly file: string;
  readonly notRead: UnreadLog;
}

/** Undefined for a file that is no event log: its lines are no events of Spark. */
export async function explainEventLog(
  file: string,
  eventLogs: Pick<EventLogs, 'onDisk' | 'read'>,
  signal?: AbortSignal,
): Promise<ExplainedEventLog | UnreadEventLog | undefined> {
  // A place that is not read is refused, with the reason, by whoever reads the file as text.
  const log = await eventLogs.onDisk(file).catch((error: unknown) => {
    if (error instanceof ToolError) return undefined;
    throw error;
  });
  if (log === undefined) return undefined;
  const read = await readEvidence(log, eventLogs, signal);
  if (read.found === 'no_event_log') return undefined;
  if (read.found !== 'evidence') return { file, notRead: read.found };
  const {
    bottleneck,
    scans,
    startedMs: _,
    attempt: __,
    cores: ___,
    queriesWithoutScan: ____,
    ...figures
  } = read.evidence;
  return {
    file,
    ...figures,
    filters: scans.map(({ table, filters }) => `${table}: ${filters === '' ? 'none' : filters}`),
    ...(bottleneck && { bottleneck }),
  };
}

/** The same in lines for a person. */
export function eventLogText(explained: ExplainedEventLog | UnreadEventLog): string {
  if ('notRead' in explained) return `${explained.file}: not read: ${unreadText[explained.notRead]}.`;
  const { file, application, sparkVersion, outcome, failure, bottleneck, skew, failedTasks } = explained;
  const figures = [
    `${explained.rowsRead.toLocaleString('en-US')} rows read${explained.rowsFrom === 'records' ? ' (input records of its tasks)' : ''}`,
    `${plural(explained.tasks, 'task')}${failedTasks > 0 ? `, ${failedTasks} failed` : ''}`,
    ...(skew === null ? [] : [`longest task ${skew.time} times the median (records ${skew.records} times)`]),
    ...(explained.spillBytes > 0 ? [`${byteText(explained.spillBytes)} spilled to disk`] : []),
    `GC ${percent(explained.gcShare)} of the task time`,
    `no task running ${percent(explained.driverShare)} of the time`,
    `${explained.coresUsed} cores used`,
  ];
  return [
    `${file}: ${application ?? 'an application without an id'}, Spark ${sparkVersion ?? 'of unknown version'}: ${outcome}`,
    ...(failure === null ? [] : [`  ${failure}`]),
    `  ${figures.join(' · ')}`,
    ...explained.filters.map((filter) => `  scan of ${filter}`),
    ...explained.caveats.map((caveat) => `  ${caveatText[caveat]}.`),
    bottleneck === undefined
      ? '  No cause stands out.'
      : `  ${bottleneck.text}.\n  To do: ${bottleneck.advice}`,
  ].join('\n');
}
