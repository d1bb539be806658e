/** How events change what is known of a round. */
import type { OtherRun, Round, Session } from './model.ts';

/** The load that ran takes precedence; the one that was marked stays known. */
export function withLoad(round: Round, load: number): Round {
  const { markedLoad = round.load } = round;
  return load === markedLoad ? { ...round, load } : { ...round, load, markedLoad };
}

/** Leaves out the other runs that a round owns by now. */
export function withOwned(session: Session): Session {
  const isOwned = ({ clusterId, runId }: OtherRun) =>
    session.rounds.some(
      (round) => round.clusterId === clusterId && (runId === undefined || round.runId === runId),
    );
  return { ...session, otherRuns: session.otherRuns.filter((run) => !isOwned(run)) };
}

/** Another start may include other steps, so the round has to be observed again. */
export function withoutFinish({ finished: _, runId: __, ...round }: Round): Round {
  return round;
}

/** Drops the inputs of a round whose load or schedule changes: they belonged to the old one. */
export function withMatchingInputs(round: Round, moved: Partial<Round>): Round {
  const {
    reviewId: _,
    clusterConfig: __,
    clusterName: ___,
    baseCommit: ____,
    coverage: _____,
    ...rest
  } = round;
  const { load = round.load, schedule = round.schedule } = moved;
  return load === round.load && schedule === round.schedule ? round : rest;
}

/** Drops what is known of the cluster: the round gets another one. */
export function withoutCluster({ clusterId: _, runId: __, clusterEnd: ___, ...round }: Round): Round {
  return round;
}
