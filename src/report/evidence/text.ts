/** What a report says about event logs that were not read, or not read whole. */
import { plural, ratioText } from '../../domain/text.ts';
import { groupBy } from '../model/checkKey.ts';
import type { EventLogsRead, Evidence, RowGrowth, RowsRead, UnreadReason } from '../model/evidence.ts';

export const caveatText: Readonly<Record<Evidence['caveats'][number], string>> = {
  cut: 'The log ends in the middle: its figures are too low',
  in_progress: 'Spark has not closed the log: the application still runs, or its driver was killed',
  lacks_parts: 'Parts of the log are no longer there: its figures are too low',
  lines_not_read: 'Some lines were not understood: its figures may be too low',
};

export const unreadText: Readonly<
  Record<'codec' | 'too_large' | 'too_slow' | 'broken' | 'no_event_log', string>
> = {
  codec: 'packed by snappy or lzf; plain, gzip, zstd and lz4 are read',
  too_large: 'over 256 MiB unpacked',
  too_slow: 'it took too long',
  broken: 'its packing is broken',
  no_event_log: 'none of its lines is an event of Spark',
};

const unreadWords: Readonly<Record<UnreadReason, string>> = {
  ...unreadText,
  no_application: 'their stderr names no application, and no log has their name and time',
  no_log: 'no log of their application is in the folder',
  other_application: 'the log is of another application',
  denied: 'may not be read',
  unreachable: 'the connection was cut',
};

const missing: Readonly<Record<Exclude<EventLogsRead['status'], 'read'>, string>> = {
  off: 'EVENT_LOGS is off',
  no_folder: 'the cluster config sets no spark.eventLog.dir',
  not_on_s3: 'spark.eventLog.dir is not on S3',
  no_logs: 'no Spark event log of this cluster is in the folder',
  no_bucket: 'the bucket of that folder does not exist, or AWS refuses its name or region',
  denied: 'the folder may not be listed',
  unreachable: 'the folder could not be listed',
};

/** What could not be said for want of event logs. */
export function notReadText(logs: EventLogsRead | null): string {
  const what = 'Rows read, skew, spill and GC';
  if (logs === null)
    return 'Memory, shuffle, spill and the wait for YARN containers: no Spark event log was read.';
  const folder = logs.folder === null ? '' : ` (${logs.folder})`;
  if (logs.status !== 'read') return `${what}: ${missing[logs.status]}${folder}.`;
  const left = logs.unread.map(({ why, steps }) => `${plural(steps, 'step')}: ${unreadWords[why]}`);
  const others =
    logs.mode === 'slowest'
      ? 'steps beyond the slowest, the failed and those that grew (EVENT_LOGS=slowest)'
      : '';
  const parts = [...left, others].filter((part) => part !== '');
  return parts.length === 0
    ? 'The wait for YARN containers: event logs do not have it.'
    : `${what} of ${parts.join('; ')}.`;
}

/** "20 of 21 read, for the slowest, …": how many logs stand behind the figures. */
export function logsReadText({ read, wanted, mode, folder }: EventLogsRead): string {
  const which =
    mode === 'all'
      ? 'all steps that ended'
      : 'the slowest, the failed and those that grew faster than the load';
  return `${read} of ${wanted} read (${which}) from ${folder ?? 'nowhere'}`;
}

const growthWords: Readonly<Record<Exclude<RowGrowth['growth'], 'as_load'>, string>> = {
  less: 'read more, but less than the load says',
  more: 'read more than the load says',
  same: 'read the same at both loads',
  shrank: 'read less at the higher load',
  nothing_read: 'read no rows',
};

const reasonWords: Readonly<Record<NonNullable<RowGrowth['reason']>, string>> = {
  whole_table: 'the whole table is read at every load: no partition can be left out',
  coarse_partitions: 'their partitions or files are coarser than their intervals',
  same_files: 'the longer interval selects as many files, and their plans do not count the rows within it',
  upper_bound_only: 'their interval is an upper bound only ("older than")',
  metadata_only: 'answered out of the metadata',
  pruned: 'statistics leave out every file',
  limit: 'a LIMIT ends the scan',
  no_older_data: 'the table has no older data',
  unknown: 'the plan does not show why',
};

const namesShown = 5;

/** The rows that the checks read at this load: what proves, or does not prove, that the load was real. */
export function rowsText({ rows, independent }: EventLogsRead, load: number): string | undefined {
  if (rows !== null) return `${rowGrowthText(rows, load)}.`;
  return independent.length === 0 ? undefined : `${independentText(independent)}.`;
}

/** "4x read 3.90× the rows of 2x, …; 2 checks read the same at both loads: …". */
export function rowGrowthText({ checks, ratio, loadBefore }: RowsRead, load: number): string {
  const factor = load / loadBefore;
  const head =
    ratio === null
      ? `no check that can be compared read a row at ${loadBefore}x`
      : `${load}x read ${ratioText(ratio)} the rows of ${loadBefore}x, for ${ratioText(factor)} the load (median of ${plural(checks.length, 'check')})`;
  const groups = groupBy(
    checks.filter(({ growth }) => growth !== 'as_load'),
    ({ growth, reason }) => `${growth} ${reason ?? ''}`,
  );
  return [head, ...[...groups.values()].map(groupText)].join('; ');
}

function groupText(same: readonly RowGrowth[]): string {
  const [first] = same;
  if (first === undefined || first.growth === 'as_load') return '';
  const names = same.map(({ check, table, moreFromLoad }) => {
    const more =
      moreFromLoad === undefined ? [] : [`more from about ${moreFromLoad}x, if its rows are spread evenly`];
    const notes = [...(table === undefined ? [] : [table]), ...more];
    return notes.length === 0 ? check : `${check} (${notes.join('; ')})`;
  });
  const why = first.reason === undefined ? '' : `: ${reasonWords[first.reason]}`;
  return `${plural(same.length, 'check')} ${growthWords[first.growth]}${why} (${cut(names)})`;
}

function independentText(independent: EventLogsRead['independent']): string {
  return [...groupBy(independent, ({ reason }) => reason)]
    .map(
      ([reason, same]) =>
        `${plural(same.length, 'check')} cannot read more at a higher load: ${reasonWords[reason]} (${cut(same.map(({ check }) => check))})`,
    )
    .join('; ');
}

function cut(names: readonly string[]): string {
  const more = names.length - namesShown;
  return names.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/**
 * Why a step took as long as it did: its bottleneck; else that its time grew with its rows; else that nothing stands out.
 *
 * @param timeRatio the step's time by that of the load before; undefined where the two are not compared
 */
export function whyText(
  evidence: Evidence,
  rows: RowGrowth | undefined,
  timeRatio: number | undefined,
): string {
  const { bottleneck } = evidence;
  const attempt = evidence.attempt > 1 ? `attempt ${evidence.attempt} of its application; ` : '';
  const read = `${attempt}${evidence.rowsRead.toLocaleString('en-US')} rows`;
  if (bottleneck) return `${read}; ${bottleneck.text}. ${bottleneck.advice}`;
  const grew = rows?.ratio ?? null;
  if (grew !== null && grew > 1 && timeRatio !== undefined && timeRatio <= grew * withRows)
    return `${read}; it grew with its rows: ${ratioText(grew)} the rows, ${ratioText(timeRatio)} the time.`;
  return `${read}; no cause stands out in its event log.`;
}

/** Times spread by about a quarter between rounds. */
const withRows = 1.25;
