import type { Schedule } from '../domain/schedules.ts';
import type { Round, Session } from '../state/session.ts';

/** The Airflow run id of a round; it changes if the round is marked again. */
export function dagRunIdOf(round: number, startedAt: string): string {
  return `round_${round}__${startedAt}`;
}

/** The DAG's tag for its LOAD. */
export function loadTag(load: number): string {
  return `load_${load}x`;
}

/** The load in the tags of the DAG that Airflow has read. */
export function loadOfTags(tags: readonly string[]): number | undefined {
  const loads = tags.flatMap((tag) => /^load_(\d{1,4})x$/.exec(tag)?.[1] ?? []);
  return loads.length === 1 ? Number(loads[0]) : undefined;
}

/** The schedule's newest round, if triggerDag triggered it and it was not seen to end. */
export function triggeredRound(
  session: Session,
  schedule: Schedule,
): (Round & { readonly dagRun: NonNullable<Round['dagRun']> }) | undefined {
  const latest = session.rounds.findLast((round) => round.schedule === schedule && !round.abandoned);
  if (latest?.dagRun === undefined || latest.finished !== undefined || latest.report !== undefined)
    return undefined;
  return { ...latest, dagRun: latest.dagRun };
}

/** Queued or running. An unknown state counts as active, so that nothing is started twice. */
export function isRunActive(state: string): boolean {
  return state !== 'success' && state !== 'failed';
}
