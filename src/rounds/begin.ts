/** How a round begins. */
import type { Schedule } from '../domain/schedules.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';

/** A round whose start a mark moves; `unbound` drops its cluster, which ended without one of its steps. */
export interface MovableRound {
  readonly round: Round;
  readonly unbound: boolean;
}

interface Beginning extends Pick<Round, 'load' | 'schedule' | 'startedAt' | 'clock'> {
  readonly note?: string;
  /** The run for which the round is marked, if it was seen already. */
  readonly clusterId?: string;
  readonly runId?: string;
}

/** The event that begins a round now: moves a round without steps, otherwise opens another. */
export function roundBegins(
  session: Parameters<typeof roundInputs>[0] & { readonly dag?: Parameters<typeof roundInputs>[1] },
  moved: MovableRound | undefined,
  facts: Beginning,
  by: 'uploadDags' | 'markRound' | 'triggerDag',
): SessionEvent {
  const inputs = roundInputs(session, session.dag, facts);
  if (moved === undefined) return { type: 'roundOpened', ...facts, by, ...inputs };
  return { type: 'roundMoved', round: moved.round.round, ...facts, ...inputs, unbound: moved.unbound };
}

/**
 * True if the newest round of the schedule and load did not run the checks uploaded last: the test changed although
 * the DAG folder did not. Compares review ids, which do not depend on a clock.
 */
export function lacksRound(
  session: Pick<Session, 'uploads' | 'rounds'>,
  under: { readonly load: number; readonly schedule: Schedule },
): boolean {
  const { reviewId } = roundInputs(session, undefined, under);
  const newest = session.rounds.findLast(
    (round) => round.schedule === under.schedule && round.load === under.load,
  );
  return reviewId !== undefined && newest?.reviewId !== reviewId;
}

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

/** The digest of a schedule's cluster config in the files of a DAG upload (name -> digest). */
export function clusterConfigDigest(
  files: Readonly<Record<string, string>>,
  schedule: Schedule,
): string | undefined {
  return Object.entries(files).find(([name]) => name.endsWith(`_cluster_${schedule}.json`))?.[1];
}

/** What a round that begins now runs with: the uploaded review and the cluster config in the bucket. */
export function roundInputs(
  session: Pick<Session, 'uploads'>,
  dag: Pick<NonNullable<Session['dag']>, 'files' | 'clusterNames'> | undefined,
  { load, schedule }: { readonly load: number; readonly schedule: Schedule },
): Pick<Round, 'reviewId' | 'coverage' | 'clusterConfig' | 'clusterName' | 'baseCommit'> {
  const uploaded = session.uploads.findLast((upload) => upload.schedule === schedule && upload.load === load);
  const clusterConfig = clusterConfigDigest(dag?.files ?? {}, schedule);
  const clusterName = dag?.clusterNames?.[schedule];
  return {
    ...(uploaded && { reviewId: uploaded.reviewId }),
    ...(uploaded?.baseCommit !== undefined && { baseCommit: uploaded.baseCommit }),
    ...(uploaded?.coverage && { coverage: uploaded.coverage }),
    ...(clusterConfig !== undefined && { clusterConfig }),
    ...(clusterName !== undefined && { clusterName }),
  };
}
