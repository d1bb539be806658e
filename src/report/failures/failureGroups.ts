import { byText, checkKey, groupBy } from '../model/checkKey.ts';
import type { Report, ReportStep, StepFailure } from '../model/model.ts';
import { type CheckOutcome, failedAlike, outcomeOf, outcomesOf } from '../model/outcomes.ts';
import { adviceOf, isDeterministic } from './advice.ts';

type FailureGroup = Report['failures'][number];

/**
 * The failed steps by cause and side, the cause with most steps first, each with what earlier reports say of the same checks
 * at lower loads: a check that also failed there does not fail because of this load.
 *
 * @param clusterReason why the cluster ended, for the steps that ended with it
 */
export function groupFailures(
  steps: readonly ReportStep[],
  load: number,
  earlier: readonly Report[],
  clusterReason?: string,
): FailureGroup[] {
  const failed = steps.filter((step) => step.failure !== undefined);
  const historyOf = historyAt(load, earlier);
  const notRead = new Set(
    failed.flatMap(({ id, state, failure }) =>
      failure && state !== 'INTERRUPTED' && isNotRead(failure) ? id : [],
    ),
  );
  const ran = failed.filter(({ state }) => state !== 'INTERRUPTED').length;
  const titleOf = (step: ReportStep) =>
    notRead.has(step.id) ? `Log not read (${ran - notRead.size} of ${ran} were)` : titleOfRead(step);
  const groups = [...groupBy(failed, (step) => groupKey(step, titleOf(step))).values()].map((same) => {
    const checks = [...groupBy(same, checkKey).values()].flatMap((group) => group.slice(0, 1));
    const histories = checks.map((step) => ({ check: step.check, ...historyOf(step) }));
    const named = (kind: History['kind']) =>
      histories.filter((one) => one.kind === kind).map((one) => one.check);
    const { signature, kind, side } = same[0]?.failure?.cause ?? nothingProven;
    const isInterrupted = same[0]?.state === 'INTERRUPTED';
    const advice = adviceOf({ signature, side });
    return {
      title: same[0] ? titleOf(same[0]) : '',
      signature,
      kind: isInterrupted ? 'infrastructure' : kind,
      side,
      ...(advice !== undefined && { advice }),
      ...(isInterrupted && { reason: clusterReason ?? 'EMR gives no reason' }),
      steps: same.map((step) => step.id),
      alsoFailedAt: histories.flatMap(({ check, loads }) => (loads.length > 0 ? [{ check, loads }] : [])),
      newHere: named('new'),
      failedOtherwise: named('failed otherwise'),
      failedLastRound: named('failed last round'),
      notRunLower: named('not run lower'),
    };
  });
  // Logs that were not read are not a finding, however many: they come last.
  const isRead = ({ steps: [id = ''] }: FailureGroup) => !notRead.has(id);
  return groups.sort(
    (a, b) =>
      Number(isRead(b)) - Number(isRead(a)) || b.steps.length - a.steps.length || byText(a.title, b.title),
  );
}

const nothingProven = { signature: 'unknown', kind: 'unknown', side: 'none' } as const;

/** One title may stand for two sides, and one class name for two exceptions. */
function groupKey({ failure }: ReportStep, title: string): string {
  return failure?.cause ? `${failure.cause.signature} ${failure.cause.side}` : title;
}

/** Neither a log nor EMR's own message says why, and nobody looked: no more than a sample of the logs is read. */
function isNotRead(failure: StepFailure): boolean {
  return failure.cause === undefined && failure.log === 'not_read';
}

/** What a failure is called when no line of a log says more. */
function titleOfRead({ failure, state }: ReportStep): string {
  if (failure?.cause) return failure.cause.title;
  if (state === 'INTERRUPTED') return 'Interrupted when the cluster ended';
  if (failure?.log === 'not_delivered_yet' || failure?.driverLog === 'not_delivered_yet')
    return 'Log not delivered yet';
  if (failure?.log === 'denied') return 'Log may not be read';
  if (failure?.log === 'unreadable') return 'Log is neither gzip nor text';
  return failure?.log === 'log' ? 'No known cause in the log' : 'No log found';
}

interface History {
  readonly kind:
    | 'failed lower'
    | 'failed otherwise'
    | 'failed last round'
    | 'new'
    | 'not run lower'
    | 'no earlier round';
  /** The lower loads at which it failed. */
  readonly loads: number[];
}

/**
 * What earlier rounds say of a check that failed at a load. It failed at a lower load "already" only with the same cause, in the last
 * round of that load. "New" it is only when it completed at a lower load: of a check that never ran there, or was interrupted,
 * nobody knows what it would have done.
 */
function historyAt(load: number, earlier: readonly Report[]): (step: ReportStep) => History {
  const lower = earlier.filter((report) => report.load < load);
  // The last round at a level in which a check came to an end speaks for it: what was fixed since does not fail there.
  const rounds = lower.map((report) => ({ load: report.load, outcome: outcomesOf(report) }));
  const lastRound = earlier.findLast((report) => report.load === load);
  const inLast = lastRound && outcomesOf(lastRound);
  return (step) => {
    const now = outcomeOf(step);
    if (now.kind !== 'failed') return { kind: 'no earlier round', loads: [] };
    const key = checkKey(step);
    const byLoad = new Map<number, CheckOutcome>();
    for (const { load: level, outcome } of rounds) {
      const then = outcome(key);
      if (then.kind === 'completed' || then.kind === 'failed') byLoad.set(level, then);
    }
    const loads = [...byLoad].filter(([, then]) => failedAlike(then, now)).map(([level]) => level);
    if (loads.length > 0) return { kind: 'failed lower', loads: loads.sort((one, other) => one - other) };
    if ([...byLoad.values()].some(({ kind }) => kind === 'failed'))
      return { kind: 'failed otherwise', loads };
    if (inLast?.(key).kind === 'failed') return { kind: 'failed last round', loads };
    if ([...byLoad.values()].some(({ kind }) => kind === 'completed')) return { kind: 'new', loads };
    return { kind: lower.length > 0 ? 'not run lower' : 'no earlier round', loads };
  };
}

const namesShown = 10;

/** What to fix of a failure that does not depend on the load, by its kind. */
const remedies: Readonly<Record<string, string>> = {
  data: 'the check or the table that it reads',
  code: "the check's query",
  configuration: 'the configuration that the line names',
  permission: 'the permission that the line names',
};

/**
 * Whether a group of failures is because of the load, and what that means for the fix: for a check that failed at a lower level
 * already it is in the check, not in a larger cluster. Names are foreign and not escaped.
 */
export function historyLines(group: FailureGroup, load: number): string[] {
  const named = (words: string, checks: readonly string[]) =>
    checks.length === 0 ? [] : [`${words}: ${names(checks)}`];
  const fix = isDeterministic(group) ? remedies[group.kind] : undefined;
  return [
    ...alsoFailed(group, fix),
    ...named(
      'Failed at a lower load too, with another cause or one that is not known',
      group.failedOtherwise,
    ),
    ...named(`Also failed in the last round at ${load}x`, group.failedLastRound),
    ...named(`New at ${load}x`, group.newHere),
    ...named('Not run to its end at a lower load', group.notRunLower),
    ...(fix !== undefined && group.alsoFailedAt.length === 0 && group.newHere.length === 0
      ? [`No load or cluster changes this: fix ${fix}`]
      : []),
  ];
}

/** One line for the checks that failed at the same lower loads. */
function alsoFailed(
  { alsoFailedAt, newHere, failedOtherwise, failedLastRound, notRunLower }: FailureGroup,
  fix: string | undefined,
): string[] {
  const isWhole = newHere.length + failedOtherwise.length + failedLastRound.length + notRunLower.length === 0;
  const byLoads = new Map<string, string[]>();
  for (const { check, loads } of alsoFailedAt) {
    const at = loads.map((load) => (load === 1 ? '1x (the baseline)' : `${load}x`)).join(' and ');
    byLoads.set(at, [...(byLoads.get(at) ?? []), check]);
  }
  return [...byLoads].map(([at, checks]) => {
    const which = isWhole && checks.length > 1 && byLoads.size === 1 ? 'all of them' : names(checks);
    return fix === undefined
      ? `Failed at ${at} already, not new at this load: ${which}`
      : `Failed at ${at} already: fix ${fix}, not the load or the cluster: ${which}`;
  });
}

function names(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  return checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
