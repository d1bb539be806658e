/**
 * Was the load real? The rows that a check read at this load against those at an earlier one, and against the factor
 * between the loads; with the reason, as far as the plan shows one, where they do not grow with it.
 */
import type { Evidence, RowGrowth } from '../model/evidence.ts';

type Scan = Evidence['scans'][number];

export interface LoadReading {
  readonly load: number;
  readonly evidence: Evidence;
}

/**
 * `coarse_partitions`: the window kept more rows, of partitions or files that are read whole. `same_files`: the window
 * grew and selects as many files; the plan does not count the rows within it. `upper_bound_only`: "older than" reads
 * less. `no_older_data`: the window grew, every file was selected already, and no more rows were within it.
 */
type LoadReason = NonNullable<RowGrowth['reason']>;
type Growth = Omit<RowGrowth, 'check'>;

/** Exponents: the growth of rows by the growth of the load. Live tables grow a little between two rounds. */
const sameBelow = 0.1;
const asLoad = { from: 0.75, to: 1.25 } as const;

/** Undefined where the two cannot be compared: the same load, a failed or unfinished application, a log that was cut. */
export function rowGrowth(now: LoadReading, before: LoadReading): Growth | undefined {
  if (now.load === before.load || !isWhole(now.evidence) || !isWhole(before.evidence)) return undefined;
  const rows = now.evidence.rowsRead;
  const rowsBefore = before.evidence.rowsRead;
  const compared = { rows, rowsBefore, loadBefore: before.load };
  if (rows === 0 || rowsBefore === 0) {
    const reason = reasonOfNothing(rows === 0 ? now.evidence : before.evidence);
    return { ...compared, ratio: rowsBefore === 0 ? null : 0, growth: 'nothing_read', reason };
  }
  const ratio = rows / rowsBefore;
  const exponent = Math.log(ratio) / Math.log(now.load / before.load);
  const growth = growthOf(exponent);
  if (growth === 'as_load' || growth === 'more') return { ...compared, ratio, growth };
  return { ...compared, ratio, growth, ...shortfallOf(now, before) };
}

/** What a single run shows: that the load cannot have an effect on what it reads. Undefined where it may. */
export function loadIndependent(evidence: Evidence): LoadReason | undefined {
  if (!isWhole(evidence)) return undefined;
  if (evidence.rowsRead === 0) return reasonOfNothing(evidence);
  // One scan that follows the load is enough.
  const reasons = evidence.scans
    .filter(({ rows }) => rows > 0)
    .toSorted(byRows)
    .map(independentOf);
  return reasons.includes(undefined) ? undefined : reasons[0];
}

function independentOf({ limited, bounds, skippedFiles }: Scan): LoadReason | undefined {
  if (limited) return 'limit';
  if (bounds.length > 0) return isUpperOnly(bounds) ? 'upper_bound_only' : undefined;
  return skippedFiles === 0 ? 'whole_table' : undefined;
}

function isWhole({ outcome, caveats }: Evidence): boolean {
  return outcome === 'succeeded' && caveats.length === 0;
}

function growthOf(exponent: number): RowGrowth['growth'] {
  if (exponent <= -sameBelow) return 'shrank';
  if (exponent < sameBelow) return 'same';
  if (exponent < asLoad.from) return 'less';
  return exponent <= asLoad.to ? 'as_load' : 'more';
}

function reasonOfNothing({ scans, queriesWithoutScan }: Evidence): LoadReason {
  if (scans.length === 0) return queriesWithoutScan > 0 ? 'metadata_only' : 'unknown';
  return scans.every(({ files }) => files === 0) ? 'pruned' : 'unknown';
}

/** Why rows are missing: of the scan that lacks the most rows of those that the factor between the loads asks for. */
function shortfallOf(
  now: LoadReading,
  before: LoadReading,
): Pick<Growth, 'reason' | 'table' | 'moreFromLoad'> {
  const lacking = now.evidence.scans
    .flatMap((scan) => {
      const earlier = before.evidence.scans.filter(({ key }) => key === scan.key).toSorted(byRows)[0];
      return earlier ? [{ scan, earlier, rows: (earlier.rows * now.load) / before.load - scan.rows }] : [];
    })
    .toSorted((a, b) => b.rows - a.rows);
  const [most] = lacking;
  if (most === undefined) return { reason: 'unknown' };
  const reason = reasonOf(most.scan, most.earlier);
  const moreFromLoad = reason === 'coarse_partitions' ? wholeFilesUntil(most.scan, now.load) : undefined;
  return {
    reason,
    ...(now.evidence.scans.length > 1 && { table: most.scan.table }),
    ...(moreFromLoad !== undefined && { moreFromLoad }),
  };
}

function reasonOf(scan: Scan, earlier: Scan): LoadReason {
  if (scan.limited) return 'limit';
  if (scan.bounds.length > 0 && isUpperOnly(scan.bounds)) return 'upper_bound_only';
  if (scan.rows < earlier.rows) return 'unknown';
  const from = lowerBound(scan);
  const fromBefore = lowerBound(earlier);
  if (from === undefined || fromBefore === undefined)
    return scan.skippedFiles === 0 && scan.rows === earlier.rows ? 'whole_table' : 'unknown';
  if (scan.rowsKept === null || earlier.rowsKept === null)
    return from < fromBefore && scan.files !== null && scan.files === earlier.files
      ? 'same_files'
      : 'unknown';
  if (scan.rowsKept / earlier.rowsKept > (scan.rows / earlier.rows) * clearly) return 'coarse_partitions';
  return scan.skippedFiles === 0 && from < fromBefore ? 'no_older_data' : 'unknown';
}

/** Live tables grow a little between two rounds. */
const clearly = 1.1;

const byRows = (a: Scan, b: Scan) => b.rows - a.rows;

const isUpperOnly = (bounds: Scan['bounds']) => bounds.every(({ side }) => side === 'until');

function lowerBound({ bounds }: Scan): number | undefined {
  const from = bounds.filter(({ side }) => side === 'from').map(({ atMs }) => atMs);
  return from.length === 0 ? undefined : Math.max(...from);
}

/**
 * The first whole load whose window is longer than what the selected files cover, if their rows are spread evenly over
 * time: the window keeps `rowsKept` of their `rows`.
 */
function wholeFilesUntil({ rows, rowsKept }: Scan, load: number): number | undefined {
  if (rowsKept === null || rowsKept === 0 || rowsKept >= rows) return undefined;
  return Math.floor((load * rows) / rowsKept) + 1;
}
