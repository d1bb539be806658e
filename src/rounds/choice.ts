/** Which round is meant when its number is not given. */
import type { Schedule } from '../domain/schedules.ts';
import type { Round } from '../state/session.ts';

/** The facts that show whether anything ran under a mark. */
interface Marked {
  readonly round: number;
  readonly clusterId?: string | undefined;
  readonly finished?: unknown;
  readonly report?: unknown;
}

function hasRun({ clusterId, finished, report }: Marked): boolean {
  return clusterId !== undefined || Boolean(finished) || report !== undefined;
}

/** A mark under which nothing ran before a later round had its cluster. */
export function isUnused(one: Marked, rounds: readonly Marked[]): boolean {
  return !hasRun(one) && rounds.some((other) => other.round > one.round && hasRun(other));
}

export interface RoundSelector {
  readonly schedule?: Schedule | undefined;
  /** A preference: a round may be marked with another load than its steps have. */
  readonly load?: number | undefined;
  readonly round?: number | undefined;
}

/**
 * The round of that number, otherwise the latest round that was not abandoned: of the schedule, preferably of the
 * load. Unused marks come last.
 */
export function chooseRound(
  rounds: readonly Round[],
  { schedule, load, round }: RoundSelector,
): Round | undefined {
  const ofSchedule = rounds.filter((one) => schedule === undefined || one.schedule === schedule);
  if (round !== undefined) return ofSchedule.find((one) => one.round === round);
  const present = ofSchedule.filter((one) => !one.abandoned);
  const used = present.filter((one) => !isUnused(one, rounds));
  return (
    used.findLast((one) => one.load === load) ??
    present.findLast((one) => one.load === load) ??
    used.at(-1) ??
    present.at(-1)
  );
}

/** The newest round of that load in which anything ran: the fallback if a later one has no cluster yet. */
export function latestThatRan(
  rounds: readonly Round[],
  { schedule, load }: RoundSelector,
): Round | undefined {
  return chooseRound(
    rounds.filter((one) => hasRun(one) && one.load === load),
    { schedule },
  );
}

/** The latest round, if no DAG run of it was seen yet. */
export function waitingRound(rounds: readonly Round[]): Round | undefined {
  const latest = rounds.findLast((one) => !one.abandoned);
  return latest === undefined || hasRun(latest) ? undefined : latest;
}
