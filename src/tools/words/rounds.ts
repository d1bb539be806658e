/** What pollCluster says about DAG runs that belong to no round. */
import { type LaterRun, loadAndSchedule, type UnmarkedCluster, whereIs } from '../../facts/namedClusters.ts';
import { clean } from '../../foreignText.ts';
import { isActive } from '../../rounds/progress.ts';
import { localStamp } from '../../state/stamps.ts';
import { count } from './text.ts';

interface Answer {
  readonly summary: string;
  readonly nextSteps: string[];
}

/** The answer about a finished round, with a hint at a newer unmarked run. */
export function laterRunAnswer({ summary, nextSteps }: Answer, later: LaterRun | undefined): Answer {
  if (later === undefined) return { summary, nextSteps };
  return {
    summary: `${summary} A newer run on ${later.clusterId} belongs to no round.`,
    nextSteps: [`Call ${later.markCall} to mark a round for the newer run, then pollCluster.`, ...nextSteps],
  };
}

export function unmarkedClusterAnswer({ cluster, steps, round, markCall }: UnmarkedCluster): Answer {
  const ended = steps.filter((step) => !isActive(step)).length;
  const seen = steps.length === 0 ? 'it has no step yet' : `${ended} of ${count(steps.length, 'step')} ended`;
  const state = clean(cluster.state, 40).toLowerCase().replaceAll('_', ' ');
  return {
    summary: `${cluster.id} (${state}) belongs to no round; ${seen}. Round ${round.round} (${loadAndSchedule(round)}) ${whereIs(round)}.`,
    nextSteps: [
      markCall === undefined
        ? `Call buildReport with clusterId: ${cluster.id} and afterTimestamp: ${localStamp(cluster.createdMs * 1000)} for a report without a round.`
        : `Call ${markCall} to mark a round for this run, then pollCluster.`,
    ],
  };
}
