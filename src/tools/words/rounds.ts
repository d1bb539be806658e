/** What is said of DAG runs that belong to no round. */
import { type LaterRun, loadAndSchedule, type UnmarkedCluster, whereIs } from '../../facts/namedClusters.ts';
import { clean } from '../../foreignText.ts';
import { isActive } from '../../rounds/progress.ts';
import { localStamp } from '../../state/stamps.ts';
import { count } from './text.ts';

interface Told {
  readonly summary: string;
  readonly nextSteps: string[];
}

/** What is known of a finished round, and that another run came after it. */
export function laterRunAnswer({ summary, nextSteps }: Told, later: LaterRun | undefined): Told {
  if (later === undefined) return { summary, nextSteps };
  return {
    summary: `${summary} A newer run on ${later.clusterId} belongs to no round.`,
    nextSteps: [`${later.markCall} gives the newer run its round; then pollCluster.`, ...nextSteps],
  };
}

export function unmarkedClusterAnswer({ cluster, steps, round, markCall }: UnmarkedCluster): Told {
  const ended = steps.filter((step) => !isActive(step)).length;
  const seen = steps.length === 0 ? 'it has no step yet' : `${ended} of ${count(steps.length, 'step')} ended`;
  const state = clean(cluster.state, 40).toLowerCase().replaceAll('_', ' ');
  return {
    summary: `${cluster.id} (${state}) belongs to no round; ${seen}. Round ${round.round} (${loadAndSchedule(round)}) ${whereIs(round)}.`,
    nextSteps: [
      markCall === undefined
        ? `buildReport with clusterId: ${cluster.id} and afterTimestamp: ${localStamp(cluster.createdMs * 1000)} writes a report of no round.`
        : `${markCall} gives this run its round; then pollCluster.`,
    ],
  };
}
