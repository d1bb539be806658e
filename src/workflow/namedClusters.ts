/** A cluster named by the user: which round it belongs to, and what to do if it belongs to none. */
import { ToolError } from '../domain/errors.ts';
import { localStamp } from '../domain/time.ts';
import type { Watch } from '../ports/time.ts';
import { isSettled, ownerOfCluster, type RoundSelector, waitingRound } from '../rounds/choice.ts';
import { otherRunsOn } from '../rounds/otherRuns.ts';
import { startMs } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { type ObservedRound, type RoundPorts, recordLook, type SeenCluster } from './looks.ts';
import { lookBackMs, namesOf } from './otherRuns.ts';
import { requireRound } from './rounds.ts';

/** A cluster without a round, with the round that the call was about. */
export interface UnmarkedCluster extends SeenCluster {
  readonly round: Round;
  /** The call that marks a round for it; absent if the run is too old. */
  readonly markCall?: string;
}

export type NamedLook =
  | { readonly owned: ObservedRound; readonly unmarked?: never }
  | { readonly owned?: never; readonly unmarked: UnmarkedCluster };

/**
 * Observes a named cluster for the round it belongs to. A round that ended on another cluster is never bound to this
 * one.
 * @throws ToolError NOT_FOUND for a cluster unknown to EMR, or without any round
 */
export async function observeNamed(
  ports: RoundPorts,
  session: Session,
  selector: RoundSelector,
  clusterId: string,
  watch: Watch,
): Promise<NamedLook> {
  const preferred = requireRound(session, selector);
  const seen = await ports.clusters.look(clusterId, watch).catch(orUnknown(clusterId, preferred));
  const { id, state } = seen.cluster;
  const owner = ownerOfCluster(
    session.rounds,
    preferred,
    { id, state, steps: seen.steps },
    ports.settings.configsPrefix,
  );
  if (owner !== undefined) {
    const chosen = { clusterId, clusterFrom: 'given', certain: false } as const;
    return { owned: await recordLook(ports, session, owner, chosen, seen) };
  }
  const isMarkable = await isMarkableRun(ports, session, seen);
  return {
    unmarked: {
      ...seen,
      round: preferred,
      ...(isMarkable && { markCall: `markRound with clusterId: ${clusterId}` }),
    },
  };
}

/** True for a run of one of our DAGs after the latest round and of the last day: a mark makes it the latest round. */
async function isMarkableRun(
  ports: RoundPorts,
  session: Session,
  { cluster, steps, observedMs }: SeenCluster,
): Promise<boolean> {
  const { rounds } = session;
  const seen = { id: cluster.id, created: cluster, steps };
  const names = await namesOf(ports, session);
  const waiting = waitingRound(rounds);
  const latest = rounds.findLast((round) => round !== waiting);
  const sinceMs = Math.max(observedMs - lookBackMs, latest === undefined ? 0 : startMs(latest));
  return otherRunsOn(rounds, [seen], names, ports.settings.configsPrefix).some(
    ({ startedMs }) => startedMs > sinceMs,
  );
}

/** @throws ToolError NOT_FOUND that also names the round's own cluster */
function orUnknown(clusterId: string, round: Round): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ToolError) || error.code !== 'NOT_FOUND') throw error;
    const own = round.clusterId === undefined ? '' : `, whose cluster is ${round.clusterId}`;
    throw new ToolError(
      'NOT_FOUND',
      `EMR knows no cluster ${clusterId}. Round ${round.round} (${loadAndSchedule(round)}) ${whereIs(round)}. Nothing was changed.`,
      {
        next: `call again without clusterId for round ${round.round}${own}; or check the id in the EMR console, and AWS_PROFILE and AWS_REGION in .env.`,
        cause: error,
      },
    );
  };
}

/** `4x 15m`: load and schedule, to follow a round's number. */
export function loadAndSchedule({ load, schedule }: Pick<Round, 'load' | 'schedule'>): string {
  return `${load}x ${schedule}`;
}

/** The predicate of a sentence about a round: where it ran or runs. */
export function whereIs(round: Round): string {
  if (round.clusterId === undefined) return 'has no cluster yet';
  return isSettled(round) ? `ended on ${round.clusterId}` : `is on ${round.clusterId}`;
}

/** @throws ToolError NOT_FOUND that says how to report an unmarked run */
export function refuseUnmarked({ cluster, steps, round, markCall }: UnmarkedCluster): never {
  const createdAt = localStamp(cluster.createdMs * 1000);
  throw new ToolError(
    'NOT_FOUND',
    `${cluster.id} (${cluster.state}, ${steps.length} steps) belongs to no round; round ${round.round} (${loadAndSchedule(round)}) ${whereIs(round)}. No report was written.`,
    {
      next:
        markCall === undefined
          ? `call buildReport with clusterId: ${cluster.id} and afterTimestamp: ${createdAt} for a report without a round.`
          : `call ${markCall}, then buildReport.`,
    },
  );
}
