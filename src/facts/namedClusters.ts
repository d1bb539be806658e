/** A cluster that somebody names: whose it is, and what to do with one that is nobody's. */
import { schedules } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import type { Ports, Watch } from '../ports.ts';
import type { RoundSelector } from '../rounds/choice.ts';
import { isSettled, ownerOfCluster } from '../rounds/ownership.ts';
import { type UnmarkedRun, unmarkedRun } from '../rounds/unowned.ts';
import type { Round, Session } from '../state/session.ts';
import { localStamp } from '../state/stamps.ts';
import { clusterNames } from './clusters.ts';
import { type ObservedRound, recordLook, requireRound, type SeenCluster, seeCluster } from './rounds.ts';

type Wanted = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

/** A cluster of no round, beside the round that the call would have been about. */
export interface UnmarkedCluster extends SeenCluster {
  readonly round: Round;
  /** The call that gives it a round; absent for a run that is too old for one. */
  readonly markCall?: string;
}

export type NamedLook =
  | { readonly owned: ObservedRound; readonly unmarked?: never }
  | { readonly owned?: never; readonly unmarked: UnmarkedCluster };

/**
 * Looks at a named cluster for the round that it belongs to, whichever that is. A round that ended on another cluster
 * is never bound to this one.
 * @throws ToolError NOT_FOUND for a cluster that EMR does not know, or without any round
 */
export async function observeNamed(
  ports: Wanted,
  session: Session,
  wanted: RoundSelector,
  clusterId: string,
  watch: Watch,
): Promise<NamedLook> {
  const preferred = requireRound(session, wanted);
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
  ports: Wanted,
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

/** A run of a DAG of ours that belongs to no round, and the call that gives it one. */
export interface LaterRun {
  readonly clusterId: string;
  readonly markCall: string;
}

/**
 * The newest run that came after a finished round and belongs to none. undefined also when AWS does not say: what the
 * caller knows of the round is worth telling without it.
 */
export async function runAfter(
  ports: Wanted,
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
  const said = schedule === (session.schedule ?? '15m') ? '' : `schedule: ${schedule} and `;
  return `markRound with ${said}already: true`;
}

/** `4x 15m`, as sentences name a round beside its number. */
export function whatRound({ load, schedule }: Pick<Round, 'load' | 'schedule'>): string {
  return `${load}x ${schedule}`;
}

/** Where a round is, as a sentence goes on after naming it. */
export function whereIs(round: Round): string {
  if (round.clusterId === undefined) return 'has no cluster yet';
  return isSettled(round) ? `ended on ${round.clusterId}` : `is on ${round.clusterId}`;
}

/** @throws ToolError NOT_FOUND that says how a run of no round is reported */
export function refuseUnmarked({ cluster, steps, round, markCall }: UnmarkedCluster): never {
  const createdAt = localStamp(cluster.createdMs * 1000);
  throw new ToolError(
    'NOT_FOUND',
    `${cluster.id} (${cluster.state}, ${steps.length} steps) belongs to no round; round ${round.round} (${whatRound(round)}) ${whereIs(round)}. No report was written.`,
    {
      next:
        markCall === undefined
          ? `buildReport with clusterId: ${cluster.id} and afterTimestamp: ${createdAt} writes a report of no round.`
          : `call ${markCall}, then buildReport.`,
    },
  );
}

function unlessToolError(error: unknown): undefined {
  if (error instanceof ToolError) return undefined;
  throw error;
}

/** Schedule -> what its clusters' names begin with: as uploaded, else as on disk. */
async function namesOf(ports: Wanted, session: Session): Promise<Record<string, string>> {
  const uploaded = session.dag?.clusterNames ?? {};
  if (schedules.every((schedule) => uploaded[schedule] !== undefined)) return uploaded;
  return { ...clusterNames(await ports.dags.read()), ...uploaded };
}
