import type { Report } from '../model/model.ts';
import { signatures } from './signatures/index.ts';

const deterministicClasses: ReadonlySet<string> = new Set(['data', 'configuration', 'permission', 'code']);
const dependent: ReadonlySet<string> = new Set(
  signatures.flatMap(({ id, dependsOnLoad }) => (dependsOnLoad ? id : [])),
);

/** Fails in the same way at any load and on a larger cluster, so that advice on capacity would mislead. */
export function isDeterministic(failure: Pick<Report['failures'][number], 'class' | 'signature'>): boolean {
  return deterministicClasses.has(failure.class) && !dependent.has(failure.signature);
}

type FailureGroup = Report['failures'][number];

const namesShown = 10;

/** What to fix of a failure that does not depend on the load, by its class. */
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
  const fix = isDeterministic(group) ? remedies[group.class] : undefined;
  return [
    ...alsoFailed(group, fix),
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
  { alsoFailedAt, newHere, failedLastRound, notRunLower }: FailureGroup,
  fix: string | undefined,
): string[] {
  const isWhole = newHere.length + failedLastRound.length + notRunLower.length === 0;
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
