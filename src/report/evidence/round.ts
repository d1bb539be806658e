/** The event logs of a round: which steps' logs are worth reading, and what they say together. */

import { cleanLine } from '../../domain/foreignText.ts';
import { byText, checkKey, checkName, groupBy } from '../model/checkKey.ts';
import type { EventLogsRead, Evidence, RowGrowth, RowsRead, UnreadReason } from '../model/evidence.ts';
import type { EventLogFacts } from '../model/facts.ts';
import type { Report, ReportStep } from '../model/model.ts';
import { median } from '../statistics/statistics.ts';
import { loadIndependent, rowGrowth } from './load.ts';

const slowestRead = 20;
const failedRead = 20;
const fasterRead = 10;
/** Of the checks whose rows an earlier report knows. */
const pairedRead = 40;

type Timed = Pick<ReportStep, 'id' | 'schedule' | 'check' | 'path' | 'state' | 'runSeconds' | 'load'>;

/**
 * Ids of the steps whose logs are read: all that ended; or the slowest, the failed, those that grew faster than the load, and
 * those of checks that an earlier report has evidence of.
 */
export function stepsToRead(
  steps: readonly Timed[],
  earlier: readonly Report[],
  mode: 'slowest' | 'all',
): string[] {
  const ended = steps
    .filter(({ runSeconds }) => runSeconds !== null)
    .sort((a, b) => (b.runSeconds ?? 0) - (a.runSeconds ?? 0) || byText(a.id, b.id));
  if (mode === 'all') return ended.map(({ id }) => id);
  const before = new Map(
    earlier.flatMap((report) => report.steps.map((step) => [checkKey(step), step] as const)),
  );
  const grewFaster = ended.filter((step) => {
    const last = before.get(checkKey(step));
    return (
      last?.state === 'COMPLETED' &&
      step.state === 'COMPLETED' &&
      last.load < step.load &&
      (step.runSeconds ?? 0) / (last.runSeconds ?? Number.POSITIVE_INFINITY) > step.load / last.load
    );
  });
  const paired = ended.filter((step) => before.get(checkKey(step))?.evidence !== undefined);
  const failed = ended.filter(({ state }) => state === 'FAILED' || state === 'INTERRUPTED');
  const chosen = [
    ...ended.slice(0, slowestRead),
    ...failed.slice(0, failedRead),
    ...grewFaster.slice(0, fasterRead),
    ...paired.slice(0, pairedRead),
  ];
  return [...new Set(chosen.map(({ id }) => id))];
}

/** What the logs say of the round, and what was not read. */
export function eventLogsOf(
  facts: EventLogFacts,
  steps: readonly ReportStep[],
  load: number,
  earlier: readonly Report[],
): EventLogsRead {
  const withEvidence = steps.filter((step) => step.evidence !== undefined);
  const whys = groupBy([...facts.unread.values()], (why) => why);
  return {
    mode: facts.mode,
    status: facts.status,
    folder: facts.folder === undefined ? null : cleanLine(facts.folder, 300),
    read: withEvidence.length,
    wanted: withEvidence.length + facts.unread.size,
    unread: [...whys].map(([why, all]): { why: UnreadReason; steps: number } => ({ why, steps: all.length })),
    rows: rowsOf(withEvidence, load, earlier),
    independent: withEvidence.flatMap((step) => {
      const reason = step.evidence && loadIndependent(step.evidence);
      return reason === undefined ? [] : [{ check: checkName(step), reason }];
    }),
  };
}

function rowsOf(steps: readonly ReportStep[], load: number, earlier: readonly Report[]): RowsRead | null {
  const before = lastWithEvidence(earlier, load);
  return before ? rowsBetween(before, { load, steps }) : null;
}

interface LoadSteps {
  readonly load: number;
  readonly steps: readonly ReportStep[];
}

/** The rows of each check that has evidence in both rounds; null where none can be compared. */
export function rowsBetween(before: LoadSteps, now: LoadSteps): RowsRead | null {
  const known = new Map(
    before.steps.flatMap((step): [string, Evidence][] =>
      step.evidence ? [[checkKey(step), step.evidence]] : [],
    ),
  );
  const checks = now.steps.flatMap((step): RowGrowth[] => {
    const last = known.get(checkKey(step));
    if (!last || !step.evidence) return [];
    const growth = rowGrowth(
      { load: now.load, evidence: step.evidence },
      { load: before.load, evidence: last },
    );
    return growth ? [{ check: checkName(step), ...growth }] : [];
  });
  if (checks.length === 0) return null;
  return { ratio: median(checks.flatMap(({ ratio }) => ratio ?? [])), loadBefore: before.load, checks };
}

/** The newest report of the highest lower load that has evidence. */
function lastWithEvidence(earlier: readonly Report[], load: number): Report | undefined {
  const lower = earlier.filter(
    (report) => report.load < load && report.steps.some(({ evidence }) => evidence !== undefined),
  );
  const level = Math.max(...lower.map((report) => report.load));
  return lower.findLast((report) => report.load === level);
}
