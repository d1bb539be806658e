import { byText, checkKey, groupBy } from './checkKey.ts';
import type { Report, ReportStep, StepFailure } from './model.ts';

type FailureGroup = Report['failures'][number];

/**
 * The failed steps by cause, the cause with most steps first, each with what earlier reports say of the same checks
 * at lower loads: a check that failed there too does not fail because of this load.
 */
export function groupFailures(
  steps: readonly ReportStep[],
  load: number,
  earlier: readonly Report[],
): FailureGroup[] {
  const failed = steps.filter((step) => step.failure !== undefined);
  const lower = failedLoads(earlier.filter((report) => report.load < load));
  const notRead = failed.filter((step) => step.failure && isNotRead(step.failure)).length;
  const titleOf = (step: ReportStep) =>
    step.failure && isNotRead(step.failure)
      ? `${notReadTitle} (${failed.length - notRead} of ${failed.length} were)`
      : titleOfRead(step.failure);
  const groups = [...groupBy(failed, titleOf).entries()].map(([title, same]) => {
    const checks = [...groupBy(same, checkKey).values()].flatMap((group) => group.slice(0, 1));
    const alsoFailedAt = checks.flatMap((step) => {
      const loads = lower.get(checkKey(step));
      return loads ? [{ check: step.check, loads }] : [];
    });
    const first = same[0]?.failure;
    return {
      title,
      signature: first?.cause?.signature ?? 'unknown',
      class: first?.cause?.class ?? 'unknown',
      steps: same.map((step) => step.id),
      alsoFailedAt,
      newHere:
        earlier.length === 0
          ? []
          : checks.filter((step) => !lower.has(checkKey(step))).map((step) => step.check),
    };
  });
  // However many they are, logs that nobody read are no finding: they come last.
  const isRead = (group: FailureGroup) => !group.title.startsWith(notReadTitle);
  return groups.sort(
    (a, b) =>
      Number(isRead(b)) - Number(isRead(a)) || b.steps.length - a.steps.length || byText(a.title, b.title),
  );
}

const notReadTitle = 'Log not read';

/** Neither a log nor EMR's own message says why, and nobody looked: no more than a sample of the logs is read. */
function isNotRead(failure: StepFailure): boolean {
  return failure.cause === undefined && failure.log === 'not_read';
}

/** What a failure is called when no line of a log says more. */
function titleOfRead(failure: StepFailure | undefined): string {
  if (failure?.cause) return failure.cause.title;
  if (failure?.log === 'not_delivered_yet') return 'Log not delivered yet';
  if (failure?.log === 'denied') return 'Log may not be read';
  if (failure?.log === 'unreadable') return 'Log is neither gzip nor text';
  return failure?.log === 'log' ? 'No known cause in the log' : 'No log found';
}

function failedLoads(reports: readonly Report[]): Map<string, number[]> {
  const loads = new Map<string, Set<number>>();
  for (const report of reports)
    for (const step of report.steps)
      if (step.failure) loads.set(checkKey(step), (loads.get(checkKey(step)) ?? new Set()).add(report.load));
  return new Map([...loads].map(([key, seen]) => [key, [...seen].sort((a, b) => a - b)]));
}
