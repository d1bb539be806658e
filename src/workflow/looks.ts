/** One look at a round: which run is its own, its steps, and what is certain about it. */
import { isObject, parseClusterConfig } from '../dag/clusterConfig/model.ts';
import { ToolError } from '../domain/errors.ts';
import type { PartOfChecks } from '../domain/stepIdentity.ts';
import { localStamp } from '../domain/time.ts';
import type { Cluster, ClusterLook, Step } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import type { RoundFacts } from '../report/model/facts.ts';
import { hourlyCost } from '../report/steps/cost.ts';
import { partOfChecks } from '../report/steps/measuredSteps.ts';
import type { SeenRun } from '../rounds/otherRuns.ts';
import { clusterFailure, countProgress, isActive, isDone, isEnding } from '../rounds/progress.ts';
import { loadOfName, type RoundSteps, stepsOfRound } from '../rounds/runs.ts';
import { loadOfSteps } from '../rounds/window.ts';
import type { Round, Session, SessionEvent } from '../state/session.ts';
import {
  type ChosenCluster,
  type ClusterFrom,
  type NoRun,
  namePrefixOf,
  refuseWithoutRun,
  searchRun,
} from './clusters.ts';
import { runText } from './otherRuns.ts';

/** What it takes to observe a round and to record what was seen. */
export type RoundPorts = Pick<Ports, 'clusters' | 'sessions' | 'settings' | 'dags'>;

export interface ObservedRound {
  readonly round: Round;
  readonly cluster: Cluster;
  readonly clusterFrom: ClusterFrom;
  readonly steps: RoundSteps;
  readonly knownFromDiskOnly: number;
  /** AWS's clock at the time of observation. */
  readonly observedMs: number;
  readonly done: boolean;
  /** The load the steps carry, otherwise the round's. */
  readonly load: number;
  /** The load that was asked for. */
  readonly markedLoad: number;
  /** When the last step on the cluster ended; absent while one is active. */
  readonly idleSinceMs?: number;
  /** How many of the uploaded checks its run was given; absent for a run of all of them. */
  readonly partOf?: PartOfChecks;
  /** How old an earlier look is that stands for one now. */
  readonly agoMs?: number;
}

/** Several runs that could be the round's: the user knows which. */
export interface UndecidedRound {
  readonly round: Round;
  readonly runs: readonly SeenRun[];
}

/** What one look at a round found: its run, several that could be meant, or none yet. */
export type RoundLook =
  | { readonly kind: 'seen'; readonly observed: ObservedRound }
  | ({ readonly kind: 'undecided' } & UndecidedRound)
  | ({ readonly kind: 'none'; readonly round: Round } & NoRun);

/**
 * Looks at a round: finds its run, reads its steps, and records what is certain (its cluster and run, how it ended).
 * A given cluster serves this call; it is bound to the round only if it has steps of it.
 */
export async function lookAtRound(
  ports: RoundPorts,
  session: Session,
  round: Round,
  givenCluster?: string,
  watch?: Watch,
): Promise<RoundLook> {
  const look = async (chosen: ChosenCluster): Promise<RoundLook> => {
    const seen = await ports.clusters.look(chosen.clusterId, watch);
    return { kind: 'seen', observed: await recordLook(ports, session, round, chosen, seen) };
  };
  if (givenCluster !== undefined)
    return look({ clusterId: givenCluster, clusterFrom: 'given', certain: false });
  if (round.clusterId !== undefined) {
    const known = await look({ clusterId: round.clusterId, clusterFrom: 'round', certain: true });
    const isLost =
      known.kind === 'seen' && isEnding(known.observed.cluster) && known.observed.steps.own.length === 0;
    if (!isLost) return known;
    // A retried run has another cluster.
    const next = await searchRun(ports, session, round, watch);
    if (next.kind === 'none') return known;
    return next.kind === 'found' ? look(next.chosen) : { ...next, round };
  }
  const search = await searchRun(ports, session, round, watch);
  return search.kind === 'found' ? look(search.chosen) : { ...search, round };
}

/**
 * As lookAtRound, for callers that need the round's run.
 * @throws ToolError NOT_FOUND without a run, CONFLICT if several runs could be meant
 */
export async function observeRound(
  ports: RoundPorts,
  session: Session,
  round: Round,
  givenCluster?: string,
  watch?: Watch,
): Promise<ObservedRound> {
  const look = await lookAtRound(ports, session, round, givenCluster, watch);
  if (look.kind === 'seen') return look.observed;
  if (look.kind === 'none') refuseWithoutRun(round, look);
  throw new ToolError('CONFLICT', `${undecidedText(look)} Nothing was changed.`, {
    next: undecidedNext(look),
  });
}

/** Names the runs that could be a round's. */
export function undecidedText({ round, runs }: UndecidedRound): string {
  return `${runs.length} runs could be round ${round.round} (${round.load}x ${round.schedule}): ${runs.map(runText).join('; ')}.`;
}

/** How the user decides: the runs stay apart, each with its round or none. */
function undecidedNext({ runs }: UndecidedRound): string {
  return `ask the user which run counts, then call markRound with its clusterId (for example ${runs[0]?.clusterId}); call it again with another one's to make that a round as well.`;
}

/** A cluster and its steps. */
export interface SeenCluster extends ClusterLook {
  /** How long ago the look began; absent for a look now. */
  readonly agoMs?: number;
}

/** Returns what was observed of a round on a cluster, and records what is certain. */
export async function recordLook(
  ports: RoundPorts,
  session: Session,
  round: Round,
  { clusterId, clusterFrom, certain }: ChosenCluster,
  seen: SeenCluster,
): Promise<ObservedRound> {
  const { cluster, knownFromDiskOnly, observedMs } = seen;
  const { configsPrefix } = ports.settings;
  const steps = stepsOfRound(round, session.rounds, { id: clusterId, steps: seen.steps }, configsPrefix);
  const isOwn = steps.own.length > 0 || certain;
  const named = isOwn || clusterFrom === 'found' ? await loadNamed(ports, round, cluster) : undefined;
  const load = loadOfSteps(steps.own, configsPrefix) ?? named ?? round.load;
  const done = isDone(steps.own, cluster, observedMs);
  // Only a look now is recorded: later events may contradict an earlier one.
  const isNow = seen.agoMs === undefined;
  const events = isNow ? eventsOf(round, { clusterId, isOwn, load, done, cluster, steps }) : [];
  if (events.length > 0) await ports.sessions.record(() => events);
  const { markedLoad = round.load } = round;
  const idleSinceMs = idleSince(seen.steps);
  const partOf = steps.own.length === 0 ? undefined : partOfChecks({ steps: steps.own, configsPrefix });
  return {
    ...{ round, cluster, clusterFrom, steps, knownFromDiskOnly, observedMs, done, load, markedLoad },
    ...(idleSinceMs !== undefined && { idleSinceMs }),
    ...(partOf && { partOf }),
    ...(seen.agoMs !== undefined && { agoMs: seen.agoMs }),
  };
}

/** The load in the name of a cluster that was created for a round. */
async function loadNamed(ports: RoundPorts, round: Round, cluster: Cluster): Promise<number | undefined> {
  const namePrefix = await namePrefixOf(ports, round).catch(unlessToolError);
  return namePrefix === undefined ? undefined : loadOfName(cluster, namePrefix);
}

interface Certain extends Pick<ObservedRound, 'cluster' | 'steps' | 'load' | 'done'> {
  readonly clusterId: string;
  readonly isOwn: boolean;
}

function eventsOf(round: Round, { clusterId, isOwn, load, done, cluster, steps }: Certain): SessionEvent[] {
  if (!isOwn) return [];
  const events: SessionEvent[] = [];
  const number = round.round;
  const { runId } = steps;
  if (round.clusterId !== clusterId || (runId !== undefined && round.runId !== runId))
    events.push({ type: 'clusterBound', round: number, clusterId, ...(runId !== undefined && { runId }) });
  if (isEnding(cluster) && round.clusterEnd?.clusterId !== clusterId) {
    const failure = clusterFailure(cluster);
    events.push({
      type: 'clusterEnded',
      round: number,
      clusterId,
      ...(failure !== undefined && { failure }),
    });
  }
  if (done && round.finished === undefined) {
    const { failed, interrupted, cancelled } = countProgress(steps.own);
    const lost = interrupted + cancelled;
    events.push({ type: 'roundFinished', round: number, load, steps: steps.own.length, failed, lost });
  }
  return events;
}

/** undefined for an expected failure: the caller's answer is useful without what AWS would have said. */
export function unlessToolError(error: unknown): undefined {
  if (error instanceof ToolError) return undefined;
  throw error;
}

/** When the last of a cluster's steps ended; undefined while one is active, or without any. */
export function idleSince(steps: readonly Step[]): number | undefined {
  if (steps.length === 0 || steps.some(isActive)) return undefined;
  return Math.max(...steps.map(({ endedMs, createdMs }) => endedMs ?? createdMs));
}

/** A cluster that is up although nothing runs on it. */
export interface StillUp {
  readonly clusterId: string;
  /** Since its last step ended. */
  readonly idleSeconds: number;
  /** Of the instances that are up; absent where no price is known. */
  readonly usdPerHour?: number | undefined;
  /** When the IdleTimeout of its cluster config ends it; absent where the config is not known or has none. */
  readonly endsAt?: string | undefined;
}

type Idle = Pick<ObservedRound, 'cluster' | 'idleSinceMs' | 'observedMs'>;

/**
 * undefined for a cluster that ends or works. The cost is left out where instances or prices are not known.
 *
 * @param machines asked only for a cluster that is up
 */
export async function stillUpOf(
  ports: Pick<Ports, 'blobs'>,
  { rounds }: Session,
  { cluster, idleSinceMs, observedMs }: Idle,
  machines: () => Promise<Pick<RoundFacts, 'instances' | 'prices'>>,
): Promise<StillUp | undefined> {
  if (isEnding(cluster) || idleSinceMs === undefined) return undefined;
  const { instances = [], prices } = await machines();
  const usdPerHour = prices?.currency === 'USD' ? hourlyCost(instances, prices) : undefined;
  // The round that created the cluster: later ones on it do not change its policy.
  const creator = rounds.find(({ clusterId }) => clusterId === cluster.id);
  const timeoutSeconds = await idleTimeoutOf(ports, creator?.clusterConfig);
  return {
    clusterId: cluster.id,
    idleSeconds: Math.max(0, Math.round((observedMs - idleSinceMs) / 1000)),
    ...(usdPerHour !== undefined && { usdPerHour }),
    ...(timeoutSeconds !== undefined && { endsAt: localStamp((idleSinceMs + timeoutSeconds * 1000) * 1000) }),
  };
}

/** `AutoTerminationPolicy.IdleTimeout` of a kept cluster config, in seconds. */
async function idleTimeoutOf(
  { blobs }: Pick<Ports, 'blobs'>,
  digest: string | undefined,
): Promise<number | undefined> {
  const bytes = digest === undefined ? undefined : await blobs.get(digest);
  // It was JSON when it was uploaded.
  const json: unknown = bytes && JSON.parse(bytes.toString('utf8'));
  return isObject(json) ? parseClusterConfig(json).AutoTerminationPolicy?.IdleTimeout : undefined;
}
