/** DAG runs that no round owns. */
import { type Schedule, schedules } from '../domain/schedules.ts';
import type { ClusterSummary, Step } from '../ports/aws.ts';
import type { Round } from '../state/session.ts';
import { isActive, isEnding } from './progress.ts';
import { loadOfName, unownedRuns } from './runs.ts';
import { windowOf } from './window.ts';

/** A run that may be meant, or that no round owns. */
export interface SeenRun {
  readonly clusterId: string;
  /** As EMR spells it. */
  readonly state?: string;
  readonly runId?: string;
  readonly schedule: Schedule;
  readonly load?: number;
  /** The creation of the cluster that was made for it, otherwise of its first step. */
  readonly startedMs: number;
  /** The newest sign of it: the end or the creation of a step. */
  readonly lastMs: number;
  readonly steps: number;
  readonly active: boolean;
}

/** A cluster with what is known of it; `created` is absent for a cluster of an earlier round. */
export interface SightedCluster {
  readonly id: string;
  readonly created?: ClusterSummary;
  /** Oldest first. */
  readonly steps: readonly Step[];
}

/**
 * The runs of our DAGs on these clusters that no round owns, oldest first. A cluster without a step counts as a run if its name
 * is one of our DAGs'.
 *
 * @param isMark see unownedRuns
 * @param names schedule -> name prefix of its clusters
 */
export function otherRunsOn(
  rounds: readonly Round[],
  clusters: readonly SightedCluster[],
  names: Readonly<Record<string, string>>,
  configsPrefix: string,
  isMark = false,
): SeenRun[] {
  const found = clusters.flatMap(({ id, created, steps }): SeenRun[] => {
    const named = created && scheduleNamed(created.name, names);
    const load = created && named && loadOfName(created, names[named] ?? '');
    const facts = { clusterId: id, ...(created && { state: created.state }) };
    if (steps.length === 0) {
      if (created === undefined || named === undefined || rounds.some((round) => round.clusterId === id))
        return [];
      const at = { startedMs: created.createdMs, lastMs: created.createdMs, steps: 0 };
      return [{ ...facts, ...at, schedule: named, ...(load && { load }), active: !isEnding(created) }];
    }
    return unownedRuns(rounds, { id, steps }, configsPrefix, { isMark }).flatMap((run) => {
      const schedule = run.schedule ?? named;
      const [first] = run.steps;
      if (schedule === undefined || first === undefined) return [];
      const carried = run.load ?? load;
      return [
        {
          ...facts,
          ...(run.runId !== undefined && { runId: run.runId }),
          schedule,
          ...(carried !== undefined && { load: carried }),
          startedMs: created !== undefined && first === steps[0] ? created.createdMs : first.createdMs,
          lastMs: Math.max(...run.steps.map((step) => step.endedMs ?? step.createdMs)),
          steps: run.steps.length,
          active: run.steps.some(isActive),
        },
      ];
    });
  });
  return found.sort((a, b) => a.startedMs - b.startedMs);
}

/** The schedule whose cluster name prefix matches; the longest prefix wins. */
function scheduleNamed(name: string, names: Readonly<Record<string, string>>): Schedule | undefined {
  return schedules
    .filter((schedule) => names[schedule] !== undefined && name.startsWith(names[schedule]))
    .sort((a, b) => (names[b]?.length ?? 0) - (names[a]?.length ?? 0))[0];
}

/** True if a round without a cluster will find this one. */
export function isExpected(
  { createdMs }: Pick<ClusterSummary, 'createdMs'>,
  schedule: Schedule,
  rounds: readonly Round[],
): boolean {
  return rounds.some((round) => {
    if (round.abandoned || round.clusterId !== undefined || round.schedule !== schedule) return false;
    const { fromMs, untilMs } = windowOf(round, rounds);
    return createdMs >= fromMs && createdMs < untilMs;
  });
}
