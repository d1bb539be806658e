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
 * `coarse_partitions`: the window grew within partitions or files that are read whole. `upper_bound_only`: "older than"
 * reads less. `no_older_data`: the window grew, and every file was selected already.
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
  const reason = reasonOf(now, before, growth);
  const moreFromLoad = reason === 'coarse_partitions' ? nextPartition(now) : undefined;
  return { ...compared, ratio, growth, reason, ...(moreFromLoad !== undefined && { moreFromLoad }) };
}

/** What a single run shows: that the load cannot have an effect on what it reads. Undefined where it may. */
export function loadIndependent(evidence: Evidence): LoadReason | undefined {
  if (!isWhole(evidence)) return undefined;
  if (evidence.rowsRead === 0) return reasonOfNothing(evidence);
  const scan = largest(evidence);
  if (scan === undefined) return undefined;
  if (scan.limited) return 'limit';
  if (scan.bounds.length > 0)
    return scan.bounds.every(({ side }) => side === 'until') ? 'upper_bound_only' : undefined;
  return scan.skippedFiles === 0 ? 'whole_table' : undefined;
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

/** Of the scan that read the most: it decides how many rows there are. */
function reasonOf(
  now: LoadReading,
  before: LoadReading,
  growth: 'less' | 'same' | 'shrank' | 'nothing_read',
): LoadReason {
  const scan = largest(now.evidence);
  const earlier = scan && before.evidence.scans.filter(({ key }) => key === scan.key).toSorted(byRows)[0];
  if (scan === undefined || earlier === undefined) return 'unknown';
  if (scan.limited) return 'limit';
  if (scan.bounds.length > 0 && scan.bounds.every(({ side }) => side === 'until')) return 'upper_bound_only';
  if (growth === 'shrank') return 'unknown';
  const from = lowerBound(scan);
  const fromBefore = lowerBound(earlier);
  if (from === undefined || fromBefore === undefined)
    return scan.skippedFiles === 0 && scan.rows === earlier.rows ? 'whole_table' : 'unknown';
  if (scan.skippedFiles === 0 && !keptGrew(scan, earlier)) return 'no_older_data';
  if (keptGrew(scan, earlier) || (from < fromBefore && dayOf(from) === dayOf(fromBefore)))
    return 'coarse_partitions';
  return 'unknown';
}

const byRows = (a: Scan, b: Scan) => b.rows - a.rows;

const largest = ({ scans }: Evidence): Scan | undefined => scans.toSorted(byRows)[0];

function keptGrew(now: Scan, before: Scan): boolean {
  return now.rowsKept !== null && before.rowsKept !== null && now.rowsKept > before.rowsKept * 1.1;
}

function lowerBound({ bounds }: Scan): number | undefined {
  const from = bounds.filter(({ side }) => side === 'from').map(({ atMs }) => atMs);
  return from.length === 0 ? undefined : Math.max(...from);
}

const dayMs = 86_400_000;
const dayOf = (ms: number) => Math.floor(ms / dayMs);

/** The first whole load whose window, at the time of this run, begins on an earlier day. */
function nextPartition({ load, evidence }: LoadReading): number | undefined {
  const scan = largest(evidence);
  const from = scan && lowerBound(scan);
  if (from === undefined || evidence.startedMs === null || evidence.startedMs <= from) return undefined;
  const windowPerLoadMs = (evidence.startedMs - from) / load;
  return Math.floor((evidence.startedMs - dayOf(from) * dayMs) / windowPerLoadMs) + 1;
}
