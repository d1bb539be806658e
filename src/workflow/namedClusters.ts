/** A cluster named by the user: which round it belongs to, and what to do if it belongs to none. */
import { ToolError } from '../domain/errors.ts';
import { schedules } from '../domain/schedules.ts';
import { localStamp } from '../domain/time.ts';
import type { Watch } from '../ports/time.ts';
import { isSettled, ownerOfCluster, type RoundSelector } from '../rounds/choice.ts';
import { type UnmarkedRun, unmarkedRun } from '../rounds/unmarked.ts';
import type { Round, Session } from '../state/session.ts';
import { clusterNames } from './clusters.ts';
import {
  type ObservedRound,
  type RoundPorts,
  recordLook,
  requireRound,
  type SeenCluster,
  seeCluster,
  unlessToolError,
} from './rounds.ts';

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
  const seen = await seeCluster(ports, clusterId, watch);
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
  const run = await runOf(ports, session, seen, watch);
  return {
    unmarked: {
      ...seen,
      round: preferred,
      ...(run === undefined ? {} : { markCall: markCallFor(session, run) }),
    },
  };
}

async function runOf(
  ports: RoundPorts,
  session: Session,
  { cluster, observedMs }: SeenCluster,
  watch: Watch,
): Promise<UnmarkedRun | undefined> {
  const { clusterId } = session.rounds.findLast(isSettled) ?? {};
  const other =
    clusterId === undefined
      ? undefined
      : await ports.clusters.describe(clusterId, watch).catch(unlessToolError);
  return unmarkedRun(session.rounds, other, await namesOf(ports, session), [cluster], observedMs);
}

/** An unmarked run of one of our DAGs, and the call that marks it. */
export interface LaterRun {
  readonly clusterId: string;
  readonly markCall: string;
}

/**
 * The newest unmarked run after a finished round. undefined also if AWS does not answer: the caller's answer about the
 * round is useful without it.
 */
export async function runAfter(
  ports: RoundPorts,
  { cluster, observedMs }: ObservedRound,
  watch: Watch,
): Promise<LaterRun | undefined> {
  const session = await ports.sessions.load();
  const clusters = await ports.clusters.createdSince(cluster.createdMs, watch).catch(unlessToolError);
  const names = await namesOf(ports, session).catch(unlessToolError);
  const run = unmarkedRun(session.rounds, cluster, names ?? {}, clusters ?? [], observedMs);
  return run && { clusterId: run.clusterId, markCall: markCallFor(session, run) };
}

function markCallFor(session: Session, { schedule }: UnmarkedRun): string {
  const scheduleArgument = schedule === (session.schedule ?? '15m') ? '' : `schedule: ${schedule} and `;
  return `markRound with ${scheduleArgument}already: true`;
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

/** Schedule -> name prefix of its clusters: from the last upload, otherwise from disk. */
async function namesOf(ports: RoundPorts, session: Session): Promise<Record<string, string>> {
  const uploaded = session.dag?.clusterNames ?? {};
  if (schedules.every((schedule) => uploaded[schedule] !== undefined)) return uploaded;
  return { ...clusterNames(await ports.dags.read()), ...uploaded };
}
