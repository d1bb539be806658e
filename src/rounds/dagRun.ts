import type { Schedule } from '../checks/schedules.ts';
import type { Round, Session } from '../state/session.ts';

/** The id of a round's run in Airflow: the same for the same round, another when the round is marked anew. */
export function dagRunIdOf(round: number, startedAt: string): string {
  return `round_${round}__${startedAt}`;
}

/** The tag in which the DAG carries its LOAD. */
export function loadTag(load: number): string {
  return `load_${load}x`;
}

/** The load of the DAG that Airflow has read, by its tag. */
export function loadOfTags(tags: readonly string[]): number | undefined {
  const loads = tags.flatMap((tag) => /^load_(\d{1,4})x$/.exec(tag)?.[1] ?? []);
  return loads.length === 1 ? Number(loads[0]) : undefined;
}

/** The schedule's newest round, when its DAG was triggered from here and its end was not seen yet. */
export function triggeredRound(
  session: Session,
  schedule: Schedule,
): (Round & { readonly dagRun: NonNullable<Round['dagRun']> }) | undefined {
  const latest = session.rounds.findLast((round) => round.schedule === schedule && !round.abandoned);
  if (latest?.dagRun === undefined || latest.finished !== undefined || latest.report !== undefined)
    return undefined;
  return { ...latest, dagRun: latest.dagRun };
}

/** Queued or running; a word that Airflow adds later counts as active, so that nothing is started twice. */
export function isRunActive(state: string): boolean {
  return state !== 'success' && state !== 'failed';
}
