/** Which round is meant when nobody says its number. */
import type { Schedule } from '../checks/schedules.ts';
import type { Round } from '../state/session.ts';

/** What tells whether something ran under a mark. */
interface Marked {
  readonly round: number;
  readonly clusterId?: string | undefined;
  readonly finished?: unknown;
  readonly report?: unknown;
}

function hasRun({ clusterId, finished, report }: Marked): boolean {
  return clusterId !== undefined || Boolean(finished) || report !== undefined;
}

/** A mark under which nothing was seen to run before a later round had its cluster. */
export function isUnused(one: Marked, rounds: readonly Marked[]): boolean {
  return !hasRun(one) && rounds.some((other) => other.round > one.round && hasRun(other));
}

export interface WantedRound {
  readonly schedule?: Schedule | undefined;
  /** A preference: a round may be marked with another load than its steps carry. */
  readonly load?: number | undefined;
  readonly round?: number | undefined;
}

/**
 * The round of that number; else the latest that was not abandoned, of the schedule and of the load when some are. A
 * mark that was never used stands back.
 */
export function chooseRound(
  rounds: readonly Round[],
  { schedule, load, round }: WantedRound,
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

/** The newest round of that load in which something ran: what is left when a later one has no cluster yet. */
export function latestThatRan(rounds: readonly Round[], { schedule, load }: WantedRound): Round | undefined {
  return chooseRound(
    rounds.filter((one) => hasRun(one) && one.load === load),
    { schedule },
  );
}

/** The latest round, when it waits for its DAG run as far as anybody has seen. */
export function waitingRound(rounds: readonly Round[]): Round | undefined {
  const latest = rounds.findLast((one) => !one.abandoned);
  return latest === undefined || hasRun(latest) ? undefined : latest;
}
