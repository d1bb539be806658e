/** Which round a named cluster belongs to. */
import type { Schedule } from '../domain/schedules.ts';
import type { Cluster, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import { isActive, isEnding } from './progress.ts';
import { scheduleOfSteps } from './reportWindow.ts';
import { stepsIn, windowOf } from './window.ts';

export interface NamedCluster extends Pick<Cluster, 'id' | 'state'> {
  readonly steps: readonly Step[];
}

/** True if the round ended or was fully reported on its cluster: it is never bound to another. */
export function isSettled({ clusterId, finished, report }: Round): boolean {
  return clusterId !== undefined && (finished !== undefined || report?.partial === false);
}

/**
 * The round that a cluster belongs to: `preferred` if it has steps there or may still get some; otherwise the newest
 * round with steps there that is bound to this cluster or to none; otherwise one bound to it. undefined: no round.
 */
export function ownerOfCluster(
  rounds: readonly Round[],
  preferred: Round | undefined,
  cluster: NamedCluster,
  configsPrefix: string,
): Round | undefined {
  const hasSteps = (round: Round): boolean =>
    stepsIn(windowOf(round, rounds), round.schedule, cluster.steps, configsPrefix).own.length > 0;
  if (preferred !== undefined && mayTake(preferred, cluster)) {
    if (hasSteps(preferred) || mayYetRunOn(cluster, preferred, rounds, configsPrefix)) return preferred;
  }
  const bound = rounds.filter((round) => round.clusterId === cluster.id);
  const unbound = rounds.filter((round) => round.clusterId === undefined && !round.abandoned);
  return (
    [...bound, ...unbound].sort((a, b) => a.round - b.round).findLast(hasSteps) ??
    bound.findLast((round) => !round.abandoned) ??
    bound.at(-1)
  );
}

function mayTake(round: Round, cluster: NamedCluster): boolean {
  return round.clusterId === cluster.id || !isSettled(round);
}

/** True if the round waits for its first step, the cluster is up, and no other work runs on it. */
function mayYetRunOn(
  cluster: NamedCluster,
  round: Round,
  rounds: readonly Round[],
  configsPrefix: string,
): boolean {
  const waits =
    round.finished === undefined &&
    round.report === undefined &&
    (round.clusterId ?? cluster.id) === cluster.id;
  const others = rounds.filter((other) => other.clusterId === cluster.id && other.round !== round.round);
  const isFree =
    others.every((other) => isSettled(other) && other.schedule === round.schedule) &&
    !cluster.steps.some(isActive);
  const runs: Schedule = scheduleOfSteps(cluster.steps, configsPrefix) ?? round.schedule;
  return waits && !isEnding(cluster) && isFree && runs === round.schedule;
}
